package dev.crossfade.capture.source;

import dev.crossfade.model.MigrationException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Tells failures of the source that may pass by themselves from those that stay. By SQLSTATE and error code. */
public final class SourceFailures {
    private static final int ER_CON_COUNT = 1040;
    private static final int ER_SERVER_SHUTDOWN = 1053;
    private static final int ER_NET_PACKETS_OUT_OF_ORDER = 1156;
    private static final int ER_NET_READ_INTERRUPTED = 1159;
    private static final int ER_NET_WRITE_INTERRUPTED = 1161;
    private static final int ER_QUERY_INTERRUPTED = 1317;
    private static final int ER_TABLE_DEF_CHANGED = 1412; // a snapshot older than the table's definition
    private static final int ER_NEED_REPREPARE = 1615;
    private static final int ER_CONNECTION_KILLED = 1927;
    private static final int ER_CLIENT_INTERACTION_TIMEOUT = 4031;

    private SourceFailures() {}

    /** Whether the same work may succeed on another connection: it broke, could not be made, or sees too old a state. */
    public static boolean isPassing(SQLException failure) {
        String state = failure.getSQLState();
        if (state != null && state.startsWith("08")) {
            return true;
        }
        return switch (failure.getErrorCode()) {
            case ER_CON_COUNT,
                    ER_SERVER_SHUTDOWN,
                    ER_NET_PACKETS_OUT_OF_ORDER,
                    ER_NET_READ_INTERRUPTED,
                    ER_NET_WRITE_INTERRUPTED,
                    ER_QUERY_INTERRUPTED,
                    ER_TABLE_DEF_CHANGED,
                    ER_NEED_REPREPARE,
                    ER_CONNECTION_KILLED,
                    ER_CLIENT_INTERACTION_TIMEOUT -> true;
            default -> false;
        };
    }

    /** Whether the exception comes from such a failure. */
    public static boolean isPassing(MigrationException failure) {
        for (@Nullable Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                return isPassing(sql);
            }
        }
        return false;
    }
}
