package dev.crossfade.sink.apply;

import dev.crossfade.model.LogicalType;
import dev.crossfade.model.Row;
import dev.crossfade.sink.target.PostgresTypes;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PGBinaryObject;
import org.postgresql.util.PGobject;

/**
 * One field of many encoded rows as a one-dimensional PostgreSQL array in binary form. An element of such an array has the very
 * bytes of a field: a length, -1 for NULL, and the value.
 *
 * @see <a href="https://github.com/postgres/postgres/blob/REL_18_0/src/backend/utils/adt/arrayfuncs.c">array_recv</a>
 */
final class BinaryArray extends PGobject implements PGBinaryObject {
    private static final long serialVersionUID = 1L;
    private static final int HEADER = 5 * Integer.BYTES; // dimensions, has NULLs, element type, length, lower bound

    private final transient List<Row> rows;
    private final int field;
    private final int elementOid;

    /** The field of all {@code rows}; rows must not change while the statement runs. */
    BinaryArray(LogicalType elementType, List<Row> rows, int field) {
        setType(PostgresTypes.arrayType(elementType));
        this.elementOid = PostgresTypes.elementOid(elementType);
        this.rows = rows;
        this.field = field;
    }

    @Override
    public void setByteValue(byte[] value, int offset) {
        throw new UnsupportedOperationException("only sent, never read");
    }

    @Override
    public int lengthInBytes() {
        int length = HEADER;
        for (Row row : rows) {
            length += Integer.BYTES + Math.max(0, row.lengthOf(field));
        }
        return length;
    }

    @Override
    public void toBytes(byte[] bytes, int offset) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, bytes.length - offset);
        buffer.putInt(1)
                .putInt(rows.stream().anyMatch(row -> row.isNull(field)) ? 1 : 0)
                .putInt(elementOid)
                .putInt(rows.size())
                .putInt(1);
        for (Row row : rows) {
            int length = row.lengthOf(field);
            buffer.putInt(length);
            if (length > 0) {
                buffer.put(row.bytes(), row.offsetOf(field), length);
            }
        }
    }

    /** Two arrays are the same only if they are one object. */
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
