package dev.crossfade.sink.target;

import static java.util.Objects.requireNonNull;

import dev.crossfade.model.DatabaseAccess;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.postgresql.PGProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens connections to the PostgreSQL target. Every session is named {@code crossfade}, runs READ COMMITTED in UTC and notices a
 * dead client within half a minute on the server's end, so that a machine that vanished does not keep locks; whoever notices a dead
 * server calls {@link #breakConnections}. {@code synchronous_commit} and {@code session_replication_role} stay as the server has
 * them; only what copies chunks waits for the disk. Any thread.
 */
public final class TargetDatabase implements Connections {
    private static final Logger log = LoggerFactory.getLogger(TargetDatabase.class);
    /** Array types whose values the appliers send in binary form; pgjdbc does so by itself only for some of them. */
    private static final String BINARY_ARRAYS = "1000,1001,1005,1007,1009,1016,1021,1022,1115,1182,1183,1185,1187,1231,"
            + "1561,3807"; // see PostgresTypes.arrayType; numbers as in pg_type.dat

    private final DatabaseAccess access;
    private final Set<Connection> opened = ConcurrentHashMap.newKeySet();

    public TargetDatabase(DatabaseAccess access) {
        this.access = requireNonNull(access, "access");
    }

    /** The URL, for messages: it holds neither user nor password. */
    public String url() {
        return access.url();
    }

    /** The account, for messages. */
    public String user() {
        return access.user();
    }

    @Override
    public Connection open() throws SQLException {
        Connection connection = DriverManager.getConnection(access.url(), properties());
        try {
            prepare(connection);
            opened.removeIf(TargetDatabase::isClosed);
            opened.add(connection);
            return connection;
        } catch (SQLException e) {
            try {
                connection.close();
            } catch (SQLException closing) {
                e.addSuppressed(closing);
            }
            throw e;
        }
    }

    private static boolean isClosed(Connection connection) {
        try {
            return connection.isClosed();
        } catch (SQLException e) {
            return true;
        }
    }

    /**
     * Breaks every connection that was opened here and is open still, whatever is under way on it: who waits for an answer on one
     * fails as by a loss of the connection. For a server that has fallen silent, because an answer is otherwise waited for without end:
     * a statement may rightly take hours.
     */
    public void breakConnections() {
        for (Connection connection : opened) {
            try {
                connection.abort(Runnable::run);
            } catch (SQLException e) {
                log.atDebug().setCause(e).log("a silent connection could not be broken");
            }
        }
    }

    /**
     * Opens one connection and closes it again.
     *
     * @throws dev.crossfade.model.MigrationException of kind TARGET, saying whether the server, the account, the password, the
     *     database or a right is missing
     */
    public void checkReachable() {
        try (Connection connection = open()) {
            connection.isValid(10);
        } catch (SQLException e) {
            throw TargetErrors.of("connect to " + access.url() + " as " + access.user(), e);
        }
    }

    /** A pool of at most {@code size} such connections. */
    public TargetPool pool(int size) {
        return new TargetPool(this, size);
    }

    Properties properties() {
        Properties properties = new Properties();
        PGProperty.USER.set(properties, access.user());
        PGProperty.PASSWORD.set(properties, access.password().reveal());
        PGProperty.APPLICATION_NAME.set(properties, "crossfade");
        PGProperty.CONNECT_TIMEOUT.set(properties, 10); // seconds
        PGProperty.LOGIN_TIMEOUT.set(properties, 20); // seconds
        PGProperty.TCP_KEEP_ALIVE.set(properties, true);
        PGProperty.LOG_SERVER_ERROR_DETAIL.set(properties, false); // details hold row values
        PGProperty.BINARY_TRANSFER_ENABLE.set(properties, BINARY_ARRAYS);
        PGProperty.PREPARE_THRESHOLD.set(properties, 2);
        PGProperty.PREPARED_STATEMENT_CACHE_QUERIES.set(properties, 1024); // two statements per table and applier
        return properties;
    }

    private static void prepare(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("""
                    set time zone 'UTC';
                    set default_transaction_isolation = 'read committed';
                    set tcp_keepalives_idle = 10;
                    set tcp_keepalives_interval = 5;
                    set tcp_keepalives_count = 3""");
        }
        abandonWorkOfDeadClients(connection);
    }

    /** Lets the server stop a long statement, such as a key build, whose client has died. Not every server platform can. */
    private static void abandonWorkOfDeadClients(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("""
                    select set_config(name, '1s', false)
                    from pg_catalog.pg_settings
                    where name = 'client_connection_check_interval'""");
        } catch (SQLException e) {
            if (!SqlStates.INVALID_PARAMETER_VALUE.equals(e.getSQLState())) {
                throw e;
            }
        }
    }

    @Override
    public String toString() {
        return "TargetDatabase[" + access.url() + "]";
    }
}
