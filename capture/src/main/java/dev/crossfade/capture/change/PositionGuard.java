package dev.crossfade.capture.change;

import dev.crossfade.model.ChangePosition;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Sees that the log only moves on. The binlog client reconnects by itself after a clean end of its connection, and the server then
 * sends the running transaction once more; the GTID set already holds that transaction, so neither publishing nor skipping it would
 * be right. Such a batch must not be committed: the log is opened anew from the last committed position, with a new guard. One
 * thread at a time.
 */
final class PositionGuard {
    private @Nullable ChangePosition last; // null until there is a position

    PositionGuard(Optional<ChangePosition> committed) {
        this.last = committed.orElse(null);
    }

    /** What the log did instead of moving on. */
    static final class LogWentBack extends RuntimeException {
        private static final long serialVersionUID = 1L;

        LogWentBack(String message) {
            super(message);
        }
    }

    /**
     * Takes note of a change.
     *
     * @throws LogWentBack if it does not stand behind all before it
     */
    void admit(ChangePosition next) {
        ChangePosition before = last;
        if (before != null) {
            if (isSameTransaction(before, next)) {
                if (next.event() < before.event() || (next.event() == before.event() && next.row() <= before.row())) {
                    throw wentBack(before, next);
                }
            } else if (!next.transaction().isAtOrAfter(before.transaction())) {
                throw wentBack(before, next);
            }
        }
        last = next;
    }

    /**
     * Takes note of the second half of a key change, which shares the position of the first.
     *
     * @throws LogWentBack if the first half was not the change before
     */
    void admitSecondHalf(ChangePosition next) {
        ChangePosition before = last;
        if (before == null
                || !isSameTransaction(before, next)
                || next.event() != before.event()
                || next.row() != before.row()) {
            throw new LogWentBack("the second half of a key change at " + describe(next) + " came without the first");
        }
    }

    private static boolean isSameTransaction(ChangePosition one, ChangePosition other) {
        return (!one.gtid().isEmpty() && one.gtid().equals(other.gtid()))
                || (one.transaction().offset() == other.transaction().offset()
                        && one.transaction().file().equals(other.transaction().file()));
    }

    private static LogWentBack wentBack(ChangePosition before, ChangePosition next) {
        return new LogWentBack("the log went from " + describe(before) + " to " + describe(next));
    }

    private static String describe(ChangePosition position) {
        return position.transaction() + " event " + position.event() + " row " + position.row();
    }
}
