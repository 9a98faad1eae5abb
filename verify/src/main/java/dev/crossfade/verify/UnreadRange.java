package dev.crossfade.verify;

import static java.util.Objects.requireNonNull;

/**
 * Rows that could not be read, so that nothing is known about them.
 *
 * @param side which side failed
 * @param range what was not read: {@code (−∞, +∞)} of the table, or the part of a second reading
 * @param rowsRead rows of that side that had been read when it failed
 * @param reason why, without row values: {@code SQLSTATE 57P01, terminating connection}
 */
public record UnreadRange(Side side, String range, long rowsRead, String reason) implements Finding {
    public UnreadRange {
        requireNonNull(side, "side");
        requireNonNull(range, "range");
        requireNonNull(reason, "reason");
    }

    @Override
    public <R> R fold(Cases<R> cases) {
        return cases.unread(this);
    }
}
