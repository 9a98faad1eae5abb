package dev.crossfade.verify;

import dev.crossfade.model.BinlogPosition;
import dev.crossfade.model.DatabaseAccess;
import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.TableId;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Opens a snapshot of a MariaDB or MySQL server together with its exact position in the binary log. Connected first and opened later,
 * so that capture is held for as short a time as possible.
 */
final class SourceSnapshots implements AutoCloseable {
    /** Engines whose tables a consistent snapshot holds still. */
    private static final Set<String> SNAPSHOT_ENGINES = Set.of("innodb", "rocksdb", "tokudb");
    /** How long the global read lock on MySQL may wait: while it does, it holds up every writer. */
    private static final int LOCK_WAIT_SECONDS = 2;

    private static final int CONNECT_MILLIS = 10_000;
    /** Each exists on one of the two products, or only on newer versions. */
    private static final List<String> TIME_LIMITS = List.of(
            "max_statement_time",
            "max_execution_time",
            "idle_transaction_timeout",
            "idle_readonly_transaction_timeout");

    private final Connection reader;
    private final Method method;
    private final @Nullable Connection locker; // null unless the method needs a lock
    private boolean handedOver;

    private SourceSnapshots(Connection reader, Method method, @Nullable Connection locker) {
        this.reader = reader;
        this.method = method;
        this.locker = locker;
    }

    /** How the snapshot's position is known. */
    enum Method {
        /** MariaDB says it: no lock. */
        STATUS_VARIABLES,
        /** MySQL: the global read lock is held for the milliseconds in which the snapshot is opened. */
        READ_LOCK
    }

    /** Connects, with the method that fits the server. */
    static SourceSnapshots connect(DatabaseAccess access, Duration silenceAtMost) {
        return connect(access, silenceAtMost, Optional.empty());
    }

    /** Connects. */
    static SourceSnapshots connect(DatabaseAccess access, Duration silenceAtMost, Optional<Method> wanted) {
        Connection reader = null;
        try {
            reader = open(access, silenceAtMost);
            Method method = wanted.isPresent() ? wanted.get() : methodOf(reader);
            return new SourceSnapshots(reader, method, method == Method.READ_LOCK ? open(access, silenceAtMost) : null);
        } catch (SQLException e) {
            closeQuietly(reader, e);
            throw failure("cannot connect to the source as " + access.user(), e);
        }
    }

    private static Method methodOf(Connection reader) throws SQLException {
        String version = single(reader, "SELECT VERSION()").orElse("");
        return version.toLowerCase(Locale.ROOT).contains("mariadb") ? Method.STATUS_VARIABLES : Method.READ_LOCK;
    }

    private static Connection open(DatabaseAccess access, Duration silenceAtMost) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", access.user());
        properties.setProperty("password", access.password().reveal());
        properties.setProperty("connectTimeout", Integer.toString(CONNECT_MILLIS));
        properties.setProperty("socketTimeout", Long.toString(silenceAtMost.toMillis()));
        String mysqlScheme = "jdbc:mysql:";
        String url = access.url().startsWith(mysqlScheme)
                ? "jdbc:mariadb:" + access.url().substring(mysqlScheme.length())
                : access.url();
        Connection connection = DriverManager.getConnection(url, properties);
        try (Statement statement = connection.createStatement()) {
            // No PAD_CHAR_TO_FULL_LENGTH, no ANSI_QUOTES; no limits that would cut a table short without an error.
            statement.execute("SET SESSION sql_mode = '', time_zone = '+00:00', character_set_results = utf8mb4,"
                    + " sql_select_limit = 18446744073709551615, net_write_timeout = 3600, wait_timeout = 604800,"
                    + " lock_wait_timeout = " + LOCK_WAIT_SECONDS);
            for (String limit : known(statement, TIME_LIMITS)) {
                statement.execute("SET SESSION " + limit + " = 0");
            }
            return connection;
        } catch (SQLException e) {
            closeQuietly(connection, e);
            throw e;
        }
    }

    private static List<String> known(Statement statement, List<String> variables) throws SQLException {
        List<String> known = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery(
                "SHOW VARIABLES WHERE Variable_name IN ('" + String.join("', '", variables) + "')")) {
            while (rows.next()) {
                known.add(rows.getString(1));
            }
        }
        return known;
    }

    /** Opens the snapshot. Call once; the returned pair owns the reading connection. */
    Opened open() {
        try {
            try (Statement statement = reader.createStatement()) {
                statement.execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ");
            }
            BinlogPosition position =
                    switch (method) {
                        case STATUS_VARIABLES -> openByStatusVariables();
                        case READ_LOCK -> openUnderReadLock();
                    };
            handedOver = true;
            return new Opened(new Snapshot(Side.SOURCE, reader), position);
        } catch (SQLException e) {
            throw failure("cannot open a snapshot of the source with its position in the binary log", e);
        }
    }

    private BinlogPosition openByStatusVariables() throws SQLException {
        begin();
        Map<String, String> status = new HashMap<>();
        try (Statement statement = reader.createStatement();
                ResultSet rows = statement.executeQuery("SHOW STATUS LIKE 'binlog_snapshot_%'")) {
            while (rows.next()) {
                status.put(rows.getString(1).toLowerCase(Locale.ROOT), rows.getString(2));
            }
        }
        String file = status.getOrDefault("binlog_snapshot_file", "");
        String offset = status.getOrDefault("binlog_snapshot_position", "");
        if (file.isEmpty() || offset.isEmpty()) {
            throw withoutLog("binlog_snapshot_file is empty");
        }
        return new BinlogPosition(file, Long.parseLong(offset), "");
    }

    private BinlogPosition openUnderReadLock() throws SQLException {
        Connection lock = locker;
        if (lock == null) {
            throw new IllegalStateException("the read lock needs a connection");
        }
        try (Statement statement = lock.createStatement()) {
            statement.execute("FLUSH TABLES WITH READ LOCK");
            try {
                begin();
                return currentPosition(lock);
            } finally {
                statement.execute("UNLOCK TABLES");
            }
        }
    }

    private void begin() throws SQLException {
        reader.setAutoCommit(false);
        try (Statement statement = reader.createStatement()) {
            statement.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY");
        }
    }

    /** The end of the log, while nobody can write. */
    private static BinlogPosition currentPosition(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = logStatus(statement)) {
            if (!rows.next()) {
                throw withoutLog("the server shows no log position");
            }
            // File, Position, Binlog_Do_DB, Binlog_Ignore_DB and, on MySQL only, Executed_Gtid_Set.
            boolean hasGtids = rows.getMetaData().getColumnCount() >= 5;
            String gtids = hasGtids ? rows.getString(5) : null;
            return new BinlogPosition(
                    rows.getString(1), rows.getLong(2), gtids == null ? "" : gtids.replaceAll("\\s", ""));
        }
    }

    private static ResultSet logStatus(Statement statement) throws SQLException {
        try {
            return statement.executeQuery("SHOW BINARY LOG STATUS"); // MySQL 8.2 and later
        } catch (SQLException e) {
            if (!"42000".equals(e.getSQLState())) { // syntax error
                throw e;
            }
            return statement.executeQuery("SHOW MASTER STATUS");
        }
    }

    /** The engine of each of the tables that a snapshot does not hold still. */
    static Map<TableId, String> enginesWithoutSnapshot(Connection connection, Set<TableId> tables) throws SQLException {
        Map<TableId, String> found = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT ENGINE FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?")) {
            for (TableId table : tables) {
                statement.setString(1, table.schema());
                statement.setString(2, table.name());
                try (ResultSet rows = statement.executeQuery()) {
                    String engine = rows.next() ? rows.getString(1) : null;
                    if (engine != null && !SNAPSHOT_ENGINES.contains(engine.toLowerCase(Locale.ROOT))) {
                        found.put(table, engine);
                    }
                }
            }
        }
        return found;
    }

    @Override
    public void close() {
        closeQuietly(locker, null);
        if (!handedOver) {
            closeQuietly(reader, null);
        }
    }

    private static Optional<String> single(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return rows.next() ? Optional.ofNullable(rows.getString(1)) : Optional.empty();
        }
    }

    private static void closeQuietly(@Nullable Connection connection, @Nullable SQLException cause) {
        if (connection != null) {
            try {
                connection.close();
            } catch (SQLException e) {
                if (cause != null) {
                    cause.addSuppressed(e);
                }
            }
        }
    }

    private static MigrationException withoutLog(String seen) {
        return new MigrationException(
                ErrorKind.SOURCE,
                "the source's binary log position is unknown: " + seen
                        + ", nothing was compared. Hint: the server must run with"
                        + " log_bin, and the account needs REPLICATION CLIENT (on MariaDB BINLOG MONITOR)");
    }

    private static MigrationException failure(String what, SQLException e) {
        return new MigrationException(
                ErrorKind.SOURCE, what + ": " + ReadFailure.reason(e) + "; nothing was compared", e);
    }

    /** A snapshot and the place in the log that it shows, between two transactions. */
    record Opened(Snapshot snapshot, BinlogPosition position) {}
}
