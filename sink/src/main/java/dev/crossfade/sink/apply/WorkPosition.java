package dev.crossfade.sink.apply;

import dev.crossfade.sink.control.LogPosition;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** Where the target says that the work on a partition goes on; asked after every failure. */
@FunctionalInterface
public interface WorkPosition {
    /** The position; empty if there is no work left, now or ever. */
    Optional<LogPosition> read(Connection connection) throws SQLException;
}
