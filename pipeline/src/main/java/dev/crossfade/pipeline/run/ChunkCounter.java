package dev.crossfade.pipeline.run;

import dev.crossfade.model.TopicNames;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Counts what an earlier run has left in the log of the chunks. Offsets alone do not say it: a record may be of any size, and what
 * aborted transactions have left is never applied.
 */
final class ChunkCounter {
    private static final Duration POLL = Duration.ofMillis(200);

    private final Map<String, Object> properties;
    private final List<TopicPartition> partitions;

    /** Of all partitions of the chunks topic. */
    ChunkCounter(Map<String, String> clientProperties, TopicNames topics, int partitions) {
        this.properties = new HashMap<>(clientProperties);
        properties.remove(ConsumerConfig.GROUP_ID_CONFIG);
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        this.partitions = IntStream.range(0, partitions)
                .mapToObj(number -> new TopicPartition(topics.chunks(), number))
                .toList();
    }

    /**
     * Adds the committed records behind the target's positions to {@code backlog}, up to the ends that the partitions have now.
     *
     * @param positions by partition; 0 if absent
     * @param stop makes it give up
     * @return false if it gave up
     */
    boolean count(Map<Integer, Long> positions, Backlog backlog, CountDownLatch stop) {
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(partitions);
            partitions.forEach(
                    partition -> consumer.seek(partition, positions.getOrDefault(partition.partition(), 0L)));
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            Backlog counted = new Backlog(); // what is counted twice after a failure would never be applied
            while (partitions.stream()
                    .anyMatch(partition -> consumer.position(partition) < ends.getOrDefault(partition, 0L))) {
                if (stop.getCount() == 0) {
                    return false;
                }
                add(consumer.poll(POLL), counted);
            }
            counted.moveTo(backlog);
            return true;
        }
    }

    private static void add(ConsumerRecords<byte[], byte[]> records, Backlog counted) {
        for (ConsumerRecord<byte[], byte[]> record : records) {
            counted.add(record.partition(), record.offset(), record.serializedValueSize());
        }
    }
}
