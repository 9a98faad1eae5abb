package dev.crossfade.pipeline.run;

import dev.crossfade.sink.control.LogPosition;
import java.util.Optional;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * How far somebody says to have read or written a partition.
 *
 * @param keeper who says so, as the subject of a sentence
 * @param offset of the next record
 * @param leaderEpoch of what was read last; empty where nobody has said
 */
record StoredPosition(
        String keeper, Claim claimed, TopicPartition partition, long offset, Optional<Integer> leaderEpoch) {
    /** What was done up to the offset. */
    enum Claim {
        /** Read and applied: the offset before is that of a record. */
        APPLIED,
        /** Read: behind a transaction's end the offset before is not that of a record. */
        READ,
        /** Written: the offset before is that of a record, whose transaction is committed but perhaps not marked so yet. */
        WRITTEN
    }

    /** The target's. */
    static StoredPosition ofTarget(TopicPartition partition, LogPosition position) {
        Optional<Integer> epoch = position.offset() == 0 || position.leaderEpoch() == LogPosition.NO_EPOCH
                ? Optional.empty()
                : Optional.of(position.leaderEpoch());
        return new StoredPosition("the target", Claim.APPLIED, partition, position.offset(), epoch);
    }

    /** A consumer group's, in what it reads. */
    static StoredPosition ofGroup(String group, TopicPartition partition, OffsetAndMetadata committed) {
        return new StoredPosition("group " + group, Claim.READ, partition, committed.offset(), committed.leaderEpoch());
    }

    /** A consumer group's, in what its members write. */
    static StoredPosition ofWriters(String group, TopicPartition partition, OffsetAndMetadata committed) {
        return new StoredPosition("group " + group, Claim.WRITTEN, partition, committed.offset(), Optional.empty());
    }

    /** What the keeper says. */
    String claim() {
        return keeper + (claimed == Claim.WRITTEN ? " has written" : " has read") + " it up to " + offset
                + leaderEpoch.map(epoch -> " in leader epoch " + epoch).orElse("");
    }
}
