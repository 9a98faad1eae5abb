package dev.crossfade.verify;

import java.sql.SQLException;
import java.util.Locale;

/** A table could not be read to its end on one side. Becomes an {@link UnreadRange}. */
final class ReadFailure extends Exception {
    private static final long serialVersionUID = 1L;
    private static final int MAX_REASON = 200;

    private final Side side;
    private final long rowsRead;

    ReadFailure(Side side, long rowsRead, String reason) {
        super(reason);
        this.side = side;
        this.rowsRead = rowsRead;
    }

    ReadFailure(Side side, long rowsRead, SQLException cause) {
        super(reason(cause), cause);
        this.side = side;
        this.rowsRead = rowsRead;
    }

    UnreadRange finding(String range) {
        return new UnreadRange(side, range, rowsRead, reason());
    }

    private String reason() {
        String message = getMessage();
        return message == null ? "unknown" : message;
    }

    /** SQLSTATE and the first line of the message: what follows may quote data. */
    static String reason(SQLException cause) {
        String message = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
        String state =
                cause.getSQLState() == null ? "none" : cause.getSQLState().toUpperCase(Locale.ROOT);
        return "SQLSTATE " + state + ": " + message.substring(0, Math.min(message.length(), MAX_REASON));
    }
}
