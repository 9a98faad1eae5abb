package dev.crossfade.pipeline;

import static java.util.Objects.requireNonNull;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * One entry under {@code tables:}.
 *
 * @param place where it stands in the file
 * @param fromSchema source database
 * @param fromTable source table, or {@code *} for every table of it that no other rule names
 * @param toSchema target schema
 * @param toTable target table, or {@code *} for the source table's own name
 * @param columns in the order of the file; empty for all columns as they are
 * @param key the target's primary key; empty for the source's, under its names there
 */
public record TableRule(
        FilePlace place,
        String fromSchema,
        String fromTable,
        String toSchema,
        String toTable,
        Optional<List<ColumnRule>> columns,
        Optional<KeyRule> key) {
    public TableRule {
        requireNonNull(place, "place");
        requireNonNull(fromSchema, "fromSchema");
        requireNonNull(fromTable, "fromTable");
        requireNonNull(toSchema, "toSchema");
        requireNonNull(toTable, "toTable");
        columns = columns.map(List::copyOf);
        requireNonNull(key, "key");
    }

    /** A rule under which the target has the source's key. */
    public TableRule(
            FilePlace place,
            String fromSchema,
            String fromTable,
            String toSchema,
            String toTable,
            Optional<List<ColumnRule>> columns) {
        this(place, fromSchema, fromTable, toSchema, toTable, columns, Optional.empty());
    }

    /**
     * {@code key:}.
     *
     * @param columns of the target, in key order; at least one, none twice
     */
    public record KeyRule(FilePlace place, List<String> columns) {
        public KeyRule {
            requireNonNull(place, "place");
            columns = List.copyOf(columns);
            if (columns.isEmpty() || new HashSet<>(columns).size() != columns.size()) {
                throw new IllegalArgumentException("a key of " + columns);
            }
        }
    }

    /** A line and a column of the migration file, both from 1. */
    public record FilePlace(String file, int line, int column) {
        @Override
        public String toString() {
            return file + ":" + line + ":" + column;
        }
    }

    /** One entry under {@code columns:}. */
    public sealed interface ColumnRule permits Take, Drop, TakeOthers {
        FilePlace place();
    }

    /** {@code target: source}: the target column is filled from the source column. */
    public record Take(FilePlace place, String target, String source) implements ColumnRule {}

    /** {@code column: drop}: the source column does not move. */
    public record Drop(FilePlace place, String source) implements ColumnRule {}

    /** {@code "*": "*"}: every source column that no other entry names, under its own name, at this place in the order. */
    public record TakeOthers(FilePlace place) implements ColumnRule {}
}
