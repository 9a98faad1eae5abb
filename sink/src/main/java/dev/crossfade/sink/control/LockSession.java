package dev.crossfade.sink.control;

import dev.crossfade.sink.control.RunLock.Holder;
import dev.crossfade.sink.target.SqlStates;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a session can do for the run lock of a migration. The lock and the gate belong to the session; see {@link Epoch} for the gate.
 *
 * @param connection in autocommit mode, and left so; the caller closes it
 */
record LockSession(Connection connection, String migration) {
    private static final Logger log = LoggerFactory.getLogger(LockSession.class);
    private static final int GATE_ATTEMPTS = 10; // of two seconds each
    /** A granted advisory lock of this database; a 64 bit key shows as two halves. */
    private static final String HELD_LOCK = """
             k.locktype = 'advisory' and k.granted and k.objsubid = 1
              and k.database = (select d.oid from pg_catalog.pg_database d where d.datname = current_database())
              and k.classid::bigint = ? and k.objid::bigint = ?
            """;

    /** Takes the lock, until the session ends, unless another one has it. */
    boolean tryLock() throws SQLException {
        try (PreparedStatement tryLock = connection.prepareStatement("select pg_try_advisory_lock(?)")) {
            tryLock.setLong(1, AdvisoryKeys.runLock(migration));
            try (ResultSet result = tryLock.executeQuery()) {
                result.next();
                return result.getBoolean(1);
            }
        }
    }

    /** The server's process of this session. */
    int backend() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select pg_backend_pid()")) {
            row.next();
            return row.getInt(1);
        }
    }

    /** Ends another session of the same account. */
    void end(int backend) throws SQLException {
        try (PreparedStatement end = connection.prepareStatement("select pg_terminate_backend(?)")) {
            end.setInt(1, backend);
            end.execute();
        }
    }

    /** The run that holds the lock at this moment, if any. */
    Optional<Holder> holder() throws SQLException {
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

    private static void bindKey(PreparedStatement statement, int firstParameter, long key) throws SQLException {
        statement.setLong(firstParameter, key >>> Integer.SIZE);
        statement.setLong(firstParameter + 1, key & 0xffff_ffffL);
    }

    /** Raises the epoch behind the closed gate, and returns it. */
    long takeOver(RunOwner owner) throws SQLException {
        connection.setAutoCommit(false);
        for (int attempt = 1; ; attempt++) {
            try {
                closeGate();
                long number = raiseEpoch(owner);
                connection.commit();
                connection.setAutoCommit(true);
                return number;
            } catch (SQLException e) {
                connection.rollback();
                if (!SqlStates.LOCK_NOT_AVAILABLE.equals(e.getSQLState()) || attempt == GATE_ATTEMPTS) {
                    throw e;
                }
                endSessionsInGate();
                connection.commit();
            }
        }
    }

    private void closeGate() throws SQLException {
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
    private long raiseEpoch(RunOwner owner) throws SQLException {
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

    /** Ends the transactions under way of all runs of the migration. For the holder of the lock: they belong to runs that have lost it. */
    void endSessionsInGate() throws SQLException {
        try (PreparedStatement end = connection.prepareStatement(
                "select k.pid, pg_terminate_backend(k.pid) from pg_catalog.pg_locks k where k.pid <> pg_backend_pid() and "
                        + HELD_LOCK)) {
            bindKey(end, 1, AdvisoryKeys.gate(migration));
            try (ResultSet ended = end.executeQuery()) {
                while (ended.next()) {
                    log.atWarn()
                            .addKeyValue("migration", migration)
                            .addKeyValue("backend", ended.getInt(1))
                            .log("ended a transaction that had not ended by itself");
                }
            }
        }
    }
}
