package dev.crossfade.sink.apply;

import java.sql.Connection;
import java.sql.SQLException;

/** Applies the records of one partition on one connection. */
@FunctionalInterface
public interface PartitionWork {
    /**
     * Works until the reader stops, or until the position must be read again; then it returns with no transaction open.
     *
     * @param connection autocommit off, no transaction open
     * @param reader stands at {@code position}
     * @param position what the target says has been applied
     * @throws SQLException if the target failed: the caller rolls back, and if that may pass, begins again with another connection
     * @throws dev.crossfade.model.MigrationException if somebody must mend something; nothing more is applied
     */
    void apply(Connection connection, PartitionReader reader, long position) throws SQLException;
}
