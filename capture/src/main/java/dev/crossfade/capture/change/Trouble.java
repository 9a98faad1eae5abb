package dev.crossfade.capture.change;

import static java.util.Objects.requireNonNull;

import dev.crossfade.model.ChangePosition;
import dev.crossfade.model.TableId;
import dev.crossfade.model.TableStop;

/**
 * A place of the log from which on a table cannot be followed.
 *
 * @param table the source table
 * @param id one of this class's names
 * @param reason what was seen, for people; no values of rows
 * @param statement the statement that was seen, cut; empty where there is none
 * @param place before the event: its transaction, and the events of it that are complete
 */
record Trouble(TableId table, String id, String reason, String statement, ChangePosition place) {
    /** The table has another form, or is gone. */
    static final String ALTERED = "ALTERED";
    /** Rows were changed by the foreign keys of a session that did not check them. */
    static final String FOREIGN_KEYS = "FOREIGN-KEYS";
    /** A row's image is not whole. */
    static final String IMAGE = "IMAGE";
    /** The log itself has a gap. */
    static final String INCIDENT = "INCIDENT";
    /** Rows came or went by the partition. */
    static final String PARTITION = "PARTITION";
    /** The log has rows that were taken back. */
    static final String ROLLBACK = "ROLLBACK";
    /** Rows were changed by a statement that the log has instead of them. */
    static final String STATEMENT = "STATEMENT";

    static final String TRUNCATE = "TRUNCATE";
    /** A value that cannot be carried. */
    static final String VALUE = "VALUE";
    /** Rows that are prepared, and may be taken back. */
    static final String XA = "XA";

    private static final int MAX_STATEMENT = 300; // characters

    Trouble {
        requireNonNull(table, "table");
        requireNonNull(id, "id");
        requireNonNull(reason, "reason");
        requireNonNull(place, "place");
        statement = statement.length() <= MAX_STATEMENT ? statement : statement.substring(0, MAX_STATEMENT) + "…";
    }

    TableStop stop() {
        return new TableStop(table, id, reason, statement, place.transaction());
    }

    /** Whether {@code one} stands before {@code other} in the log, or is the same place. */
    static boolean isAtOrBefore(ChangePosition one, ChangePosition other) {
        if (!isSameOffset(one, other)) {
            return other.transaction().isAtOrAfter(one.transaction());
        }
        return one.event() != other.event() ? one.event() < other.event() : one.row() <= other.row();
    }

    private static boolean isSameOffset(ChangePosition one, ChangePosition other) {
        return one.transaction().offset() == other.transaction().offset()
                && one.transaction().file().equals(other.transaction().file());
    }
}
