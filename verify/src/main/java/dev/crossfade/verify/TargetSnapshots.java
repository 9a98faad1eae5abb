package dev.crossfade.verify;

import dev.crossfade.model.DatabaseAccess;
import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.MigrationException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;

/** Opens a snapshot of a PostgreSQL server. Connected first and opened later, so that capture is held for as short a time as possible. */
final class TargetSnapshots implements AutoCloseable {
    private static final int CONNECT_SECONDS = 10;

    private final Connection connection;
    private boolean handedOver;

    private TargetSnapshots(Connection connection) {
        this.connection = connection;
    }

    static TargetSnapshots connect(DatabaseAccess access, Duration silenceAtMost) {
        Properties properties = new Properties();
        properties.setProperty("user", access.user());
        properties.setProperty("password", access.password().reveal());
        properties.setProperty("connectTimeout", Integer.toString(CONNECT_SECONDS));
        properties.setProperty("socketTimeout", Long.toString(Math.max(1, silenceAtMost.toSeconds())));
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("ApplicationName", "crossfade verify");
        // Values come as the server's own text, never in the driver's binary form.
        properties.setProperty("prepareThreshold", "0");
        properties.setProperty("binaryTransfer", "false");
        try {
            Connection connection = DriverManager.getConnection(access.url(), properties);
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET TimeZone = 'UTC'");
                statement.execute("SET DateStyle = 'ISO, YMD'");
                statement.execute("SET IntervalStyle = 'postgres'");
                // A policy that hides rows from this account must be an error, not a shorter table.
                statement.execute("SET row_security = off");
                // Where they exist: transaction_timeout came with PostgreSQL 17.
                statement.execute("""
                        SELECT pg_catalog.set_config(name, '0', false) FROM pg_catalog.pg_settings
                        WHERE name IN ('statement_timeout', 'transaction_timeout', 'idle_in_transaction_session_timeout')
                        """);
                statement.execute("SET jit = off");
                connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
                connection.setReadOnly(true);
                connection.setAutoCommit(false);
                return new TargetSnapshots(connection);
            } catch (SQLException e) {
                connection.close();
                throw e;
            }
        } catch (SQLException e) {
            throw new MigrationException(
                    ErrorKind.TARGET,
                    "cannot connect to the target as " + access.user() + ": " + ReadFailure.reason(e)
                            + "; nothing was compared",
                    e);
        }
    }

    /** Opens the snapshot, with the first query of its transaction. Call once; the snapshot owns the connection. */
    Snapshot open() {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT pg_catalog.pg_current_snapshot()")) {
            rows.next();
            handedOver = true;
            return new Snapshot(Side.TARGET, connection);
        } catch (SQLException e) {
            throw new MigrationException(
                    ErrorKind.TARGET,
                    "cannot open a snapshot of the target: " + ReadFailure.reason(e) + "; nothing was compared",
                    e);
        }
    }

    @Override
    public void close() {
        if (!handedOver) {
            try {
                connection.close();
            } catch (SQLException e) {
                throw new MigrationException(ErrorKind.TARGET, "cannot close the connection to the target", e);
            }
        }
    }
}
