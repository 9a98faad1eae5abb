package dev.crossfade.sink.apply;

import static java.util.Objects.requireNonNull;

import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.MigrationException;
import dev.crossfade.sink.control.LogPosition;
import dev.crossfade.sink.target.SqlStates;
import dev.crossfade.sink.target.TargetErrors;
import dev.crossfade.sink.target.TargetPool;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread of one partition. It connects, reads the position from the target, lets the work go on from there, and after a failure
 * that passes by itself begins again; it ends by itself where the target has no position any more. So whether a COMMIT whose answer was lost took place is never asked of anything but the
 * position. Any other failure ends the thread and is told to the listener. {@link #close} waits for the thread.
 */
public final class PartitionWorker implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(PartitionWorker.class);
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final long FIRST_PAUSE_MILLIS = 50;
    private static final long LONGEST_PAUSE_MILLIS = 3_000;
    private static final long END_WAIT_MILLIS = 30_000;

    private final TargetPool pool;
    private final WorkPosition workPosition;
    private final PartitionReader reader;
    private final PartitionWork work;
    private final Consumer<RuntimeException> failureListener;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread;

    private PartitionWorker(
            String name,
            TargetPool pool,
            WorkPosition workPosition,
            PartitionReader reader,
            PartitionWork work,
            Consumer<RuntimeException> failureListener) {
        this.pool = requireNonNull(pool, "pool");
        this.workPosition = requireNonNull(workPosition, "workPosition");
        this.reader = requireNonNull(reader, "reader");
        this.work = requireNonNull(work, "work");
        this.failureListener = requireNonNull(failureListener, "failureListener");
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    /**
     * Starts the thread.
     *
     * @param reader closed by the thread at its end
     * @param failureListener told on that thread, at most once
     */
    public static PartitionWorker start(
            String name,
            TargetPool pool,
            WorkPosition workPosition,
            PartitionReader reader,
            PartitionWork work,
            Consumer<RuntimeException> failureListener) {
        PartitionWorker worker = new PartitionWorker(name, pool, workPosition, reader, work, failureListener);
        worker.thread.start();
        return worker;
    }

    /** Whether the thread has ended, for whatever reason. */
    public boolean hasEnded() {
        return !thread.isAlive();
    }

    /** Tells the thread to end at its next transaction; does not wait. */
    public void stop() {
        stop.countDown();
        reader.stop();
    }

    @Override
    public void close() {
        stop();
        try {
            thread.join(END_WAIT_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            log.atWarn().addKeyValue("thread", thread.getName()).log("applier has not ended yet");
        }
    }

    private void run() {
        try (reader) {
            long pause = FIRST_PAUSE_MILLIS;
            long failingSince = 0; // nanoTime; meaningful while attempts > 0
            int attempts = 0;
            long lastPosition = -1;
            while (!reader.isStopping()) {
                Attempt attempt = new Attempt();
                try {
                    attempt.run();
                    attempts = 0;
                } catch (SQLException e) {
                    if (!SqlStates.isTransient(e)) {
                        throw TargetErrors.of("apply " + reader.partition(), "the transaction was rolled back", e);
                    }
                    boolean advanced = attempt.position > lastPosition && lastPosition >= 0;
                    lastPosition = Math.max(lastPosition, attempt.position);
                    if (attempts == 0 || advanced) {
                        attempts = 0;
                        failingSince = System.nanoTime();
                        pause = FIRST_PAUSE_MILLIS;
                    }
                    attempts++;
                    if (System.nanoTime() - failingSince > PATIENCE.toNanos()) {
                        throw TargetErrors.of("apply " + reader.partition(), "what is committed stays", e);
                    }
                    log.atWarn()
                            .addKeyValue("partition", reader.partition())
                            .addKeyValue("sqlState", e.getSQLState())
                            .addKeyValue("pauseMillis", pause)
                            .log("target failed, connecting again");
                    if (stop.await(pause, TimeUnit.MILLISECONDS)) {
                        return;
                    }
                    pause = Math.min(LONGEST_PAUSE_MILLIS, 2 * pause);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failureListener.accept(new MigrationException(ErrorKind.TARGET, "interrupted: " + thread.getName(), e));
        } catch (RuntimeException e) { // the thread's outermost frame
            failureListener.accept(e);
        }
    }

    /** One connection's life. */
    private final class Attempt {
        private long position = -1;

        void run() throws SQLException {
            Connection connection = pool.open();
            try (connection) {
                connection.setAutoCommit(false);
                while (!reader.isStopping()) {
                    Optional<LogPosition> applied = workPosition.read(connection);
                    connection.rollback();
                    if (applied.isEmpty()) {
                        reader.stop();
                        return;
                    }
                    reader.seek(applied.get());
                    position = applied.get().offset();
                    work.apply(connection, reader, position);
                }
            } catch (SQLException | RuntimeException e) {
                pool.evict(connection);
                throw e;
            }
        }
    }
}
