package dev.crossfade.capture.source;

import static java.util.Objects.requireNonNull;

import dev.crossfade.model.Problem;
import dev.crossfade.model.Table;
import dev.crossfade.model.TableId;
import java.util.List;

/**
 * A base table as the server describes it.
 *
 * @param id its full name
 * @param engine the storage engine
 * @param columns those that can be carried, in the table's order; generated columns are carried as plain ones
 * @param refused those that cannot
 * @param key names of the primary key's columns in key order; empty where there is no key, or where it holds a refused column,
 *     which is among the problems
 * @param keyHasPrefix whether the key indexes only the beginning of a column, so that the index does not order whole keys
 * @param indexes its secondary indexes
 * @param estimatedRows the server's estimate, which may be off by half or more
 * @param dataBytes the server's estimate of the rows' bytes, without secondary indexes
 * @param problems why this release cannot move the table; empty if it can
 */
public record SourceTable(
        TableId id,
        String engine,
        List<SourceColumn> columns,
        List<RefusedColumn> refused,
        List<String> key,
        boolean keyHasPrefix,
        List<SourceIndex> indexes,
        long estimatedRows,
        long dataBytes,
        List<Problem> problems) {
    public SourceTable {
        requireNonNull(id, "id");
        requireNonNull(engine, "engine");
        columns = List.copyOf(columns);
        refused = List.copyOf(refused);
        key = List.copyOf(key);
        indexes = List.copyOf(indexes);
        problems = List.copyOf(problems);
    }

    /**
     * The table for a plan: its carried columns and its key.
     *
     * @throws IllegalArgumentException if no column can be carried, which is among the {@link #problems}
     */
    public Table table() {
        return new Table(id, columns.stream().map(SourceColumn::column).toList(), key);
    }

    /**
     * A carried column by its exact name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public SourceColumn column(String name) {
        for (SourceColumn column : columns) {
            if (column.name().equals(name)) {
                return column;
            }
        }
        throw new IllegalArgumentException("table " + id + " has no column " + name);
    }
}
