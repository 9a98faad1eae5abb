package dev.crossfade.capture.source;

import dev.crossfade.model.DatabaseAccess;
import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.Problem;
import dev.crossfade.model.TableId;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Whether a server can be a source: its log, its settings, the account's privileges. Finds all problems at once and writes nothing.
 * What is wrong with single tables is in {@link SourceTable#problems}.
 */
public final class SourcePreflight {
    private static final long TWO_DAYS = 2L * 24 * 60 * 60;
    private static final long LARGE_PACKET = 16L * 1024 * 1024;

    private final SourceDatabase source;
    private final Connection connection;
    private final SourceServer server;
    private final Map<String, String> variables;
    private final List<Problem> problems = new ArrayList<>();

    private SourcePreflight(
            SourceDatabase source, Connection connection, SourceServer server, Map<String, String> variables) {
        this.source = source;
        this.connection = connection;
        this.server = server;
        this.variables = variables;
    }

    /** In place of a table's name: every table of its database. */
    public static final String EVERY_TABLE = "*";

    /** What a check does once it is connected. */
    @FunctionalInterface
    private interface Check {
        void run(SourcePreflight preflight) throws SQLException;
    }

    /**
     * What must be mended before the tables can be moved; empty if nothing must. A server that cannot be reached is one problem; an
     * account that may not enter the database is told of every privilege that it lacks.
     *
     * @param tables what the migration reads, exact names; {@link #EVERY_TABLE} for whatever a database holds, which needs the
     *     privilege on the database: a table that the account may not see would be left out without a word
     * @throws MigrationException of kind PLAN if the URL cannot be read
     */
    public static List<Problem> check(DatabaseAccess access, List<TableId> tables) {
        return run(access, preflight -> {
            preflight.checkLog();
            preflight.checkLogFilter();
            preflight.checkWritable();
            preflight.checkPrivileges(tables);
            preflight.checkPreparedTransactions();
        });
    }

    /**
     * What must be mended before a migration's rows, or all of the marker table, can be removed; empty if nothing must.
     *
     * @throws MigrationException of kind PLAN if the URL cannot be read
     */
    public static List<Problem> checkRemoval(DatabaseAccess access) {
        return run(access, preflight -> {
            preflight.checkWritable();
            preflight.checkMarkerPrivileges();
        });
    }

    /**
     * What should be mended, but does not stand in the way.
     *
     * @throws MigrationException of kind PLAN if the URL cannot be read
     */
    public static List<Problem> advice(DatabaseAccess access) {
        return run(access, SourcePreflight::advise);
    }

    private static List<Problem> run(DatabaseAccess access, Check check) {
        SourceDatabase source = SourceDatabase.of(access);
        try (Connection connection = source.openToAsk()) {
            SourceServer server = SourceServer.of(connection);
            SourcePreflight preflight = new SourcePreflight(source, connection, server, variables(connection));
            check.run(preflight);
            return preflight.problems;
        } catch (MigrationException e) {
            if (e.problems().isEmpty()) {
                throw e;
            }
            return e.problems();
        } catch (SQLException e) {
            return List.of(new Problem(
                    ErrorKind.SOURCE,
                    "CONNECT",
                    "source " + source,
                    "the server's settings cannot be read: error " + e.getErrorCode() + ", SQLSTATE " + e.getSQLState(),
                    ""));
        }
    }

    private static Map<String, String> variables(Connection connection) throws SQLException {
        Map<String, String> variables = new TreeMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("""
                        show global variables where variable_name in ('log_bin', 'binlog_format', 'binlog_row_image',
                          'binlog_row_value_options', 'server_id', 'binlog_order_commits', 'log_bin_compress', 'read_only',
                          'gtid_mode', 'max_allowed_packet', 'expire_logs_days', 'binlog_expire_logs_seconds')""")) {
            while (rows.next()) {
                variables.put(rows.getString(1), rows.getString(2));
            }
        }
        return variables;
    }

    private void problem(String code, String seen, String remedy) {
        problems.add(new Problem(ErrorKind.SOURCE, code, "source " + source, seen, remedy));
    }

    /** Variables that one of the products does not have are absent, and then mean what the other would show. */
    private String variable(String name, String ifAbsent) {
        return variables.getOrDefault(name, ifAbsent);
    }

    private void require(String code, String name, String wanted, String remedy) {
        String seen = variable(name, wanted);
        if (!seen.equalsIgnoreCase(wanted)) {
            problem(code, name + " is '" + seen + "', must be '" + wanted + "'", remedy);
        }
    }

    private void checkLog() {
        require(
                "BINLOG-OFF",
                "log_bin",
                "ON",
                "in the server's configuration: [mysqld] log_bin=binlog binlog_format=ROW, then restart it");
        String sessions = "; sessions that are connected keep the old value until they connect again";
        require("BINLOG-FORMAT", "binlog_format", "ROW", "SET GLOBAL binlog_format = 'ROW'" + sessions);
        require("ROW-IMAGE", "binlog_row_image", "FULL", "SET GLOBAL binlog_row_image = 'FULL'" + sessions);
        require(
                "ROW-VALUE-OPTIONS",
                "binlog_row_value_options",
                "",
                "SET GLOBAL binlog_row_value_options = ''" + sessions);
        // The log's client knows no compressed row events: they would be passed over without a word.
        require("BINLOG-COMPRESSION", "log_bin_compress", "OFF", "SET GLOBAL log_bin_compress = OFF");
        // MariaDB has no such variable: its group commit always runs commit_ordered() of the engines in the log's
        // order.
        // https://mariadb.com/kb/en/group-commit-for-the-binary-log/
        require("COMMIT-ORDER", "binlog_order_commits", "ON", "SET GLOBAL binlog_order_commits = ON");
        if (variable("server_id", "0").equals("0")) {
            problem(
                    "SERVER-ID",
                    "server_id is 0, must be another number: else nobody can read the log",
                    "SET GLOBAL server_id = 1");
        }
    }

    /** A filtered log lacks whole databases, and nothing in it says so. */
    private void checkLogFilter() throws SQLException {
        String sql = server.product() == SourceProduct.MARIADB || !server.isAtLeast(8, 2)
                ? "show master status"
                : "show binary log status";
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            if (row.next()) {
                List<String> only = List.of(String.valueOf(row.getString(3)).split(","));
                List<String> without = List.of(String.valueOf(row.getString(4)).split(","));
                boolean logged = only.contains(source.database()) || only.equals(List.of(""));
                if (!logged || without.contains(source.database())) {
                    problem(
                            "BINLOG-FILTER",
                            "the log leaves database " + source.database() + " out: binlog_do_db is '"
                                    + String.join(",", only) + "', binlog_ignore_db is '" + String.join(",", without)
                                    + "'",
                            "take the database out of the filter in the server's configuration, then restart it");
                }
            }
        } catch (SQLException e) {
            if (SourceFailures.isPassing(e)) {
                throw e;
            }
            // Not allowed to ask: the privilege is missing, which is a problem of its own.
        }
    }

    private void checkWritable() throws SQLException {
        Grants grants = Grants.of(connection, server);
        boolean bound = !grants.has("SUPER") && !grants.has("READ_ONLY ADMIN") && !grants.has("READ ONLY ADMIN");
        if (bound
                && !variable("read_only", "OFF").equalsIgnoreCase("OFF")
                && !variable("read_only", "0").equals("0")) {
            problem(
                    "READ-ONLY",
                    "the server is read_only, must let the marker table be written",
                    "name the primary in source.url, or SET GLOBAL read_only = OFF");
        }
    }

    private void checkPrivileges(List<TableId> tables) throws SQLException {
        for (PrivilegeNeeds.Missing missing :
                PrivilegeNeeds.missing(Grants.of(connection, server), server, source.database(), tables)) {
            problem("PRIVILEGE", missing.seen(), missing.statement());
        }
    }

    private void checkMarkerPrivileges() throws SQLException {
        PrivilegeNeeds.marker(Grants.of(connection, server), source.database())
                .ifPresent(missing -> problem("PRIVILEGE", missing.seen(), missing.statement()));
    }

    /** A prepared transaction is in the log already, or will be at a place that nobody knows, and is not visible to readers. */
    private void checkPreparedTransactions() throws SQLException {
        int prepared = 0;
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("xa recover")) {
            while (rows.next()) {
                prepared++;
            }
        } catch (SQLException e) {
            if (SourceFailures.isPassing(e)) {
                throw e;
            }
            return; // not allowed to ask: a problem of its own
        }
        if (prepared > 0) {
            problem(
                    "XA-PREPARED",
                    prepared + " prepared XA transactions are open, must be none when capture begins",
                    "XA RECOVER lists them; XA COMMIT or XA ROLLBACK each");
        }
    }

    private void advise() {
        if (variable("gtid_mode", "ON").equalsIgnoreCase("OFF")) {
            problem(
                    "GTID-MODE",
                    "gtid_mode is 'OFF': capture cannot follow a fail-over",
                    "see the server's manual: Enabling GTID Transactions Online");
        }
        long seconds = retentionSeconds();
        if (seconds > 0 && seconds < TWO_DAYS) {
            problem(
                    "BINLOG-RETENTION",
                    "the log is kept for " + seconds / 3600 + " hours: a longer stop cannot be caught up",
                    variables.containsKey("binlog_expire_logs_seconds")
                            ? "SET GLOBAL binlog_expire_logs_seconds = " + 7 * TWO_DAYS / 2
                            : "SET GLOBAL expire_logs_days = 7");
        }
        if (Long.parseLong(variable("max_allowed_packet", "0")) < LARGE_PACKET) {
            problem(
                    "PACKET",
                    "max_allowed_packet is " + variable("max_allowed_packet", "0")
                            + " bytes: a longer row cannot be read",
                    "SET GLOBAL max_allowed_packet = " + 4 * LARGE_PACKET);
        }
    }

    /** 0 means for ever. */
    private long retentionSeconds() {
        double seconds = Double.parseDouble(variable("binlog_expire_logs_seconds", "0"));
        double days = Double.parseDouble(variable("expire_logs_days", "0"));
        return (long) (seconds > 0 ? seconds : days * 24 * 60 * 60);
    }
}
