package dev.crossfade.capture.source;

import dev.crossfade.model.Column;
import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.RowKey;
import dev.crossfade.model.ValueException;
import dev.crossfade.model.codec.RowWriter;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Turns the current row of a SELECT into an encoded row and into its key, straight from the driver's buffer. The statement must be a
 * prepared one of a {@link SourceDatabase} session and select {@link #selectList()}. One thread at a time.
 */
public final class SourceRowReader {
    private final SourceTable table;
    private final List<Column> keyColumns;
    private final List<String> selected;
    private final FieldEncoder[] encoders;
    private final int[] rowFields;
    private final int[] keyFields;
    private final RowWriter keyWriter = new RowWriter(256);

    private SourceRowReader(SourceTable table, List<String> columns) {
        this.table = table;
        this.keyColumns =
                table.key().stream().map(name -> table.column(name).column()).toList();
        Set<String> distinct = new LinkedHashSet<>(columns);
        distinct.addAll(table.key());
        this.selected = new ArrayList<>(distinct);
        this.rowFields = columns.stream().mapToInt(selected::indexOf).toArray();
        this.keyFields = table.key().stream().mapToInt(selected::indexOf).toArray();
        this.encoders = selected.stream()
                .map(table::column)
                .map(column ->
                        table.key().contains(column.name()) ? FieldEncoders.ofKey(column) : FieldEncoders.of(column))
                .toArray(FieldEncoder[]::new);
    }

    /**
     * A reader of rows that hold the given columns, in the given order.
     *
     * @param columns names of carried columns, possibly none; one may stand more than once
     * @throws IllegalArgumentException if the table does not carry one of them
     */
    public static SourceRowReader of(SourceTable table, List<String> columns) {
        return new SourceRowReader(table, columns);
    }

    /** Whether the table has a primary key; without one {@link #key} is the same for every row. */
    public boolean isKeyed() {
        return keyFields.length > 0;
    }

    /** What stands between SELECT and FROM: the columns and those of the key. */
    public String selectList() {
        return selected.stream().map(Identifiers::quote).collect(Collectors.joining(", "));
    }

    /**
     * Appends the current row.
     *
     * @throws MigrationException of kind TRANSFORM if a value cannot be encoded; nothing was appended
     */
    public void append(ResultSet row, RowWriter writer) throws SQLException {
        int begin = writer.size();
        writer.startRow(rowFields.length);
        for (int field : rowFields) {
            try {
                append(row, field, writer);
            } catch (ValueException e) {
                writer.truncate(begin);
                throw refused(row, field, e);
            }
        }
    }

    private void append(ResultSet row, int field, RowWriter writer) throws SQLException {
        FieldBytes value = row.getObject(field + 1, FieldBytes.class);
        if (value == null) {
            writer.writeNull();
        } else {
            encoders[field].append(value.bytes(), value.offset(), value.length(), writer);
        }
    }

    /**
     * The current row's key.
     *
     * @throws MigrationException of kind TRANSFORM if a value of the key cannot be encoded
     */
    public RowKey key(ResultSet row) throws SQLException {
        keyWriter.clear();
        keyWriter.startRow(keyFields.length);
        for (int field : keyFields) {
            try {
                append(row, field, keyWriter);
            } catch (ValueException e) {
                throw refused(row, field, e);
            }
        }
        return keyWriter.toKey();
    }

    private MigrationException refused(ResultSet row, int field, ValueException cause) throws SQLException {
        String name = selected.get(field);
        boolean isNamed = isKeyed() && !table.key().contains(name);
        String which = isNamed ? " of row " + key(row).describe(keyColumns) : "";
        return new MigrationException(
                ErrorKind.TRANSFORM,
                "source column " + table.id() + "." + name + which + " " + cause.getMessage()
                        + "; the row was not copied and nothing behind it in its chunk",
                cause);
    }
}
