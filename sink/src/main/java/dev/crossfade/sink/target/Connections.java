package dev.crossfade.sink.target;

import java.sql.Connection;
import java.sql.SQLException;

/** Where connections to the target come from: opened for the purpose ({@link TargetDatabase}) or lent ({@link TargetPool}). */
@FunctionalInterface
public interface Connections {
    /** A connection in autocommit mode, READ COMMITTED, time zone UTC. The caller closes it. */
    Connection open() throws SQLException;
}
