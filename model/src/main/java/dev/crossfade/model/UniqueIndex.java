package dev.crossfade.model;

import static java.util.Objects.requireNonNull;

import java.util.HashSet;
import java.util.List;

/**
 * A unique index of a target table besides its primary key: no two rows have equal values in all of its columns. A row with a NULL in
 * one of them is equal to no other.
 *
 * @param name the index's name on the target
 * @param table the target table
 * @param columns of the target table, in index order; at least one, none twice
 */
public record UniqueIndex(String name, TableId table, List<String> columns) {
    public UniqueIndex {
        requireNonNull(name, "name");
        requireNonNull(table, "table");
        columns = List.copyOf(columns);
        if (columns.isEmpty() || new HashSet<>(columns).size() != columns.size()) {
            throw new IllegalArgumentException("unique index " + name + " of " + table + " is over " + columns);
        }
    }
}
