package dev.crossfade.capture.backfill;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Producers and consumers as the backfill needs them. The user's properties come first, ours win. */
final class KafkaClients {
    private static final int COMMIT_ATTEMPTS = 5;

    private final Map<String, Object> properties;

    KafkaClients(Map<String, ?> properties) {
        this.properties = Map.copyOf(properties);
    }

    Producer<byte[], byte[]> producer(String transactionalId) {
        Map<String, Object> all = new HashMap<>(properties);
        all.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
        all.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        all.put(ProducerConfig.ACKS_CONFIG, "all");
        all.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        all.put(ProducerConfig.BATCH_SIZE_CONFIG, 1024 * 1024);
        all.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 32 * 1024 * 1024);
        all.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 48L * 1024 * 1024);
        all.put(ProducerConfig.SEND_BUFFER_CONFIG, 1024 * 1024);
        all.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 120_000L);
        // A chunk's SELECT may be slow; a dead reader's transaction is ended by its successor, not by this.
        all.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, 600_000);
        return new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** A consumer without a group's rebalancing: partitions are assigned by hand. */
    Consumer<byte[], byte[]> consumer(String group) {
        Map<String, Object> all = new HashMap<>(properties);
        all.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        all.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        all.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        all.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        all.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        return new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /**
     * Shows all committed records of some partitions, up to the ends that they have now. What is deleted meanwhile may be passed over.
     *
     * @param group only names the reader; its offsets are neither used nor changed
     */
    void readToEnd(
            String group,
            List<TopicPartition> partitions,
            java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> each) {
        try (Consumer<byte[], byte[]> consumer = consumer(group)) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream()
                    .anyMatch(partition -> consumer.position(partition) < ends.getOrDefault(partition, 0L))) {
                poll(consumer).forEach(each);
            }
        }
    }

    private static ConsumerRecords<byte[], byte[]> poll(Consumer<byte[], byte[]> consumer) {
        try {
            return consumer.poll(POLL);
        } catch (LogTruncationException e) {
            throw e; // the end is lost
        } catch (OffsetOutOfRangeException e) {
            consumer.seekToBeginning(e.partitions()); // the beginning has moved on
            return ConsumerRecords.empty();
        }
    }

    /** Commits; after a timeout asks for the same commit again, because its outcome is unknown until it is answered. */
    static void commit(Producer<byte[], byte[]> producer) {
        for (int attempt = 1; ; attempt++) {
            try {
                producer.commitTransaction();
                return;
            } catch (TimeoutException e) {
                if (attempt == COMMIT_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    /** Partitions 0..count-1 of a topic. */
    static List<TopicPartition> partitions(String topic, int count) {
        return java.util.stream.IntStream.range(0, count)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
    }

    static final Duration POLL = Duration.ofMillis(200);
}
