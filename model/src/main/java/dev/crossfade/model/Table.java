package dev.crossfade.model;

import static java.util.Objects.requireNonNull;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A table of either side: its columns in the order in which rows hold them, and the columns of its primary key in key order.
 *
 * @param id the full name
 * @param columns at least one, names unique
 * @param key names of the primary key's columns, in key order; empty where the table has none
 */
public record Table(TableId id, List<Column> columns, List<String> key) {
    public Table {
        requireNonNull(id, "id");
        columns = List.copyOf(columns);
        key = List.copyOf(key);
        if (columns.isEmpty()) {
            throw new IllegalArgumentException("table " + id + " has no columns");
        }
        Set<String> names = new HashSet<>();
        for (Column column : columns) {
            if (!names.add(column.name())) {
                throw new IllegalArgumentException("table " + id + " has two columns named " + column.name());
            }
        }
        for (String name : key) {
            if (!names.contains(name)) {
                throw new IllegalArgumentException("key column " + name + " is not a column of " + id);
            }
        }
    }

    /** The place of the column in a row, from 0. */
    public int indexOf(String column) {
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).name().equals(column)) {
                return i;
            }
        }
        throw new IllegalArgumentException("table " + id + " has no column " + column);
    }

    /** Places of the key's columns in a row, in key order. */
    public int[] keyIndexes() {
        return key.stream().mapToInt(this::indexOf).toArray();
    }

    public List<Column> keyColumns() {
        return key.stream().map(name -> columns.get(indexOf(name))).toList();
    }

    /** What the bounds of this table's chunks consist of, for messages: the key's columns; without a key, {@link RowNumber}'s. */
    public List<Column> boundColumns() {
        return key.isEmpty() ? RowNumber.COLUMNS : keyColumns();
    }
}
