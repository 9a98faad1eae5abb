package dev.crossfade.capture.change;

import dev.crossfade.capture.change.ChangesExtent.InPartition;
import dev.crossfade.model.ChangeRecord;
import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.Fence;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.Problem;
import dev.crossfade.model.SourceChange;
import dev.crossfade.model.TableStop;
import dev.crossfade.model.TopicNames;
import dev.crossfade.model.codec.ChangeCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The end of what capture has written: the last position, and where the changes before it end. Position and changes are committed
 * together, but a broker that dies with its machine can lose the end of one topic and not of the other. Each position says how many
 * changes were committed with it and where ({@link ChangesExtent}), so that both losses are seen:
 *
 * <ul>
 *   <li>fewer changes are there than the last position says: they are lost, and nobody would read them from the source again;
 *   <li>a change stands behind those: its position is lost, and it would be published a second time.
 * </ul>
 *
 * Fences may stand behind, because a fence can be published without a position.
 *
 * @param position the last committed one; empty if there is none
 * @param changesEnds by partition of the changes; all before them is committed or aborted
 */
record LogTail(Optional<PositionTopic.Stored> position, List<Long> changesEnds) {
    private static final Duration DECIDED_WITHIN = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final long LOOK_AGAIN_MILLIS = 20;

    LogTail {
        changesEnds = List.copyOf(changesEnds);
    }

    /**
     * Reads both topics. To be used after the producer has ended what its predecessors left open, never before, and while nobody
     * publishes.
     *
     * @throws MigrationException of kind TRANSFORM if one of the topics has lost its end
     * @throws ChangeLog.LogUnavailable if Kafka does not answer
     */
    static LogTail read(TopicNames topics, int partitions, Map<String, String> kafka) {
        List<TopicPartition> changes = new ArrayList<>();
        for (int partition = 0; partition < partitions; partition++) {
            changes.add(new TopicPartition(topics.changes(), partition));
        }
        TopicPartition positions = new TopicPartition(topics.positions(), 0);
        Map<TopicPartition, Long> ends = awaitDecided(changes, positions, kafka);
        Optional<PositionTopic.Stored> last = PositionTopic.readLast(topics.positions(), kafka);
        ChangesExtent extent = last.map(stored -> extent(stored, positions, partitions))
                .orElseGet(() -> ChangesExtent.nothing(partitions));
        List<Problem> problems = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(kafka)) {
            for (int partition = 0; partition < partitions; partition++) {
                TopicPartition one = changes.get(partition);
                compare(consumer, one, extent.partitions().get(partition), end(ends, one), positions)
                        .ifPresent(problems::add);
            }
        }
        if (!problems.isEmpty()) {
            throw MigrationException.of(problems, "nothing was captured");
        }
        return new LogTail(
                last, changes.stream().map(partition -> end(ends, partition)).toList());
    }

    /** A commit is answered before its markers stand in every partition; without them a reader would see the position before. */
    private static Map<TopicPartition, Long> awaitDecided(
            List<TopicPartition> changes, TopicPartition positions, Map<String, String> kafka) {
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        changes.forEach(partition -> latest.put(partition, OffsetSpec.latest()));
        latest.put(positions, OffsetSpec.latest());
        long deadline = System.nanoTime() + DECIDED_WITHIN.toNanos();
        try (Admin admin = Admin.create(new HashMap<String, Object>(kafka))) {
            while (true) {
                Map<TopicPartition, Long> decided = ends(admin, latest, IsolationLevel.READ_COMMITTED);
                Map<TopicPartition, Long> all = ends(admin, latest, IsolationLevel.READ_UNCOMMITTED);
                if (decided.equals(all)) {
                    return decided;
                }
                if (System.nanoTime() - deadline > 0) {
                    throw new ChangeLog.LogUnavailable(
                            "a transaction on " + positions.topic() + " or the changes is still open after "
                                    + DECIDED_WITHIN.toSeconds() + " s: decided up to " + decided + ", written up to "
                                    + all,
                            null);
                }
                TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN_MILLIS);
            }
        } catch (ExecutionException | TimeoutException e) {
            throw new ChangeLog.LogUnavailable("Kafka does not say where the changes end", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ChangeLog.LogUnavailable("interrupted while asking where the changes end", e);
        }
    }

    private static Map<TopicPartition, Long> ends(
            Admin admin, Map<TopicPartition, OffsetSpec> latest, IsolationLevel isolation)
            throws ExecutionException, TimeoutException, InterruptedException {
        Map<TopicPartition, Long> ends = new HashMap<>();
        admin.listOffsets(latest, new ListOffsetsOptions(isolation))
                .all()
                .get(DECIDED_WITHIN.toMillis(), TimeUnit.MILLISECONDS)
                .forEach((partition, end) -> ends.put(partition, end.offset()));
        return ends;
    }

    private static long end(Map<TopicPartition, Long> ends, TopicPartition partition) {
        return ends.getOrDefault(partition, 0L);
    }

    private static ChangesExtent extent(PositionTopic.Stored stored, TopicPartition positions, int partitions) {
        ChangesExtent extent = stored.extent()
                .map(ChangesExtent::decode)
                .orElseThrow(
                        () -> new MigrationException(
                                ErrorKind.TRANSFORM,
                                "the last position in " + positions
                                        + " does not say where its changes stand; nothing was"
                                        + " captured. Hint: another program has written it; begin anew with empty target tables"));
        if (extent.partitions().size() != partitions) {
            throw new MigrationException(
                    ErrorKind.TRANSFORM,
                    "the last position in " + positions + " is of "
                            + extent.partitions().size() + " partitions of changes, there are " + partitions
                            + "; nothing was captured");
        }
        return extent;
    }

    private static KafkaConsumer<byte[], byte[]> consumer(Map<String, String> kafka) {
        Map<String, Object> properties = new HashMap<>(kafka);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        properties.remove(ConsumerConfig.GROUP_ID_CONFIG);
        return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private static Optional<Problem> compare(
            KafkaConsumer<byte[], byte[]> consumer,
            TopicPartition changes,
            InPartition extent,
            long end,
            TopicPartition positions) {
        long there = 0;
        if (end > extent.from()) {
            consumer.assign(List.of(changes));
            consumer.seek(changes, extent.from());
            try {
                while (consumer.position(changes) < end) {
                    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                        there++;
                        if (there > extent.records() && isChange(record.value())) {
                            return Optional.of(problem(
                                    "LOG-POSITIONS-LOST",
                                    positions,
                                    "its last position has " + extent.records() + " records in " + changes
                                            + " from offset "
                                            + extent.from() + " on, and a change stands behind them at "
                                            + record.offset()
                                            + ": the position of that change is lost, and it would be captured twice"));
                        }
                    }
                }
            } catch (InvalidOffsetException e) {
                there = -1; // deleted from its beginning
            }
        }
        return end >= extent.from() && there >= extent.records()
                ? Optional.empty()
                : Optional.of(problem(
                        "LOG-CHANGES-LOST",
                        changes,
                        "it ends at " + end + " with " + Math.max(there, 0) + " records from offset " + extent.from()
                                + " on, and the last position in " + positions + " was committed with "
                                + extent.records() + ": changes are lost that would not be captured again"));
    }

    private static boolean isChange(byte[] value) {
        return ChangeCodec.decode(value).fold(new ChangeRecord.Cases<>() {
            @Override
            public Boolean change(SourceChange change) {
                return true;
            }

            @Override
            public Boolean fence(Fence fence) {
                return false;
            }

            @Override
            public Boolean stop(TableStop stop) {
                return true;
            }
        });
    }

    private static Problem problem(String code, TopicPartition partition, String seen) {
        return new Problem(
                ErrorKind.TRANSFORM,
                code,
                "log " + partition,
                seen,
                "bring the log back that the migration began with, or begin anew with empty target tables:"
                        + " crossfade abort, or another migration name");
    }
}
