package dev.crossfade.bench;

import dev.crossfade.model.Fence;
import dev.crossfade.model.TopicNames;
import dev.crossfade.model.codec.ChangeCodec;
import dev.crossfade.model.codec.RowRecordCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Sees when the committed fences of a token are complete in the changes and in the rows: reads both topics beside the migration, on
 * a thread of its own, from their ends on. Takes some of the machine's time, so it is only there when asked for.
 */
final class StageClock implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);

    private final TopicNames topics;
    private final int partitions;
    private final Map<String, Seen> seen = new ConcurrentHashMap<>();
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Thread thread = new Thread(this::read, "stage-clock");
    private volatile boolean stopping;

    /** Fences of one token so far, and when the last of them was read. Written by the clock's thread. */
    private static final class Seen {
        private int inChanges;
        private int inRows;
        private volatile long changesAtNanos;
        private volatile long rowsAtNanos;
    }

    /** When the fence was in all partitions; {@link System#nanoTime}. */
    record Stages(long changesAtNanos, long rowsAtNanos) {}

    /** Ready to be started. */
    StageClock(Map<String, String> kafka, TopicNames topics, int partitions) {
        this.topics = topics;
        this.partitions = partitions;
        Properties properties = new Properties();
        properties.putAll(kafka);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 50);
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        this.consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        thread.setDaemon(true);
    }

    /** Sees every fence that is made after its return. */
    void start() {
        List<TopicPartition> all = new ArrayList<>();
        Stream.of(topics.changes(), topics.rows()).forEach(topic -> IntStream.range(0, partitions)
                .forEach(number -> all.add(new TopicPartition(topic, number))));
        consumer.assign(all);
        consumer.endOffsets(all).forEach(consumer::seek);
        thread.start();
    }

    private void read() {
        try (consumer) {
            while (!stopping) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    if (record.key() == null) { // only fences have none
                        take(record);
                    }
                }
            }
        } catch (WakeupException e) {
            // asked to stop
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        long now = System.nanoTime();
        if (record.topic().equals(topics.changes())) {
            if (ChangeCodec.decode(record.value()) instanceof Fence fence) {
                Seen fences = of(fence);
                if (++fences.inChanges == partitions) {
                    fences.changesAtNanos = now;
                }
            }
        } else if (RowRecordCodec.decode(record.value()) instanceof Fence fence) {
            Seen fences = of(fence);
            if (++fences.inRows == partitions * partitions) {
                fences.rowsAtNanos = now;
            }
        }
    }

    private Seen of(Fence fence) {
        return seen.computeIfAbsent(fence.token(), token -> new Seen());
    }

    /** Empty while the clock has not read all of the token's fences; it may come after the target. */
    Optional<Stages> stages(String token) {
        Seen fences = seen.get(token);
        return fences == null || fences.changesAtNanos == 0 || fences.rowsAtNanos == 0
                ? Optional.empty()
                : Optional.of(new Stages(fences.changesAtNanos, fences.rowsAtNanos));
    }

    @Override
    public void close() {
        stopping = true;
        consumer.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
