package dev.crossfade.sink.control;

import static java.util.Objects.requireNonNull;

import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.Problem;
import dev.crossfade.sink.target.Connections;
import dev.crossfade.sink.target.SqlStates;
import dev.crossfade.sink.target.TargetErrors;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right of one process to run a migration: an advisory lock of a PostgreSQL session of its own, and an {@link Epoch} that rises
 * with every run. The lock dies with the process or its connection; the epoch makes sure that whoever did not notice writes nothing.
 * When only the connection died, the lock is taken again: as long as the epoch is the same, no other run has begun meanwhile, and the
 * right is still this run's. Any thread; a thread of its own looks after the connection. Close it after everything that writes under
 * its epoch has ended.
 */
public final class RunLock implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RunLock.class);
    private static final Duration WATCH_INTERVAL = Duration.ofSeconds(2);
    private static final int ANSWER_SECONDS = 10; // a server that does not answer for so long has lost us
    private static final Duration RETRY = Duration.ofMillis(50);
    /** How long the target may be away; the appliers wait for as long. */
    private static final Duration OUTAGE = Duration.ofMinutes(5);

    private final Connections target;
    private final Epoch epoch;
    private final Watcher watcher;
    private final ScheduledExecutorService watch;
    private @Nullable Connection
            connection; // guarded by this; null while the lock is to be taken again, and at the end
    private int backend; // guarded by this: the server's process of the last connection
    private long brokenSinceNanos; // of the watching thread; has a meaning while there is no connection
    private volatile boolean held = true;
    private volatile boolean closed;

    /** Told on the thread that looks after the connection. */
    @FunctionalInterface
    public interface Watcher {
        /** Told once, if the lock is lost for good: the run must end, another may have begun. */
        void lost(MigrationException reason);

        /**
         * Told when the lock's connection has broken or does not answer, before the lock is asked for again. Other connections to the
         * target may be as dead without having been told.
         */
        default void broken() {}
    }

    private RunLock(Connections target, Connection connection, int backend, Epoch epoch, Watcher watcher) {
        this.target = target;
        this.connection = connection;
        this.backend = backend;
        this.epoch = epoch;
        this.watcher = watcher;
        this.watch = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "run-lock-watch");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Takes the lock; the control schema must be there. A run that died a moment ago may still be known to the server, so a held
     * lock is asked for again for {@code patience}.
     *
     * @param target opens a session that nothing else uses, and another one when that is lost
     * @throws MigrationException of kind PLAN with the one problem {@code RUN-LOCKED}, naming the owner, if another run holds it;
     *     of kind TARGET if the database fails
     */
    public static RunLock acquire(
            Connections target, String migration, RunOwner owner, Duration patience, Watcher watcher) {
        requireNonNull(owner, "owner");
        requireNonNull(watcher, "watcher");
        Connection connection = null;
        RunLock lock = null;
        try {
            connection = target.open();
            LockSession session = new LockSession(connection, migration);
            awaitLock(session, patience);
            long number = session.takeOver(owner);
            lock = new RunLock(target, connection, session.backend(), new Epoch(migration, number), watcher);
            lock.startWatching();
            log.atInfo()
                    .addKeyValue("migration", migration)
                    .addKeyValue("epoch", number)
                    .log("run lock acquired");
            return lock;
        } catch (SQLException e) {
            throw TargetErrors.of("take the run lock of migration " + migration, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MigrationException(ErrorKind.TARGET, "interrupted while waiting for the run lock", e);
        } finally {
            if (lock == null && connection != null) {
                closeQuietly(connection);
            }
        }
    }

    /** The run that holds the lock at this moment, if any; for {@code status} and {@code stop}. */
    public static Optional<Holder> holder(Connections target, String migration) {
        try (Connection connection = target.open()) {
            return new LockSession(connection, migration).holder();
        } catch (SQLException e) {
            throw TargetErrors.of("read the run lock of migration " + migration, e);
        }
    }

    /** The process that took the lock last, whether it holds it still or not; empty if none ever did. */
    public static Optional<RunOwner> lastOwner(Connections target, String migration) {
        try (Connection connection = target.open();
                PreparedStatement read =
                        connection.prepareStatement("select host, pid from crossfade.run_lock where migration = ?")) {
            read.setString(1, migration);
            try (ResultSet row = read.executeQuery()) {
                return row.next() ? Optional.of(new RunOwner(row.getString(1), row.getLong(2))) : Optional.empty();
            }
        } catch (SQLException e) {
            throw TargetErrors.of("read who ran migration " + migration, e);
        }
    }

    /**
     * Who holds a run lock.
     *
     * @param owner the process
     * @param since when it took the lock
     * @param backend process id of its session on the database server
     */
    public record Holder(RunOwner owner, Instant since, int backend) {}

    public Epoch epoch() {
        return epoch;
    }

    /** False while its connection is lost, until it has been taken again, and once it is lost for good or closed. */
    public boolean isHeld() {
        return held;
    }

    /** Ends the watch and gives the lock up. */
    @Override
    public void close() {
        closed = true;
        watch.shutdownNow();
        synchronized (this) {
            held = false;
            Connection last = connection;
            connection = null;
            if (last != null) {
                closeQuietly(last); // the session's locks go with it
            }
        }
    }

    private void startWatching() {
        long millis = WATCH_INTERVAL.toMillis();
        var unused = watch.scheduleWithFixedDelay(this::check, millis, millis, TimeUnit.MILLISECONDS);
    }

    private void check() {
        if (breaksOff()) {
            log.atWarn()
                    .addKeyValue("migration", epoch.migration())
                    .log("run lock's connection lost, connecting again");
            watcher.broken();
        }
        Optional<MigrationException> loss = takeAgain();
        if (loss.isPresent()) {
            watch.shutdown();
            watcher.lost(loss.get());
        }
    }

    /** Gives up the connection if it does not answer. */
    private synchronized boolean breaksOff() {
        Connection current = connection;
        if (closed || current == null) {
            return false;
        }
        try {
            if (current.isValid(ANSWER_SECONDS)) {
                return false;
            }
        } catch (SQLException e) {
            log.atDebug().setCause(e).log("run lock check failed");
        }
        held = false;
        connection = null;
        brokenSinceNanos = System.nanoTime();
        closeQuietly(current);
        return true;
    }

    /** Takes the lock again if it is not held. Returns why it is lost for good, if it is. */
    private synchronized Optional<MigrationException> takeAgain() {
        if (closed || connection != null) {
            return Optional.empty();
        }
        Connection opened = null;
        try {
            opened = target.open();
            LockSession session = new LockSession(opened, epoch.migration());
            boolean locked = session.tryLock();
            // Only now: whoever had the lock in between has raised the epoch before it wrote anything.
            if (!epoch.isInForce(opened)) {
                return Optional.of(lost("another run has taken over", null));
            }
            if (locked) {
                session.endSessionsInGate(); // ours, if their connections broke with the lock's and the server does
                // not know
                backend = session.backend();
                connection = opened;
                held = true;
                log.atInfo().addKeyValue("migration", epoch.migration()).log("run lock taken again");
                return Optional.empty();
            }
            // The server may not have noticed that our session's connection is gone, and then that session has the
            // lock.
            if (session.holder().filter(run -> run.backend() == backend).isPresent()) {
                session.end(backend);
            }
        } catch (SQLException e) {
            if (!SqlStates.isTransient(e)) {
                return Optional.of(lost(SqlStates.describe(e.getSQLState()), e));
            }
        } finally {
            if (opened != null && connection != opened) {
                closeQuietly(opened);
            }
        }
        return System.nanoTime() - brokenSinceNanos < OUTAGE.toNanos()
                ? Optional.empty()
                : Optional.of(lost("it could not be taken again for " + OUTAGE.toMinutes() + " minutes", null));
    }

    private MigrationException lost(String why, @Nullable SQLException cause) {
        return new MigrationException(
                ErrorKind.TARGET,
                "target: the run lock of migration " + epoch.migration() + " is lost: " + why
                        + ", so this run must end. What is committed stays",
                cause);
    }

    private static void awaitLock(LockSession session, Duration patience) throws SQLException, InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!session.tryLock()) {
            if (System.nanoTime() - deadline >= 0) {
                throw refused(session);
            }
            TimeUnit.MILLISECONDS.sleep(RETRY.toMillis());
        }
    }

    private static MigrationException refused(LockSession session) throws SQLException {
        Optional<Holder> holder = session.holder();
        String by = holder.map(run -> "it is run by " + run.owner() + " since " + run.since())
                .orElse("it was being run until a moment ago");
        String remedy = holder.map(run -> "stop that process; if its machine is gone: select pg_terminate_backend("
                        + run.backend() + ") on the target")
                .orElse("try again");
        Problem problem = new Problem(
                ErrorKind.PLAN,
                "RUN-LOCKED",
                "migration " + session.migration(),
                by + ", one run at a time is possible",
                remedy);
        return MigrationException.of(List.of(problem), "nothing was changed");
    }

    private static void closeQuietly(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            log.atDebug().setCause(e).log("closing the run lock's connection failed");
        }
    }
}
