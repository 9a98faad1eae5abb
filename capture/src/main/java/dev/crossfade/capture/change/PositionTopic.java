package dev.crossfade.capture.change;

import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.MigrationException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** Reads the last committed position. To be used after the producer has resolved what its predecessor left open, never before. */
final class PositionTopic {
    private static final long FIRST_WINDOW =
            1_024; // records; a transaction takes two: the position and its control record
    private static final Duration POLL = Duration.ofMillis(200);

    private PositionTopic() {}

    /** A position as it stands in the topic: Debezium's bytes. */
    static final class Stored {
        private final byte[] key;
        private final byte[] value;
        private final Optional<byte[]> extent;
        private final Optional<byte[]> stops;

        private Stored(ConsumerRecord<byte[], byte[]> record) {
            this.key = record.key();
            this.value = record.value();
            this.extent = header(record, ChangesExtent.HEADER);
            this.stops = header(record, StoredStops.HEADER);
        }

        private static Optional<byte[]> header(ConsumerRecord<byte[], byte[]> record, String name) {
            return Optional.ofNullable(record.headers().lastHeader(name)).map(Header::value);
        }

        byte[] key() {
            return key;
        }

        byte[] value() {
            return value;
        }

        /** The encoded {@link StoredStops}; empty if the position was stored without them. */
        Optional<byte[]> stops() {
            return stops;
        }

        /** The encoded {@link ChangesExtent}; empty if the position was stored without one. */
        Optional<byte[]> extent() {
            return extent;
        }
    }

    /**
     * The last committed record, found from the end backwards: a topic of millions of positions is not read through.
     *
     * @throws MigrationException of kind TRANSFORM if the topic does not exist
     */
    static Optional<Stored> readLast(String topic, Map<String, String> kafka) {
        Map<String, Object> properties = new HashMap<>(kafka);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        properties.remove(ConsumerConfig.GROUP_ID_CONFIG);
        TopicPartition partition = new TopicPartition(topic, 0);
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            if (consumer.partitionsFor(topic).isEmpty()) {
                throw new MigrationException(
                        ErrorKind.TRANSFORM, "topic " + topic + " does not exist; nothing was captured");
            }
            consumer.assign(List.of(partition));
            long begin = consumer.beginningOffsets(List.of(partition)).getOrDefault(partition, 0L);
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            for (long window = FIRST_WINDOW; ; window *= 8) {
                long from = Math.max(begin, end - window);
                Stored last = readLast(consumer, partition, from, end);
                if (last != null || from == begin) {
                    return Optional.ofNullable(last);
                }
            }
        } catch (OffsetOutOfRangeException e) {
            throw new MigrationException(ErrorKind.TRANSFORM, "topic " + topic + " changed while it was read", e);
        }
    }

    private static @Nullable Stored readLast(
            KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition, long from, long end) {
        consumer.seek(partition, from);
        Stored last = null;
        while (consumer.position(partition) < end) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                last = new Stored(record);
            }
        }
        return last;
    }
}
