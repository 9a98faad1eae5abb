package dev.crossfade.capture.backfill;

import dev.crossfade.capture.backfill.TableReading.EachRow;
import dev.crossfade.capture.source.SchemaReader;
import dev.crossfade.capture.source.SourceDatabase;
import dev.crossfade.capture.source.SourceProduct;
import dev.crossfade.capture.source.SourceSchema;
import dev.crossfade.capture.source.SourceServer;
import dev.crossfade.model.BinlogPosition;
import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.KeyRange;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.TableId;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One source connection that reads tables as they were at one place of the log. A transaction stands in the log where it committed,
 * whenever it began, and the snapshot shows exactly those that stand before its position. It has proved that it sees the marker, so
 * the position is behind P0. Until it is closed, the source keeps its undo log, and a DDL statement on a table that was read waits,
 * as does whoever comes behind it: rolling back to a savepoint gives the table's lock back only without a binary log. One thread.
 */
final class GroupSnapshot implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(GroupSnapshot.class);
    /** How long the global read lock on MySQL may wait: while it does, it holds up every writer. */
    private static final int LOCK_WAIT_SECONDS = 2;

    private static final int ER_LOCK_WAIT_TIMEOUT = 1205;
    private static final int MAX_ATTEMPTS = 30;
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Connection connection;
    private final MigrationPlan plan;
    private final SourceSchema schema;
    private final BinlogPosition position;

    private GroupSnapshot(Connection connection, MigrationPlan plan, SourceSchema schema, BinlogPosition position) {
        this.connection = connection;
        this.plan = plan;
        this.schema = schema;
        this.position = position;
    }

    /** How the snapshot's position is known. */
    enum Method {
        /** MariaDB tells it to the session that opened the snapshot: no lock. */
        STATUS_VARIABLES,
        /** MySQL: the global read lock is held for the milliseconds in which the snapshot is opened. */
        READ_LOCK;

        static Method of(SourceServer server) {
            return server.product() == SourceProduct.MARIADB ? STATUS_VARIABLES : READ_LOCK;
        }
    }

    /**
     * Opens a snapshot by the method that fits the server.
     *
     * @return empty if the workers are to stop
     * @throws MigrationException of kind SOURCE if the marker is not there, the position is not known, or no moment is found at
     *     which a snapshot can be trusted
     */
    static Optional<GroupSnapshot> open(
            SourceDatabase source, MigrationPlan plan, BackfillSettings settings, Turnstile turnstile)
            throws SQLException, InterruptedException {
        return open(source, plan, settings, turnstile, Optional.empty());
    }

    /** Opens a snapshot by the method that is wanted. */
    static Optional<GroupSnapshot> open(
            SourceDatabase source,
            MigrationPlan plan,
            BackfillSettings settings,
            Turnstile turnstile,
            Optional<Method> wanted)
            throws SQLException, InterruptedException {
        Connection connection = source.open();
        try {
            SourceServer server = SourceServer.of(connection);
            liftLimits(connection, server);
            connection.setAutoCommit(false);
            Method method = wanted.orElseGet(() -> Method.of(server));
            for (int attempt = 1; ; attempt++) {
                Optional<BinlogPosition> position =
                        switch (method) {
                            case STATUS_VARIABLES -> Optional.of(beginByStatusVariables(connection));
                            case READ_LOCK -> beginUnderReadLock(connection, source, server);
                        };
                if (position.isPresent() && !seesPreparedTransaction(connection)) {
                    ChunkSession.requireMarker(connection, source, plan, settings);
                    return Optional.of(
                            new GroupSnapshot(connection, plan, SchemaReader.read(connection), position.get()));
                }
                connection.rollback();
                if (attempt == MAX_ATTEMPTS) {
                    throw noMoment(source, position.isPresent());
                }
                if (turnstile.awaitStop(PAUSE)) {
                    connection.close();
                    return Optional.empty();
                }
            }
        } catch (SQLException | InterruptedException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** A copy waits for the log between two chunks, and for nobody knows how long. */
    private static void liftLimits(Connection connection, SourceServer server) throws SQLException {
        boolean hasIdleLimits = server.product() == SourceProduct.MARIADB && server.isAtLeast(10, 3);
        try (Statement statement = connection.createStatement()) {
            statement.execute("set session wait_timeout = 604800, session net_write_timeout = 604800"
                    + (hasIdleLimits
                            ? ", session idle_transaction_timeout = 0, session idle_readonly_transaction_timeout = 0"
                            : ""));
        }
    }

    private static BinlogPosition beginByStatusVariables(Connection connection) throws SQLException {
        begin(connection);
        Map<String, String> status = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("show status like 'binlog_snapshot_%'")) {
            while (rows.next()) {
                status.put(rows.getString(1).toLowerCase(Locale.ROOT), rows.getString(2));
            }
        }
        String file = status.getOrDefault("binlog_snapshot_file", "");
        String offset = status.getOrDefault("binlog_snapshot_position", "");
        if (file.isEmpty() || offset.isEmpty()) {
            throw unknownPosition("binlog_snapshot_file is empty");
        }
        return new BinlogPosition(file, Long.parseLong(offset), "");
    }

    /** Empty if the lock was not to be had at once: others wait behind whoever waits for it. */
    private static Optional<BinlogPosition> beginUnderReadLock(
            Connection connection, SourceDatabase source, SourceServer server) throws SQLException {
        try (Connection locker = source.open();
                Statement statement = locker.createStatement()) {
            statement.execute("set session lock_wait_timeout = " + LOCK_WAIT_SECONDS);
            statement.execute("flush tables with read lock"); // given back with the connection
            begin(connection);
            return Optional.of(endOfLog(statement, server));
        } catch (SQLException e) {
            if (e.getErrorCode() == ER_LOCK_WAIT_TIMEOUT) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static BinlogPosition endOfLog(Statement statement, SourceServer server) throws SQLException {
        boolean isRenamed = server.product() == SourceProduct.MYSQL && server.isAtLeast(8, 2);
        try (ResultSet row = statement.executeQuery(isRenamed ? "show binary log status" : "show master status")) {
            if (!row.next()) {
                throw unknownPosition("the server shows no log");
            }
            return new BinlogPosition(row.getString(1), row.getLong(2), "");
        }
    }

    private static void begin(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("start transaction with consistent snapshot, read only");
        }
    }

    /** What is prepared may stand in the log before the snapshot, which does not show it. */
    private static boolean seesPreparedTransaction(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("xa recover")) {
            return rows.next();
        }
    }

    private static MigrationException unknownPosition(String seen) {
        return new MigrationException(
                ErrorKind.SOURCE,
                "the position of a snapshot in the source's log is unknown: " + seen
                        + "; no order group was copied. Hint: the server must run with log_bin, and the account needs"
                        + " REPLICATION CLIENT (on MariaDB BINLOG MONITOR)");
    }

    private static MigrationException noMoment(SourceDatabase source, boolean hadLock) {
        return new MigrationException(
                ErrorKind.SOURCE,
                "source " + source + " had at " + MAX_ATTEMPTS + " looks "
                        + (hadLock
                                ? "a prepared XA transaction each time, must have none when a snapshot is opened"
                                : "a statement that kept the global read lock from us for more than "
                                        + LOCK_WAIT_SECONDS + " s")
                        + "; no order group was copied. Hint: "
                        + (hadLock ? "XA RECOVER lists them" : "run again when no long statement runs"));
    }

    /** Where it stands in the log. */
    BinlogPosition position() {
        return position;
    }

    /**
     * Reads a table, in key order if it has a key.
     *
     * @return false if {@code stopped} turned true before the end; the snapshot is of no use then
     */
    boolean read(TableId table, EachRow each, BooleanSupplier stopped) throws SQLException {
        return TableReading.of(schema, plan.bySource(table)).read(connection, KeyRange.ALL, each, stopped);
    }

    /** Ends the snapshot; never throws. */
    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            log.atDebug().setCause(e).log("source session was gone already");
        }
    }
}
