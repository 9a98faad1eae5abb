package dev.crossfade.pipeline.run;

import dev.crossfade.sink.control.LogPosition;
import java.util.Optional;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * How far somebody says to have read a partition.
 *
 * @param keeper who says so, as the subject of a sentence
 * @param isBehindRecord whether the offset before {@code offset} is that of a record; behind a transaction's end it is not
 * @param offset of the next record
 * @param leaderEpoch of what was read last; empty where nobody has said
 */
record StoredPosition(
        String keeper, boolean isBehindRecord, TopicPartition partition, long offset, Optional<Integer> leaderEpoch) {
    /** The target's, which is always behind a record. */
    static StoredPosition ofTarget(TopicPartition partition, LogPosition position) {
        Optional<Integer> epoch = position.offset() == 0 || position.leaderEpoch() == LogPosition.NO_EPOCH
                ? Optional.empty()
                : Optional.of(position.leaderEpoch());
        return new StoredPosition("the target", true, partition, position.offset(), epoch);
    }

    /** A consumer group's. */
    static StoredPosition ofGroup(String group, TopicPartition partition, OffsetAndMetadata committed) {
        return new StoredPosition("group " + group, false, partition, committed.offset(), committed.leaderEpoch());
    }

    /** What the keeper says. */
    String claim() {
        return keeper + " has read it up to " + offset
                + leaderEpoch.map(epoch -> " in leader epoch " + epoch).orElse("");
    }
}
