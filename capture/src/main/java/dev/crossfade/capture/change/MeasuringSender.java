package dev.crossfade.capture.change;

import dev.crossfade.capture.change.ChangesExtent.InPartition;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Passes the records of one transaction on and counts those of the changes. One thread. */
final class MeasuringSender implements ChangeLog.Sender {
    private final ChangeLog.Sender sender;
    private final String changes;
    private final List<Long> ends;
    private final int[] records;

    /**
     * A sender.
     *
     * @param changes the topic that is counted
     * @param ends of its partitions, before the transaction
     */
    MeasuringSender(ChangeLog.Sender sender, String changes, List<Long> ends) {
        this.sender = sender;
        this.changes = changes;
        this.ends = List.copyOf(ends);
        this.records = new int[ends.size()];
    }

    @Override
    public void send(ProducerRecord<byte[], byte[]> record) {
        if (record.topic().equals(changes)) {
            records[record.partition()]++;
        }
        sender.send(record);
    }

    /** Of what was sent so far. */
    ChangesExtent extent() {
        List<InPartition> partitions = new ArrayList<>();
        for (int partition = 0; partition < records.length; partition++) {
            partitions.add(new InPartition(ends.get(partition), records[partition]));
        }
        return new ChangesExtent(partitions);
    }
}
