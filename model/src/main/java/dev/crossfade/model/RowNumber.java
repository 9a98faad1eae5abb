package dev.crossfade.model;

import dev.crossfade.model.codec.RowWriter;
import java.util.List;

/**
 * The place of a row in a copy of a table without a primary key: its number in the order in which that one copy reads the rows, from
 * 0. It bounds {@link KeyRange}s where a key would elsewhere. It says nothing about the row: another copy may number the rows
 * otherwise.
 */
public final class RowNumber {
    /** What the field of a number is called in messages. */
    public static final List<Column> COLUMNS =
            List.of(new Column("row number", LogicalType.of(LogicalType.Kind.INT64), false, "bigint"));

    private static final int BYTES = 16;

    private RowNumber() {}

    /** The number as the bound of a range. */
    public static RowKey of(long number) {
        RowWriter writer = new RowWriter(BYTES);
        writer.startRow(1);
        writer.writeInt64(number);
        return writer.toKey();
    }
}
