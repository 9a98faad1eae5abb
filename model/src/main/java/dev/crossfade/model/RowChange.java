package dev.crossfade.model;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * One row change of a table in an {@link OrderGroup}, in target shape. Unlike the wanted state of a single row it must be applied in
 * the order of its partition: what the change sets off in other tables depends on what stood before it.
 *
 * @param table the target table
 * @param transaction where the change's transaction begins in the source's log; a copy of the group whose position is behind it
 *     holds the change already
 * @param before the row before, columns as in the plan's target table; absent for a row that was inserted
 * @param after the row after; absent for a row that was deleted. Its key may differ from the one before
 */
public record RowChange(TableId table, BinlogPosition transaction, Optional<Row> before, Optional<Row> after)
        implements RowRecord {
    public RowChange {
        requireNonNull(table, "table");
        requireNonNull(transaction, "transaction");
        requireNonNull(before, "before");
        requireNonNull(after, "after");
        if (before.isEmpty() && after.isEmpty()) {
            throw new IllegalArgumentException("a change of " + table + " has neither image");
        }
    }

    @Override
    public <R> R fold(Cases<R> cases) {
        return cases.change(this);
    }
}
