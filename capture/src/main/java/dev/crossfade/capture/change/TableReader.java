package dev.crossfade.capture.change;

import dev.crossfade.model.Column;
import dev.crossfade.model.LogicalType;
import dev.crossfade.model.Row;
import dev.crossfade.model.RowKey;
import dev.crossfade.model.Table;
import dev.crossfade.model.ValueException;
import dev.crossfade.model.codec.RowWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;

/** Turns one table's rows, as the log has them under one version of the table, into rows of the plan. One thread at a time. */
final class TableReader {
    private final Table table;
    private final Field[] fields;
    private final int[] keyIndexes;
    private final boolean[] isKey;
    private final RowWriter writer = new RowWriter(1_024);

    private TableReader(Table table, Field[] fields) {
        this.table = table;
        this.fields = fields;
        this.keyIndexes = table.keyIndexes();
        this.isKey = new boolean[fields.length];
        for (int index : keyIndexes) {
            isKey[index] = true;
        }
    }

    /**
     * The reader for rows of {@code logged}.
     *
     * @throws TableRefusal if the columns are not those of the plan
     */
    static TableReader of(CapturedTable captured, Schema logged) {
        Table table = captured.table();
        List<String> changes = new ArrayList<>();
        Field[] fields = new Field[table.columns().size()];
        for (int i = 0; i < fields.length; i++) {
            String name = table.columns().get(i).name();
            Field field = logged.field(name);
            if (field == null) {
                changes.add("column " + name + " is gone");
            } else {
                fields[i] = field;
            }
        }
        for (Field field : logged.fields()) {
            boolean isPlanned =
                    table.columns().stream().anyMatch(column -> column.name().equals(field.name()));
            if (!isPlanned && !captured.leftOut().contains(field.name())) {
                changes.add("column " + field.name() + " is new");
            }
        }
        if (!changes.isEmpty()) {
            throw tableChanged(String.join(", ", changes));
        }
        return new TableReader(table, fields);
    }

    private static TableRefusal tableChanged(String what) {
        return new TableRefusal(Trouble.ALTERED, "was altered since it was planned: " + what);
    }

    Table table() {
        return table;
    }

    /**
     * Encodes a row.
     *
     * @throws TableRefusal for a value that the target cannot hold, and for one that the plan rules out; naming column and key
     */
    Row read(Struct row) {
        writer.clear();
        writer.startRow(fields.length);
        for (int i = 0; i < fields.length; i++) {
            append(row, i);
        }
        return writer.toRow();
    }

    RowKey key(Row row) {
        return row.key(keyIndexes);
    }

    private void append(Struct row, int index) {
        Object value = row.getWithoutDefault(fields[index].name()); // with: a NULL would become the column's default
        if (value == null) {
            appendNull(row, index);
        } else if (value instanceof byte[] encoded) {
            if (!EncodedValue.isValue(encoded)) {
                throw refused(row, index, encoded);
            }
            EncodedValue.appendTo(writer, encoded);
        } else if (value instanceof String text) {
            appendText(row, index, text);
        } else {
            throw tableChanged(
                    "column " + name(index) + " comes as " + value.getClass().getSimpleName());
        }
    }

    private void appendNull(Struct row, int index) {
        Column column = table.columns().get(index);
        boolean isZeroDate = isDate(column.type()) && !column.nullable();
        if (isKey[index]) {
            throw new TableRefusal(
                    Trouble.VALUE,
                    "a row has a zero or partial date in its key column " + column.name()
                            + ", which the target cannot hold");
        }
        if (!column.nullable() && !isZeroDate) {
            throw tableChanged("column " + column.name() + " is NULL in row " + describeKey(row)
                    + ", the plan knows it as NOT NULL");
        }
        writer.writeNull();
    }

    private static boolean isDate(LogicalType type) {
        return switch (type.kind()) {
            case DATE, TIMESTAMP, INSTANT -> true;
            default -> false;
        };
    }

    private void appendText(Struct row, int index, String text) {
        LogicalType.Kind kind = table.columns().get(index).type().kind();
        // Debezium keeps the labels of an ENUM as one list and puts a backslash before each comma within a label; a
        // label that has
        // one there already gets a second one, so taking one away gives exactly the label.
        String label = kind == LogicalType.Kind.ENUM ? text.replace("\\,", ",") : text;
        byte[] utf8 = label.getBytes(StandardCharsets.UTF_8);
        try {
            if (kind == LogicalType.Kind.JSON) {
                writer.writeJson(utf8, 0, utf8.length);
            } else {
                writer.writeText(utf8, 0, utf8.length);
            }
        } catch (ValueException e) {
            throw refused(row, index, EncodedValue.refused(String.valueOf(e.getMessage())));
        }
    }

    private TableRefusal refused(Struct row, int index, byte[] encoded) {
        String reason = EncodedValue.reason(encoded);
        if (EncodedValue.isChanged(encoded)) {
            return tableChanged("column " + name(index) + " " + reason);
        }
        return new TableRefusal(Trouble.VALUE, "row " + describeKey(row) + ": column " + name(index) + " " + reason);
    }

    private String name(int index) {
        return table.columns().get(index).name();
    }

    /** The row's key for a message, as far as it can be read. */
    private String describeKey(Struct row) {
        if (keyIndexes.length == 0) {
            return "without a key";
        }
        RowWriter keyWriter = new RowWriter(128);
        keyWriter.startRow(keyIndexes.length);
        for (int index : keyIndexes) {
            Optional<byte[]> value = keyBytes(row.getWithoutDefault(fields[index].name()));
            if (value.isEmpty()) {
                return "with an unreadable key";
            }
            keyWriter.writeBytes(value.get(), 0, value.get().length);
        }
        return keyWriter.toKey().describe(table.keyColumns());
    }

    private static Optional<byte[]> keyBytes(Object value) {
        if (value instanceof String text) {
            return Optional.of(text.getBytes(StandardCharsets.UTF_8));
        }
        return value instanceof byte[] encoded && EncodedValue.isValue(encoded)
                ? Optional.of(Arrays.copyOfRange(encoded, 1, encoded.length))
                : Optional.empty();
    }
}
