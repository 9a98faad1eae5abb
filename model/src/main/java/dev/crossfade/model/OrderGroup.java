package dev.crossfade.model;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * Tables whose changes must reach the target in the order of the source, all of them in one stream: all their changes stand in one
 * partition of the changes and in the partition of the same number of the rows.
 *
 * @param name the group's name within the migration, never empty: its first table
 * @param partition the partition in both topics, behind those of the tables without a group; groups may share one
 * @param copy how the rows are copied that were there before
 * @param tables source tables, at least one, in their natural order, none twice
 * @param reasons why they belong together, for people; one sentence each, at least one
 */
public record OrderGroup(String name, int partition, Copy copy, List<TableId> tables, List<String> reasons) {
    /** How the rows of a group's tables are copied. */
    public enum Copy {
        /** All under one snapshot whose place in the log is exactly known; of the changes those before that place are dropped. */
        SNAPSHOT,
        /** In chunks that are read at different moments, like those of any other table; all changes are applied. */
        CHUNKS
    }

    public OrderGroup {
        requireNonNull(name, "name");
        requireNonNull(copy, "copy");
        tables = tables.stream().distinct().sorted().toList();
        reasons = List.copyOf(reasons);
        if (name.isEmpty() || tables.isEmpty() || reasons.isEmpty()) {
            throw new IllegalArgumentException("an order group needs a name, a table and a reason, seen '" + name
                    + "' of " + tables + ", " + reasons);
        }
        if (partition < 0) {
            throw new IllegalArgumentException("order group " + name + " is in partition " + partition);
        }
    }
}
