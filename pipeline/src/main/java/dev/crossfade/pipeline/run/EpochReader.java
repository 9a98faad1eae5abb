package dev.crossfade.pipeline.run;

import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.MigrationException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.GroupProtocol;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Says which leader epoch a log has at an offset. Kafka counts the leaders of a partition and notes with each record which of them took
 * it; the count rises with every start of a broker, so records that were written after a loss differ from those that they replace. One
 * thread.
 */
final class EpochReader implements AutoCloseable {
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofMillis(100);

    private final KafkaConsumer<byte[], byte[]> consumer;

    /** A reader that passes over what was aborted, or one that does not. */
    EpochReader(Map<String, String> clientProperties, IsolationLevel isolation) {
        Map<String, Object> properties = new HashMap<>(clientProperties);
        properties.remove(ConsumerConfig.GROUP_ID_CONFIG);
        properties.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, GroupProtocol.CLASSIC.name());
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, isolation.toString());
        properties.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 1); // one batch: the first comes whole
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        this.consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /**
     * Reads the record before {@code offset}, which the log has.
     *
     * @param epoch of the record; empty for any
     * @return what is there instead of a record of {@code epoch}; empty if it is one
     */
    Optional<String> differenceBefore(TopicPartition partition, long offset, Optional<Integer> epoch) {
        try {
            consumer.assign(List.of(partition));
            consumer.seek(partition, offset - 1);
            long deadline = System.nanoTime() + ANSWER_WITHIN.toNanos();
            while (consumer.position(partition, ANSWER_WITHIN) < offset) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    if (record.offset() == offset - 1) {
                        return epoch.isEmpty() || record.leaderEpoch().equals(epoch)
                                ? Optional.empty()
                                : Optional.of("its record before that has leader epoch "
                                        + record.leaderEpoch()
                                                .map(String::valueOf)
                                                .orElse("unknown"));
                    }
                }
                if (System.nanoTime() - deadline > 0) {
                    throw new MigrationException(
                            ErrorKind.TRANSFORM,
                            "cannot read " + partition + " at " + (offset - 1) + ": no answer from Kafka within "
                                    + ANSWER_WITHIN + "; " + LogCheck.NOTHING_WRITTEN);
                }
            }
            return Optional.of("it has no record before that");
        } catch (KafkaException e) {
            throw unreadable(partition, e);
        }
    }

    /**
     * Asks the broker where the epoch ends in its log.
     *
     * @return how it differs from a log in which {@code offset} can be read after {@code epoch}; empty if it can
     * @see <a href="https://cwiki.apache.org/confluence/display/KAFKA/KIP-320">KIP-320</a>
     */
    Optional<String> differenceAt(TopicPartition partition, long offset, int epoch) {
        try {
            consumer.assign(List.of(partition));
            // Learns the leader: a client that does not know it yet would not ask.
            var unusedEnds = consumer.endOffsets(List.of(partition), ANSWER_WITHIN);
            consumer.seek(partition, new OffsetAndMetadata(offset, Optional.of(epoch), ""));
            long unusedPosition = consumer.position(partition, ANSWER_WITHIN);
            return Optional.empty();
        } catch (LogTruncationException e) {
            OffsetAndMetadata divergent = e.divergentOffsets().get(partition);
            return Optional.of(
                    divergent == null
                            ? "it does not know that epoch"
                            : "it has that epoch up to " + divergent.offset() + " only");
        } catch (KafkaException e) {
            throw unreadable(partition, e);
        }
    }

    private static MigrationException unreadable(TopicPartition partition, KafkaException e) {
        return new MigrationException(
                ErrorKind.TRANSFORM,
                "cannot compare " + partition + " with what was read of it: "
                        + e.getClass().getSimpleName() + "; " + LogCheck.NOTHING_WRITTEN,
                e);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
