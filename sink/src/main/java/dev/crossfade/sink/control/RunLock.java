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
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right of one process to run a migration: an advisory lock of a PostgreSQL session of its own, and an {@link Epoch} that rises
 * with every run. The lock dies with the process or its connection; the epoch makes sure that whoever did not notice writes nothing.
 * Any thread; a thread of its own looks after the connection. Close it after everything that writes under its epoch has ended.
 */
public final class RunLock implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RunLock.class);
    private static final Duration WATCH_INTERVAL = Duration.ofSeconds(2);
    private static final int ANSWER_SECONDS = 10; // a server that does not answer for so long has lost us
    private static final Duration RETRY = Duration.ofMillis(50);
    private static final int GATE_ATTEMPTS = 10; // of two seconds each

    private final Connection connection;
    private final Epoch epoch;
    private final Consumer<MigrationException> lossListener;
    private final ScheduledExecutorService watch;
    private volatile boolean held = true;

    private RunLock(Connection connection, Epoch epoch, Consumer<MigrationException> lossListener) {
        this.connection = connection;
        this.epoch = epoch;
        this.lossListener = lossListener;
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
     * @param target opens a session that nothing else uses
     * @param lossListener told once, on the watching thread, if the lock's connection is lost: the run must end, another may begin
     * @throws MigrationException of kind PLAN with the one problem {@code RUN-LOCKED}, naming the owner, if another run holds it;
     *     of kind TARGET if the database fails
     */
    public static RunLock acquire(
            Connections target,
            String migration,
            RunOwner owner,
            Duration patience,
            Consumer<MigrationException> lossListener) {
        requireNonNull(owner, "owner");
        Connection connection = null;
        RunLock lock = null;
        try {
            connection = target.open();
            awaitLock(connection, migration, patience);
            long number = takeOver(connection, migration, owner);
            lock = new RunLock(connection, new Epoch(migration, number), lossListener);
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
            return holder(connection, migration);
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

    /** False once the loss of the lock has been noticed or it was closed. */
    public boolean isHeld() {
        return held;
    }

    /** Ends the watch and gives the lock up. */
    @Override
    public void close() {
        watch.shutdownNow();
        synchronized (connection) {
            held = false;
            closeQuietly(connection); // the session's locks go with it
        }
    }

    private void startWatching() {
        long millis = WATCH_INTERVAL.toMillis();
        var unused = watch.scheduleWithFixedDelay(this::check, millis, millis, TimeUnit.MILLISECONDS);
    }

    private void check() {
        synchronized (connection) {
            if (!held) {
                return;
            }
            try {
                if (connection.isValid(ANSWER_SECONDS)) {
                    return;
                }
            } catch (SQLException e) {
                log.atDebug().setCause(e).log("run lock check failed");
            }
            held = false;
            closeQuietly(connection);
        }
        watch.shutdown();
        lossListener.accept(new MigrationException(
                ErrorKind.TARGET,
                "target: the connection that holds the run lock of migration " + epoch.migration()
                        + " is lost; another run may take over, so this one must end. What is committed stays"));
    }

    private static void awaitLock(Connection connection, String migration, Duration patience)
            throws SQLException, InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        try (PreparedStatement tryLock = connection.prepareStatement("select pg_try_advisory_lock(?)")) {
            tryLock.setLong(1, AdvisoryKeys.runLock(migration));
            while (true) {
                try (ResultSet result = tryLock.executeQuery()) {
                    result.next();
                    if (result.getBoolean(1)) {
                        return;
                    }
                }
                if (System.nanoTime() - deadline >= 0) {
                    throw refused(connection, migration);
                }
                TimeUnit.MILLISECONDS.sleep(RETRY.toMillis());
            }
        }
    }

    private static MigrationException refused(Connection connection, String migration) throws SQLException {
        Optional<Holder> holder = holder(connection, migration);
        String by = holder.map(run -> "it is run by " + run.owner() + " since " + run.since())
                .orElse("it was being run until a moment ago");
        String remedy = holder.map(run -> "stop that process; if its machine is gone: select pg_terminate_backend("
                        + run.backend() + ") on the target")
                .orElse("try again");
        Problem problem = new Problem(
                ErrorKind.PLAN, "RUN-LOCKED", "migration " + migration, by + ", one run at a time is possible", remedy);
        return MigrationException.of(List.of(problem), "nothing was changed");
    }

    private static Optional<Holder> holder(Connection connection, String migration) throws SQLException {
        try (PreparedStatement read = connection.prepareStatement("""
                select l.host, l.pid, l.since, k.pid
                from pg_catalog.pg_locks k
                join crossfade.run_lock l on l.migration = ?
                where\s""" + HELD_LOCK)) {
            read.setString(1, migration);
            bindKey(read, 2, AdvisoryKeys.runLock(migration));
            try (ResultSet row = read.executeQuery()) {
                return row.next()
                        ? Optional.of(new Holder(
                                new RunOwner(row.getString(1), row.getLong(2)),
                                row.getTimestamp(3).toInstant(),
                                row.getInt(4)))
                        : Optional.empty();
            }
        }
    }

    /** A granted advisory lock of this database; a 64 bit key shows as two halves. */
    private static final String HELD_LOCK = """
             k.locktype = 'advisory' and k.granted and k.objsubid = 1
              and k.database = (select d.oid from pg_catalog.pg_database d where d.datname = current_database())
              and k.classid::bigint = ? and k.objid::bigint = ?
            """;

    private static void bindKey(PreparedStatement statement, int firstParameter, long key) throws SQLException {
        statement.setLong(firstParameter, key >>> Integer.SIZE);
        statement.setLong(firstParameter + 1, key & 0xffff_ffffL);
    }

    /** Raises the epoch behind the closed gate, see {@link Epoch}; leaves the connection in autocommit mode. */
    private static long takeOver(Connection connection, String migration, RunOwner owner) throws SQLException {
        connection.setAutoCommit(false);
        for (int attempt = 1; ; attempt++) {
            try {
                closeGate(connection, migration);
                long number = raiseEpoch(connection, migration, owner);
                connection.commit();
                connection.setAutoCommit(true);
                return number;
            } catch (SQLException e) {
                connection.rollback();
                if (!SqlStates.LOCK_NOT_AVAILABLE.equals(e.getSQLState()) || attempt == GATE_ATTEMPTS) {
                    throw e;
                }
                endSessionsInGate(connection, migration);
                connection.commit();
            }
        }
    }

    private static void closeGate(Connection connection, String migration) throws SQLException {
        try (Statement timeout = connection.createStatement()) {
            timeout.execute("set local lock_timeout = '2s'");
        }
        try (PreparedStatement gate = connection.prepareStatement("select pg_advisory_xact_lock(?)")) {
            gate.setLong(1, AdvisoryKeys.gate(migration));
            gate.execute();
        }
    }

    /**
     * The first epoch is the time in milliseconds: a process that survived the abort of its migration must not find its epoch in force
     * again under a later migration of the same name.
     */
    private static long raiseEpoch(Connection connection, String migration, RunOwner owner) throws SQLException {
        try (PreparedStatement raise = connection.prepareStatement("""
                insert into crossfade.run_lock as l (migration, epoch, host, pid)
                values (?, (extract(epoch from clock_timestamp()) * 1000)::bigint, ?, ?)
                on conflict (migration) do update
                set epoch = l.epoch + 1, host = excluded.host, pid = excluded.pid, since = now()
                returning epoch""")) {
            raise.setString(1, migration);
            raise.setString(2, owner.host());
            raise.setLong(3, owner.pid());
            try (ResultSet row = raise.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /** The run lock is ours, so these sessions belong to a run that has lost it. */
    private static void endSessionsInGate(Connection connection, String migration) throws SQLException {
        try (PreparedStatement end = connection.prepareStatement(
                "select k.pid, pg_terminate_backend(k.pid) from pg_catalog.pg_locks k where k.pid <> pg_backend_pid() and "
                        + HELD_LOCK)) {
            bindKey(end, 1, AdvisoryKeys.gate(migration));
            try (ResultSet ended = end.executeQuery()) {
                while (ended.next()) {
                    log.atWarn()
                            .addKeyValue("migration", migration)
                            .addKeyValue("backend", ended.getInt(1))
                            .log("ended a transaction of the run before, which had not ended by itself");
                }
            }
        }
    }

    private static void closeQuietly(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            log.atDebug().setCause(e).log("closing the run lock's connection failed");
        }
    }
}
