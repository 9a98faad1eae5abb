package dev.crossfade.pipeline.run;

import dev.crossfade.capture.backfill.BackfillGate;
import dev.crossfade.model.FaultPoint;
import dev.crossfade.model.Faults;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.TopicNames;
import dev.crossfade.sink.control.Progress;
import dev.crossfade.sink.target.Connections;
import dev.crossfade.sink.target.TargetErrors;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the log of the chunks short: deletes what the target holds, and is the gate that is shut while what the target does not hold
 * yet is too much. Of each partition the last applied record stays, because the next run compares it with the target's position.
 *
 * <p>A thread of its own looks at the target's positions, once a second and more often while the gate is shut. It deletes behind
 * positions that are on the target's disk when they are seen, so neither its death nor a second one, of a run that was replaced, can
 * delete too much. What the log held when it began is read once, to know how much it is; the gate is shut until then.
 *
 * <p>Nobody waits for a worker that waits here. Workers ask between two transactions, so all that they have written is decided, and an
 * applier can go on to the end of its partition without them; an applier never waits for another partition. What is applied leaves the
 * count, down to nothing, and then the gate is open whatever the limit: a chunk that is larger passes too. Where an applier cannot go
 * on, the run ends.
 *
 * <p>The rows are kept: stopped tables are replayed from them, and the target's positions there say nothing about what it lacks.
 */
final class ChunkLog implements BackfillGate, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ChunkLog.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    private static final Duration LOOK_WHILE_SHUT_EVERY = Duration.ofMillis(50);

    private final Connections target;
    private final TopicNames topics;
    private final int partitions;
    private final Map<String, String> clientProperties;
    private final long limitBytes;
    private final Faults faults;
    private final Consumer<RuntimeException> failureListener;
    private final Backlog backlog = new Backlog();
    private final Map<Integer, Long> deletedBefore = new HashMap<>();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread = new Thread(this::work, "chunk-log");
    private volatile boolean isCounted;
    private String trouble = ""; // the last one that was logged; of the thread

    /**
     * At rest, and shut.
     *
     * @param partitions of the chunks topic
     * @param limitBytes encoded bytes of rows; the gate is open below. Each worker that was let through may add one chunk to it
     * @param failureListener hears of a bug, on the thread, at most once; what the world does is tried again
     */
    ChunkLog(
            Connections target,
            TopicNames topics,
            int partitions,
            Map<String, String> clientProperties,
            long limitBytes,
            Faults faults,
            Consumer<RuntimeException> failureListener) {
        this.target = target;
        this.topics = topics;
        this.partitions = partitions;
        this.clientProperties = clientProperties;
        this.limitBytes = limitBytes;
        this.faults = faults;
        this.failureListener = failureListener;
        thread.setDaemon(true);
    }

    /** Begins to look. The topic and the control schema must be there. Once. */
    void start() {
        thread.start();
    }

    @Override
    public boolean isOpen() {
        return isCounted && backlog.bytes() < limitBytes;
    }

    @Override
    public void passed(int partition, long offset, long bytes) {
        backlog.add(partition, offset, bytes);
    }

    /** Why the gate is shut; empty while it is open. */
    Optional<String> waiting() {
        if (!isCounted) {
            return Optional.of("the chunks in the log are being counted");
        }
        long bytes = backlog.bytes();
        return bytes < limitBytes
                ? Optional.empty()
                : Optional.of(mebibytes(bytes) + " MiB of chunks wait for the target, run.unapplied-megabytes is "
                        + mebibytes(limitBytes));
    }

    private static long mebibytes(long bytes) {
        return bytes >> 20;
    }

    private void work() {
        try (Admin admin = Topics.admin(clientProperties)) {
            do {
                look(admin);
            } while (!stop.await(
                    isOpen() ? LOOK_EVERY.toMillis() : LOOK_WHILE_SHUT_EVERY.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) { // the thread's outermost frame
            failureListener.accept(e);
        }
    }

    /** What fails is tried again at the next look: the readers wait until it succeeds. */
    private void look(Admin admin) {
        try {
            Map<Integer, Long> positions = positions();
            if (!isCounted) {
                isCounted = new ChunkCounter(clientProperties, topics, partitions).count(positions, backlog, stop);
            }
            positions.forEach(backlog::applied);
            delete(admin, positions);
            trouble = "";
        } catch (MigrationException | KafkaException e) {
            String seen = String.valueOf(e.getMessage());
            if (!seen.equals(trouble)) {
                trouble = seen;
                log.atWarn().addKeyValue("reason", seen).log("applied chunks could not be deleted from the log");
            }
        }
    }

    private Map<Integer, Long> positions() {
        try (Connection connection = target.open()) {
            Map<Integer, Long> positions = new HashMap<>();
            Progress.positions(connection, topics.migration(), topics.chunks())
                    .forEach((partition, position) -> positions.put(partition, position.offset()));
            return positions;
        } catch (SQLException e) {
            throw TargetErrors.of("read the progress of migration " + topics.migration(), e);
        }
    }

    private void delete(Admin admin, Map<Integer, Long> positions) {
        Map<TopicPartition, RecordsToDelete> deletions = new HashMap<>();
        Map<Integer, Long> begins = new HashMap<>();
        positions.forEach((partition, position) -> {
            long begin = position - 1; // of the record that stays
            if (begin > deletedBefore.getOrDefault(partition, 0L)) {
                begins.put(partition, begin);
                deletions.put(new TopicPartition(topics.chunks(), partition), RecordsToDelete.beforeOffset(begin));
            }
        });
        if (deletions.isEmpty()) {
            return;
        }
        Topics.get(admin.deleteRecords(deletions).all(), "delete applied records of " + topics.chunks());
        faults.reached(FaultPoint.PIPELINE_AFTER_CHUNKS_DELETED);
        deletedBefore.putAll(begins);
        log.atDebug().addKeyValue("begins", begins).log("applied chunks are deleted from the log");
    }

    @Override
    public void close() {
        stop.countDown();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(35)); // an answer of Kafka is waited for no longer than 30
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
