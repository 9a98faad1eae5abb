package dev.crossfade.capture.source;

import static java.util.Objects.requireNonNull;

import dev.crossfade.model.DatabaseAccess;
import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.MigrationException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.mariadb.jdbc.Configuration;
import org.mariadb.jdbc.Driver;
import org.mariadb.jdbc.HostAddress;
import org.mariadb.jdbc.export.HaMode;

/**
 * One database of a MariaDB or MySQL server, and how to reach it. Immutable; any thread may open connections, each of which then
 * belongs to its opener. Sessions run in UTC and in autocommit, speak utf8mb4, and bind values by the binary protocol.
 */
public final class SourceDatabase {
    private static final String CONNECT_TIMEOUT_MILLIS = "10000";
    /**
     * A marker's row is written at once, or the server waits for its replica (rpl_semi_sync_master_timeout is 10 s). Whoever waits for
     * longer has lost the server, and must notice while a hold lasts.
     */
    private static final int WRITE_TIMEOUT_MILLIS = 15_000;
    /**
     * A reader asks for a range of a key or for a table's description, and rows come as they are read: only a lost connection, or a
     * table that somebody has locked, is silent for so long.
     */
    private static final int READ_TIMEOUT_MILLIS = 60_000;

    private static final String SCHEME = "jdbc:mariadb:";
    private static final String MYSQL_SCHEME = "jdbc:mysql:";

    /** How a session may be used. */
    private enum Use {
        READ,
        WRITE
    }

    private final DatabaseAccess access;
    private final Configuration configuration;
    private final String database;

    private SourceDatabase(DatabaseAccess access, Configuration configuration, String database) {
        this.access = access;
        this.configuration = configuration;
        this.database = database;
    }

    /**
     * The database that {@code access} names; opens nothing. Takes {@code jdbc:mariadb:} and {@code jdbc:mysql:} URLs: one driver
     * speaks to both servers.
     *
     * @throws MigrationException of kind PLAN if the URL is of another scheme, cannot be read, or names no database
     */
    public static SourceDatabase of(DatabaseAccess access) {
        requireNonNull(access, "access");
        String url = access.url();
        if (url.startsWith(MYSQL_SCHEME)) {
            url = SCHEME + url.substring(MYSQL_SCHEME.length());
        }
        if (!url.startsWith(SCHEME)) {
            throw plan("source url must begin with " + SCHEME + " or " + MYSQL_SCHEME);
        }
        Properties properties = new Properties();
        properties.setProperty("user", access.user());
        properties.setProperty("password", access.password().reveal());
        properties.setProperty("connectTimeout", CONNECT_TIMEOUT_MILLIS);
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("useServerPrepStmts", "true");
        properties.setProperty("tinyInt1isBit", "false");
        properties.setProperty("allowLocalInfile", "false");
        Configuration configuration;
        try {
            configuration = Configuration.parse(url, properties);
        } catch (SQLException e) {
            throw new MigrationException(ErrorKind.PLAN, "source url cannot be read; nothing was changed", e);
        }
        if (configuration == null || configuration.addresses().isEmpty()) {
            throw plan("source url names no host");
        }
        if (configuration.addresses().size() > 1 || configuration.haMode() != HaMode.NONE) {
            throw plan("source url names several hosts, must name the one whose log is captured");
        }
        String database = configuration.database();
        if (database == null || database.isEmpty()) {
            throw plan("source url names no database, must be jdbc:mariadb://host:port/database");
        }
        return new SourceDatabase(access, configuration, database);
    }

    private static MigrationException plan(String message) {
        return new MigrationException(ErrorKind.PLAN, message + "; nothing was changed");
    }

    public DatabaseAccess access() {
        return access;
    }

    /** The database's name as the URL has it. */
    public String database() {
        return database;
    }

    /** The first host that the URL names, for whoever speaks to the server without JDBC. */
    public String host() {
        return firstAddress().host;
    }

    /** The port of {@link #host()}. */
    public int port() {
        return firstAddress().port;
    }

    private HostAddress firstAddress() {
        return configuration.addresses().get(0);
    }

    /**
     * Opens a session that can only read. A server that sends nothing for a minute while an answer is awaited has lost us: the
     * statement fails, and the session with it.
     *
     * @throws MigrationException of kind SOURCE with one problem: UNREACHABLE, ACCESS-DENIED, UNKNOWN-DATABASE or CONNECT
     */
    public Connection open() {
        return open(Use.READ);
    }

    /**
     * Opens a session that can write: for the marker table only. A statement that the server leaves without an answer for 15 seconds
     * fails, and the session with it.
     *
     * @throws MigrationException as {@link #open()}
     */
    public Connection openForWriting() {
        return open(Use.WRITE);
    }

    /**
     * Opens a session that asks the server about itself and the account: without a current database, if the account may not enter it.
     *
     * @throws MigrationException as {@link #open()}
     */
    Connection openToAsk() {
        try {
            return connect(configuration);
        } catch (SQLException e) {
            if (!ConnectFailure.isDatabaseDenied(e)) {
                throw ConnectFailure.explain(this, e);
            }
        }
        try {
            return openWithoutDatabase();
        } catch (SQLException e) {
            throw ConnectFailure.explain(this, e);
        }
    }

    private Connection open(Use use) {
        try {
            int timeoutMillis = use == Use.READ ? READ_TIMEOUT_MILLIS : WRITE_TIMEOUT_MILLIS;
            Connection connection = connect(
                    configuration.toBuilder().socketTimeout(timeoutMillis).build());
            try {
                prepare(connection, use);
                return connection;
            } catch (SQLException e) {
                connection.close();
                throw e;
            }
        } catch (SQLException e) {
            throw ConnectFailure.explain(this, e);
        }
    }

    /** A session without a current database, to look for the one that was meant. */
    Connection openWithoutDatabase() throws SQLException {
        return connect(configuration.toBuilder().database(null).build());
    }

    private static Connection connect(Configuration configuration) throws SQLException {
        return Driver.connect(configuration);
    }

    private static void prepare(Connection connection, Use use) throws SQLException {
        SourceServer server = SourceServer.of(connection);
        List<String> settings = new ArrayList<>();
        settings.add("time_zone = '+00:00'");
        settings.add("net_write_timeout = 600"); // seconds: a chunk's reader may be held up by the log
        settings.add(
                "sql_select_limit = 18446744073709551615"); // else a server's own limit ends a chunk without a word
        if (use == Use.READ) {
            settings.add("sql_mode = ''"); // PAD_CHAR_TO_FULL_LENGTH would pad what the log trims
        }
        if (server.product() == SourceProduct.MARIADB) {
            settings.add("max_statement_time = 0");
        } else {
            settings.add("max_execution_time = 0");
            if (server.isAtLeast(8, 0)) {
                settings.add("information_schema_stats_expiry = 0"); // else row counts may be a day old
            }
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute("set names utf8mb4");
            statement.execute("set session " + String.join(", session ", settings));
        }
        if (use == Use.READ) {
            // What an open transaction has written may roll back, and then nothing in the log would mend the copy.
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            connection.setReadOnly(true);
        }
    }

    /** {@code host:port/database}: safe to show. */
    @Override
    public String toString() {
        return host() + ":" + port() + "/" + database;
    }
}
