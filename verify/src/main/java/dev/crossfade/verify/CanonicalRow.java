package dev.crossfade.verify;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One row in the form in which both sides are compared, used again for every row. The form is injective: two rows have the same bytes
 * only if every column holds the same value.
 *
 * <pre>
 * row   := column*                                in target order
 * column := 00                                    SQL NULL
 *         | 01 length:int32 form                  a value, see {@link ColumnForms}
 *         | 02 length:int32 bytes                 a value that is not of its type's shape, as the server sent it
 * </pre>
 */
final class CanonicalRow {
    private static final int NULL = 0;
    private static final int VALUE = 1;
    private static final int MALFORMED = 2;
    private static final int HEADER = 1 + Integer.BYTES;

    private final FormBuffer buffer = new FormBuffer();
    private final int[] ends;
    private int columns;

    CanonicalRow(int columnCount) {
        this.ends = new int[columnCount];
    }

    void clear() {
        buffer.truncate(0);
        columns = 0;
    }

    /** Appends the next column and says what became of its value; NULL counts as a value. */
    ValueForm.Outcome add(ValueForm form, byte @Nullable [] value) {
        ValueForm.Outcome outcome = ValueForm.Outcome.VALUE;
        if (value == null) {
            buffer.put(NULL);
        } else {
            int start = buffer.size();
            buffer.put(VALUE);
            buffer.putInt(0);
            outcome = form.append(value, buffer);
            switch (outcome) {
                case VALUE -> buffer.setInt(start + 1, buffer.size() - start - HEADER);
                case ZERO_DATE -> {
                    buffer.truncate(start);
                    buffer.put(NULL);
                }
                case MALFORMED -> {
                    buffer.truncate(start);
                    buffer.put(MALFORMED);
                    buffer.putInt(value.length);
                    buffer.put(value, 0, value.length);
                }
            }
        }
        ends[columns++] = buffer.size();
        return outcome;
    }

    byte[] array() {
        return buffer.array();
    }

    int size() {
        return buffer.size();
    }

    int start(int column) {
        return column == 0 ? 0 : ends[column - 1];
    }

    int end(int column) {
        return ends[column];
    }

    /** A column's value for a person; see {@link ValueDisplay}. */
    String display(int column, ColumnReading reading) {
        int start = start(column);
        int marker = buffer.array()[start];
        if (marker == NULL) {
            return "NULL";
        }
        byte[] form = buffer.copy(start + HEADER, end(column));
        return marker == VALUE
                ? ValueDisplay.of(reading.type().kind(), form)
                : "malformed " + ValueDisplay.quoted(form);
    }

    /** The values of {@code columns} for a person, {@code (4001, 'ab')}. */
    String display(int[] columns, List<ColumnReading> readings) {
        StringBuilder text = new StringBuilder("(");
        for (int column : columns) {
            text.append(text.length() == 1 ? "" : ", ").append(display(column, readings.get(column)));
        }
        return text.append(')').toString();
    }
}
