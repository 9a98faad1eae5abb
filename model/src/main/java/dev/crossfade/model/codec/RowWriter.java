package dev.crossfade.model.codec;

import dev.crossfade.model.Row;
import dev.crossfade.model.RowKey;
import dev.crossfade.model.ValueException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Appends encoded rows to a growing buffer. Call {@link #startRow}, then one write method per field; which method belongs to which
 * kind is in {@link dev.crossfade.model.LogicalType.Kind}. A write that throws {@link ValueException} has appended nothing; drop the
 * row with {@link #truncate}. Reused from batch to batch; one thread at a time.
 */
public final class RowWriter {
    private static final int NULL_LENGTH = -1;
    private static final int JSONB_VERSION = 1;

    private byte[] bytes;
    private ByteBuffer buffer;

    public RowWriter(int initialBytes) {
        bytes = new byte[Math.max(64, initialBytes)];
        buffer = ByteBuffer.wrap(bytes);
    }

    /** Bytes written since the last {@link #clear}. */
    public int size() {
        return buffer.position();
    }

    public void clear() {
        buffer.clear();
    }

    /** Forgets everything after the first {@code size} bytes. */
    public void truncate(int size) {
        buffer.position(size);
    }

    /** The backing array; its first {@link #size} bytes are the rows. Valid until the next write. */
    public byte[] array() {
        return bytes;
    }

    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, size());
    }

    /** The buffer's content as the one row that it is. */
    public Row toRow() {
        return new Row(toByteArray());
    }

    /** The buffer's content as the one key that it is. */
    public RowKey toKey() {
        return new RowKey(toByteArray());
    }

    public void startRow(int fields) {
        if (fields > Short.MAX_VALUE) {
            throw new IllegalArgumentException(fields + " fields, at most " + Short.MAX_VALUE);
        }
        putShort(fields);
    }

    /** Appends a whole row that is encoded already. */
    public void writeRow(byte[] row, int offset, int length) {
        ensure(length);
        buffer.put(row, offset, length);
    }

    public void writeNull() {
        putInt(NULL_LENGTH);
    }

    public void writeBool(boolean value) {
        ensure(Integer.BYTES + 1);
        buffer.putInt(1).put((byte) (value ? 1 : 0));
    }

    /** INT8, INT16 and YEAR. */
    public void writeInt16(int value) {
        if (value < Short.MIN_VALUE || value > Short.MAX_VALUE) {
            throw new ValueException("is outside -32768..32767");
        }
        ensure(Integer.BYTES + Short.BYTES);
        buffer.putInt(Short.BYTES).putShort((short) value);
    }

    /** INT32. */
    public void writeInt32(int value) {
        ensure(2 * Integer.BYTES);
        buffer.putInt(Integer.BYTES).putInt(value);
    }

    /** INT64. */
    public void writeInt64(long value) {
        ensure(Integer.BYTES + Long.BYTES);
        buffer.putInt(Long.BYTES).putLong(value);
    }

    /** UINT64 and DECIMAL, from ASCII: sign, digits, point, digits. The digits after the point are the scale. */
    public void writeDecimal(byte[] text, int offset, int length) {
        Numeric.append(this, text, offset, length);
    }

    /** UINT64 and DECIMAL; a negative scale is written as 0. */
    public void writeDecimal(BigDecimal value) {
        byte[] text = value.toPlainString().getBytes(StandardCharsets.US_ASCII);
        Numeric.append(this, text, 0, text.length);
    }

    /** UINT64, from the bits of an unsigned 64 bit integer. */
    public void writeUnsigned64(long bits) {
        byte[] text = Long.toUnsignedString(bits).getBytes(StandardCharsets.US_ASCII);
        Numeric.append(this, text, 0, text.length);
    }

    public void writeFloat32(float value) {
        writeInt32(Float.floatToRawIntBits(value));
    }

    public void writeFloat64(double value) {
        writeInt64(Double.doubleToRawLongBits(value));
    }

    /**
     * TEXT, ENUM and SET, from valid UTF-8.
     *
     * @throws ValueException if a byte is NUL, which PostgreSQL's text cannot hold
     */
    public void writeText(byte[] utf8, int offset, int length) {
        refuseNul(utf8, offset, length);
        writeBytes(utf8, offset, length);
    }

    /** TEXT, ENUM and SET. */
    public void writeText(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        writeText(utf8, 0, utf8.length);
    }

    public void writeBytes(byte[] value, int offset, int length) {
        ensure(Integer.BYTES + length);
        buffer.putInt(length).put(value, offset, length);
    }

    /** BYTES of a fixed length: what the log has cut off, trailing zero bytes, is put back. */
    public void writeFixedBytes(byte[] value, int fixedLength) {
        if (value.length > fixedLength) {
            throw new ValueException("has " + value.length + " bytes, at most " + fixedLength);
        }
        writeBytes(Arrays.copyOf(value, fixedLength), 0, fixedLength);
    }

    /** DATE: days since 2000-01-01. */
    public void writeDate(int days) {
        writeInt32(days);
    }

    /** TIME: microseconds since midnight; TIMESTAMP, INSTANT: since 2000-01-01T00:00. */
    public void writeMicros(long micros) {
        writeInt64(micros);
    }

    /** DURATION. */
    public void writeDuration(long micros) {
        ensure(Integer.BYTES + Long.BYTES + 2 * Integer.BYTES);
        buffer.putInt(Long.BYTES + 2 * Integer.BYTES).putLong(micros).putInt(0).putInt(0);
    }

    /** BIT of {@code bits} bits, from its number. */
    public void writeBit(int bits, long value) {
        if (bits < 1 || bits > Long.SIZE || (bits < Long.SIZE && value >>> bits != 0)) {
            throw new ValueException("does not fit " + bits + " bits");
        }
        int length = (bits + Byte.SIZE - 1) / Byte.SIZE;
        long aligned = value << (length * Byte.SIZE - bits);
        ensure(2 * Integer.BYTES + length);
        buffer.putInt(Integer.BYTES + length).putInt(bits);
        for (int i = length - 1; i >= 0; i--) {
            buffer.put((byte) (aligned >>> (i * Byte.SIZE)));
        }
    }

    /**
     * JSON, from valid UTF-8.
     *
     * @throws ValueException if a text within holds a NUL, as it is or as an escape: jsonb cannot hold either
     */
    public void writeJson(byte[] utf8, int offset, int length) {
        refuseNul(utf8, offset, length);
        refuseEscapedNul(utf8, offset, offset + length);
        ensure(Integer.BYTES + 1 + length);
        buffer.putInt(1 + length).put((byte) JSONB_VERSION).put(utf8, offset, length);
    }

    private static void refuseNul(byte[] utf8, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            if (utf8[i] == 0) {
                throw new ValueException("holds a NUL character, which PostgreSQL's text cannot hold");
            }
        }
    }

    private static void refuseEscapedNul(byte[] utf8, int offset, int end) {
        for (int i = offset; i < end - 1; i++) {
            if (utf8[i] == '\\') {
                i++; // what is escaped is not an escape itself
                if (utf8[i] == 'u' && i + 4 < end && isZeros(utf8, i + 1)) {
                    throw new ValueException(
                            "holds the escaped NUL character \\u0000, which PostgreSQL's jsonb cannot hold");
                }
            }
        }
    }

    private static boolean isZeros(byte[] utf8, int at) {
        return utf8[at] == '0' && utf8[at + 1] == '0' && utf8[at + 2] == '0' && utf8[at + 3] == '0';
    }

    void putShort(int value) {
        ensure(Short.BYTES);
        buffer.putShort((short) value);
    }

    void putInt(int value) {
        ensure(Integer.BYTES);
        buffer.putInt(value);
    }

    private void ensure(int more) {
        if (buffer.remaining() >= more) {
            return;
        }
        int size = size();
        bytes = Arrays.copyOf(bytes, Math.max(bytes.length + (bytes.length >> 1), size + more));
        buffer = ByteBuffer.wrap(bytes);
        buffer.position(size);
    }
}
