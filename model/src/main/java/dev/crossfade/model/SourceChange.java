package dev.crossfade.model;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * One row change of the source with full images. A change of the primary key is two of them: DELETE of the old row and CREATE of
 * the new one, at one position. In a table of an {@link OrderGroup} it is one UPDATE, whose images have different keys.
 *
 * @param table the source table
 * @param operation what happened
 * @param position where it stands in the log
 * @param before the row before, columns as in the plan's source table; absent for CREATE
 * @param after the row after; absent for DELETE
 */
public record SourceChange(
        TableId table, Operation operation, ChangePosition position, Optional<Row> before, Optional<Row> after)
        implements ChangeRecord {
    public SourceChange {
        requireNonNull(table, "table");
        requireNonNull(operation, "operation");
        requireNonNull(position, "position");
        if (before.isPresent() == (operation == Operation.CREATE)
                || after.isPresent() == (operation == Operation.DELETE)) {
            throw new IllegalArgumentException(operation + " of " + table + " has the wrong images");
        }
    }

    /** What happened to the row. */
    public enum Operation {
        CREATE,
        UPDATE,
        DELETE
    }

    /** The row that the change is about: after it where there is one, else before it. */
    public Row row() {
        return after.orElseGet(before::orElseThrow);
    }

    @Override
    public <R> R fold(Cases<R> cases) {
        return cases.change(this);
    }
}
