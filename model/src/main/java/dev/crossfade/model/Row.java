package dev.crossfade.model;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * One row, encoded: an int16 number of fields, then per field an int32 length (-1 for NULL) and that many bytes. This is a tuple
 * of PostgreSQL's binary COPY; {@link LogicalType.Kind} names the bytes of each value. Two rows are equal if their bytes are.
 * {@code toString} never shows values.
 */
public final class Row {
    private final byte[] bytes;
    private final int[] offsets;

    /** Takes {@code bytes} over: the caller must not change them. */
    public Row(byte[] bytes) {
        this.bytes = requireNonNull(bytes, "bytes");
        this.offsets = offsets(bytes);
    }

    private static int[] offsets(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        int[] offsets = new int[Short.toUnsignedInt(buffer.getShort(0))];
        int at = Short.BYTES;
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = at;
            at += Integer.BYTES + Math.max(0, buffer.getInt(at));
        }
        if (at != bytes.length) {
            throw new IllegalArgumentException(
                    "row of " + offsets.length + " fields ends at " + at + ", not at " + bytes.length);
        }
        return offsets;
    }

    public int fieldCount() {
        return offsets.length;
    }

    public boolean isNull(int field) {
        return lengthOf(field) < 0;
    }

    /** Bytes of the field's value, -1 for NULL. */
    public int lengthOf(int field) {
        return ByteBuffer.wrap(bytes).getInt(offsets[field]);
    }

    /** Where the field's value begins in {@link #bytes()}; meaningless for NULL. */
    public int offsetOf(int field) {
        return offsets[field] + Integer.BYTES;
    }

    /** The encoded row itself, not a copy: callers must not change it. */
    public byte[] bytes() {
        return bytes;
    }

    /** The row of the given fields, in the given order. */
    public Row project(int[] fields) {
        return new Row(projectBytes(fields));
    }

    /** The key made of the given fields, in the given order. None of them may be NULL. */
    public RowKey key(int[] fields) {
        return new RowKey(projectBytes(fields));
    }

    private byte[] projectBytes(int[] fields) {
        int size = Short.BYTES;
        for (int field : fields) {
            size += Integer.BYTES + Math.max(0, lengthOf(field));
        }
        byte[] projected = new byte[size];
        ByteBuffer buffer = ByteBuffer.wrap(projected);
        buffer.putShort((short) fields.length);
        for (int field : fields) {
            buffer.put(bytes, offsets[field], Integer.BYTES + Math.max(0, lengthOf(field)));
        }
        return projected;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Row row && Arrays.equals(bytes, row.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "Row[" + offsets.length + " fields, " + bytes.length + " bytes]";
    }
}
