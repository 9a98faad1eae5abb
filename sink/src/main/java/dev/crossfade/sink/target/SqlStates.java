package dev.crossfade.sink.target;

import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What PostgreSQL's SQLSTATEs mean to us.
 *
 * @see <a href="https://www.postgresql.org/docs/18/errcodes-appendix.html">PostgreSQL error codes</a>
 */
public final class SqlStates {
    public static final String INVALID_PARAMETER_VALUE = "22023";
    public static final String LOCK_NOT_AVAILABLE = "55P03";

    private static final Set<String> TRANSIENT = Set.of(
            "25P03", // idle_in_transaction_session_timeout
            "25P04", // transaction_timeout
            "40001", // serialization_failure
            "40P01", // deadlock_detected
            "53300", // too_many_connections
            "57P01", // admin_shutdown
            "57P02", // crash_shutdown
            "57P03", // cannot_connect_now
            "57P05", // idle_session_timeout
            LOCK_NOT_AVAILABLE);

    private static final Map<String, String> MEANINGS = Map.ofEntries(
            Map.entry("22001", "the text is longer than the column allows"),
            Map.entry("22003", "the number is outside the column's range"),
            Map.entry("22008", "the date or time is outside the column's range"),
            Map.entry("22021", "the text is not valid UTF-8"),
            Map.entry("22026", "the bit string has another length than the column"),
            Map.entry("22P02", "the value's text form is not of the column's type"),
            Map.entry("22P03", "the value's binary form is not of the column's type"),
            Map.entry("22P05", "the value holds a character that the target cannot store, such as \\u0000"),
            Map.entry("23502", "the value is NULL, the column is NOT NULL"),
            Map.entry("23503", "a foreign key forbids it"),
            Map.entry("23505", "the key is there already"),
            Map.entry("23514", "a check constraint forbids it"),
            Map.entry("3D000", "there is no such database"),
            Map.entry("28000", "the server does not let this account in (pg_hba.conf)"),
            Map.entry("28P01", "the password is wrong or the account does not exist"),
            Map.entry("3F000", "there is no such schema"),
            Map.entry("42501", "the account lacks a right for this"),
            Map.entry("42703", "there is no such column"),
            Map.entry("42P01", "there is no such table"),
            Map.entry("42P10", "the table lacks its primary key"),
            Map.entry("53100", "the server's disk is full"),
            Map.entry("53200", "the server is out of memory"),
            Map.entry("53300", "the server has no free connection"),
            Map.entry("54000", "the value is larger than the server allows"),
            Map.entry("57P01", "the server is shutting down"),
            Map.entry("57P03", "the server is starting or stopping"),
            Map.entry("P0001", "a trigger or function of the target forbids it"));

    private SqlStates() {}

    /** Whether the same work may succeed later without anybody mending anything: the connection was lost, a deadlock, a restart. */
    public static boolean isTransient(SQLException failure) {
        String state = failure.getSQLState();
        return isConnectionLoss(failure)
                || (state != null && TRANSIENT.contains(state))
                || failure instanceof SQLTransientException;
    }

    /** Whether the connection is gone: if COMMIT was under way, its outcome is unknown. */
    public static boolean isConnectionLoss(SQLException failure) {
        String state = failure.getSQLState();
        return state != null && (state.startsWith("08") || state.startsWith("57P0"));
    }

    /** Whether the server refused a value: a data exception or an integrity constraint. */
    public static boolean isRefusedValue(SQLException failure) {
        String state = failure.getSQLState();
        return state != null && (state.startsWith("22") || state.startsWith("23") || state.equals("54000"));
    }

    /**
     * Whether what was refused hangs on one table, its rows, definition, rights or triggers, while others may go on: a value, class 42
     * (undefined or forbidden), class P0 (a trigger's own error), or an object that is in no state to be written.
     */
    public static boolean isRefusedByTable(SQLException failure) {
        String state = failure.getSQLState();
        return isRefusedValue(failure)
                || (state != null && (state.startsWith("42") || state.startsWith("P0") || state.equals("55000")));
    }

    /** The state with its meaning where we know one; never the server's text, which may hold values. */
    public static String describe(@Nullable String state) {
        if (state == null) {
            return "no SQLSTATE";
        }
        String meaning = MEANINGS.get(state);
        if (meaning == null && state.startsWith("08")) {
            meaning = "the server cannot be reached or the connection broke";
        }
        return "SQLSTATE " + state + (meaning == null ? "" : ", " + meaning);
    }
}
