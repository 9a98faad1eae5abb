package dev.crossfade.sink.target;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** What the pool asks for new connections; knows no password, because {@link TargetDatabase} does. */
final class OpeningDataSource implements DataSource {
    private final TargetDatabase database;

    OpeningDataSource(TargetDatabase database) {
        this.database = database;
    }

    @Override
    public Connection getConnection() throws SQLException {
        return database.open();
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException("the target is opened with its own account only");
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
        return null; // JDBC's way to say: none
    }

    @Override
    public void setLogWriter(@Nullable PrintWriter writer) {
        // the driver logs by java.util.logging
    }

    @Override
    public void setLoginTimeout(int seconds) {
        // TargetDatabase sets it for each connection
    }

    @Override
    public int getLoginTimeout() {
        return 5; // seconds that the closing pool waits for a connection under way
    }

    @Override
    public Logger getParentLogger() {
        return Logger.getLogger("org.postgresql");
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        throw new SQLException("not a wrapper of " + type.getName());
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }
}
