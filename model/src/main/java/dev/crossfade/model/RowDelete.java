package dev.crossfade.model;

import static java.util.Objects.requireNonNull;

/**
 * The target row of this key is to be gone, whether it exists or not.
 *
 * @param table the target table
 * @param key the target key
 */
public record RowDelete(TableId table, RowKey key) implements RowRecord {
    public RowDelete {
        requireNonNull(table, "table");
        requireNonNull(key, "key");
    }

    @Override
    public <R> R fold(Cases<R> cases) {
        return cases.delete(this);
    }
}
