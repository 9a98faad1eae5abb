package dev.crossfade.capture.change;

import dev.crossfade.model.ChangePosition;
import dev.crossfade.model.TableId;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The records of one transaction of changes, in their order, made before it begins: it may have to be written more than once. A
 * table that cannot be followed stops here, in front of the first change that is at or behind its trouble. One thread.
 */
final class BatchContent {
    private final ChangeEncoder encoder;
    private final Stops stops;
    private final List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    private @Nullable LoggedRecord half; // of a change that is published whole, null unless its other half is to come
    private long changes;
    private boolean hasFence;
    private boolean hasStops;

    BatchContent(ChangeEncoder encoder, Stops stops) {
        this.encoder = encoder;
        this.stops = stops;
    }

    /** Takes the next change of the log, or what stands instead of one. */
    void add(LoggedRecord record) {
        stopAt(record.position());
        TableId table = ChangeEncoder.tableOf(record);
        if (stops.isStopped(table)) {
            half = null;
            return;
        }
        LoggedRecord first = half;
        half = null;
        if (encoder.isFirstHalfOfOneChange(record)) {
            half = record;
            return;
        }
        try {
            ChangeEncoder.Outcome outcome = first == null
                    ? encoder.encode(record, records::add)
                    : encoder.encodeKeyChange(first, record, records::add);
            switch (outcome) {
                case CHANGE -> changes++;
                case FENCE -> hasFence = true;
                case NOTHING -> {}
            }
        } catch (TableRefusal e) {
            Trouble trouble = new Trouble(table, e.id(), e.reason(), "", record.position());
            stops.stop(trouble);
            write(trouble);
        }
    }

    /** Stops what is in trouble at or before {@code place}. */
    void stopAt(ChangePosition place) {
        stops.stopAt(place).forEach(this::write);
    }

    private void write(Trouble trouble) {
        encoder.stop(trouble, records::add);
        hasStops = true;
    }

    void fence(String token) {
        encoder.fence(token, records::add);
        hasFence = true;
    }

    boolean hasFence() {
        return hasFence;
    }

    boolean hasStops() {
        return hasStops;
    }

    /** Row changes among the records. */
    long changes() {
        return changes;
    }

    /** Sends everything; the same at each call. */
    void writeTo(ChangeLog.Sender sender) {
        records.forEach(sender::send);
    }
}
