package dev.crossfade.sink.target;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * Lends connections of one target. Any thread; closing it closes every connection, also those that are lent.
 */
public final class TargetPool implements Connections, AutoCloseable {
    private static final long BORROW_TIMEOUT_MILLIS = 15_000;

    private final HikariDataSource pool;

    TargetPool(TargetDatabase database, int size) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("crossfade-target");
        config.setDataSource(new OpeningDataSource(database));
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(0);
        config.setConnectionTimeout(BORROW_TIMEOUT_MILLIS);
        // As TargetDatabase sets it. Left to the pool it is read from the first connection, and if that breaks
        // meanwhile,
        // HikariCP 7.0.2 refuses every later one: PoolBase.checkDefaultIsolation passes over the loss, and then -1 is
        // set.
        config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        config.setInitializationFailTimeout(-1); // the first borrower sees why it cannot connect
        pool = new HikariDataSource(config);
    }

    @Override
    public Connection open() throws SQLException {
        return pool.getConnection();
    }

    /** Takes a broken connection out of the pool; what is lent next is another one. */
    public void evict(Connection connection) {
        pool.evictConnection(connection);
    }

    @Override
    public void close() {
        pool.close();
    }
}
