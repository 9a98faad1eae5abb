package dev.crossfade.model;

import static java.util.Objects.requireNonNull;

/**
 * The target row is to be exactly this, whether it exists or not.
 *
 * @param table the target table
 * @param row columns as in the plan's target table
 */
public record RowUpsert(TableId table, Row row) implements RowRecord {
    public RowUpsert {
        requireNonNull(table, "table");
        requireNonNull(row, "row");
    }

    @Override
    public <R> R fold(Cases<R> cases) {
        return cases.upsert(this);
    }
}
