package dev.crossfade.capture.change;

import dev.crossfade.model.codec.RowWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * A column's value on its way through Debezium: one byte that says what it is, then the value's bytes as rows hold them, or a reason
 * as text. A value that cannot be encoded travels as its reason, because only the record's consumer knows the row's key.
 */
final class EncodedValue {
    private static final byte VALUE = 0;
    private static final byte REFUSED = 1;
    private static final byte CHANGED = 2;
    private static final int LENGTH = Integer.BYTES; // what RowWriter puts before a value

    private EncodedValue() {}

    static byte[] of(byte[] bytes) {
        byte[] encoded = new byte[1 + bytes.length];
        System.arraycopy(bytes, 0, encoded, 1, bytes.length);
        return encoded;
    }

    static byte[] fixed(byte[] bytes, int length) {
        return of(Arrays.copyOf(bytes, length));
    }

    static byte[] int16(int value) {
        return new byte[] {VALUE, (byte) (value >>> 8), (byte) value};
    }

    static byte[] int32(int value) {
        return new byte[] {VALUE, (byte) (value >>> 24), (byte) (value >>> 16), (byte) (value >>> 8), (byte) value};
    }

    static byte[] int64(long value) {
        byte[] encoded = new byte[1 + Long.BYTES];
        for (int i = Long.BYTES; i > 0; i--) {
            encoded[i] = (byte) (value >>> ((Long.BYTES - i) * Byte.SIZE));
        }
        return encoded;
    }

    /** The one value that {@code write} puts into {@code writer}. */
    static byte[] written(RowWriter writer, Consumer<RowWriter> write) {
        writer.clear();
        write.accept(writer);
        return of(Arrays.copyOfRange(writer.array(), LENGTH, writer.size()));
    }

    /** The target cannot hold the value; the reason never holds the value itself. */
    static byte[] refused(String reason) {
        return reason(REFUSED, reason);
    }

    /** The column is not what the plan says. */
    static byte[] changed(String reason) {
        return reason(CHANGED, reason);
    }

    private static byte[] reason(byte mark, String reason) {
        byte[] encoded = of(reason.getBytes(StandardCharsets.UTF_8));
        encoded[0] = mark;
        return encoded;
    }

    static boolean isValue(byte[] encoded) {
        return encoded[0] == VALUE;
    }

    static boolean isChanged(byte[] encoded) {
        return encoded[0] == CHANGED;
    }

    static String reason(byte[] encoded) {
        return new String(encoded, 1, encoded.length - 1, StandardCharsets.UTF_8);
    }

    static void appendTo(RowWriter row, byte[] encoded) {
        row.writeBytes(encoded, 1, encoded.length - 1);
    }
}
