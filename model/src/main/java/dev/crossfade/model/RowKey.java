package dev.crossfade.model;

import java.util.Arrays;
import java.util.List;
import java.util.StringJoiner;

/**
 * A primary key's value, encoded as a {@link Row} of the key's columns in key order, none of them NULL. Equality is by bytes. The
 * order of keys is the source's affair (collations) and is not defined here.
 */
public final class RowKey {
    /** The key of every row of a table without a primary key: no field. */
    public static final RowKey NONE = new RowKey(new byte[Short.BYTES]);

    private final Row row;

    /** Takes {@code bytes} over: the caller must not change them. */
    public RowKey(byte[] bytes) {
        this.row = new Row(bytes);
        for (int i = 0; i < row.fieldCount(); i++) {
            if (row.isNull(i)) {
                throw new IllegalArgumentException("field " + i + " of a key is NULL");
            }
        }
    }

    /** The key as a row of its columns. */
    public Row row() {
        return row;
    }

    /** The encoded key itself, not a copy: callers must not change it. */
    public byte[] bytes() {
        return row.bytes();
    }

    /** The key for messages and reports: {@code (4001)}, {@code ('ab', 2020-01-01)}; columns in key order. */
    public String describe(List<Column> keyColumns) {
        StringJoiner text = new StringJoiner(", ", "(", ")");
        for (int i = 0; i < row.fieldCount(); i++) {
            text.add(ValueText.of(keyColumns.get(i).type(), row, i));
        }
        return text.toString();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RowKey key && Arrays.equals(bytes(), key.bytes());
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes());
    }

    @Override
    public String toString() {
        return "RowKey[" + row.bytes().length + " bytes]";
    }
}
