package dev.crossfade.model;

import static java.util.Objects.requireNonNull;

/**
 * From here on capture cannot tell what happens to a table: it and all tables of its {@link OrderGroup} are stopped. Everything
 * before {@code position} stands before this record; no later change of these tables follows until they are taken up again. Capture
 * writes one per stop, into the group's partition or, for a table without a group, into partition 0; the transform passes it on to the
 * partition of the rows with the same number.
 *
 * @param table the source table that the reason is about
 * @param id the reason's name, for programs and lists: in capital letters, such as TRUNCATE or IMAGE
 * @param reason what was seen of the table, for people; holds no values of rows but keys
 * @param statement the statement that was seen, cut to a few hundred characters; empty if there was none
 * @param position the transaction of the source from which on changes are missing: nothing of the tables is published from there on
 */
public record TableStop(TableId table, String id, String reason, String statement, BinlogPosition position)
        implements ChangeRecord, RowRecord {
    public TableStop {
        requireNonNull(table, "table");
        requireNonNull(id, "id");
        requireNonNull(reason, "reason");
        requireNonNull(statement, "statement");
        requireNonNull(position, "position");
        if (id.isEmpty() || reason.isEmpty()) {
            throw new IllegalArgumentException("the stop of " + table + " has no reason");
        }
    }

    @Override
    public <R> R fold(ChangeRecord.Cases<R> cases) {
        return cases.stop(this);
    }

    @Override
    public <R> R fold(RowRecord.Cases<R> cases) {
        return cases.stop(this);
    }
}
