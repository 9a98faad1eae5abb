package dev.crossfade.capture.source;

import dev.crossfade.model.LogicalType;
import dev.crossfade.model.ValueException;
import dev.crossfade.model.codec.RowWriter;

/**
 * The encoder of each type. Integers are little-endian and as wide as their column, FLOAT and DOUBLE are IEEE bits, dates and times
 * are packed, everything else is text or bytes.
 *
 * @see <a href="https://mariadb.com/kb/en/resultset-row/#binary-resultset-row">Binary resultset row</a>
 */
final class FieldEncoders {
    private static final long MICROS_PER_SECOND = 1_000_000;
    private static final long SECONDS_PER_DAY = 86_400;

    private FieldEncoders() {}

    static FieldEncoder of(SourceColumn column) {
        boolean unsigned = column.unsigned();
        LogicalType type = column.column().type();
        return switch (type.kind()) {
            case INT8, INT16, YEAR ->
                (bytes, offset, length, writer) -> writer.writeInt16((int) integer(bytes, offset, length, unsigned));
            case INT32 ->
                (bytes, offset, length, writer) -> writer.writeInt32((int) integer(bytes, offset, length, unsigned));
            case INT64 ->
                (bytes, offset, length, writer) -> writer.writeInt64(integer(bytes, offset, length, unsigned));
            case UINT64 ->
                (bytes, offset, length, writer) -> writer.writeUnsigned64(integer(bytes, offset, length, true));
            case DECIMAL -> (bytes, offset, length, writer) -> writer.writeDecimal(bytes, offset, length);
            case FLOAT32 ->
                (bytes, offset, length, writer) ->
                        writer.writeFloat32(Float.intBitsToFloat((int) integer(bytes, offset, length, true)));
            case FLOAT64 ->
                (bytes, offset, length, writer) ->
                        writer.writeFloat64(Double.longBitsToDouble(integer(bytes, offset, length, true)));
            case TEXT, ENUM, SET -> FieldEncoders::appendText;
            case JSON -> FieldEncoders::appendJson;
            case BYTES -> (bytes, offset, length, writer) -> writer.writeBytes(bytes, offset, length);
            case DATE -> FieldEncoders::appendDate;
            case TIMESTAMP, INSTANT -> FieldEncoders::appendTimestamp;
            case DURATION -> FieldEncoders::appendDuration;
            case BOOL -> (bytes, offset, length, writer) -> writer.writeBool(bits(bytes, offset, length) != 0);
            case BIT ->
                (bytes, offset, length, writer) -> writer.writeBit(type.precision(), bits(bytes, offset, length));
            case TIME -> throw new IllegalArgumentException("MariaDB and MySQL have no type that means " + type);
        };
    }

    /** An integer as wide as the field; unsigned ones are not extended by their sign. */
    static long integer(byte[] bytes, int offset, int length, boolean unsigned) {
        long value = 0;
        for (int i = length - 1; i >= 0; i--) {
            value = value << Byte.SIZE | (bytes[offset + i] & 0xff);
        }
        int unused = Long.SIZE - length * Byte.SIZE;
        return unsigned || unused == 0 ? value : value << unused >> unused;
    }

    /** BIT is sent as bytes, highest first. */
    private static long bits(byte[] bytes, int offset, int length) {
        long value = 0;
        for (int i = 0; i < length; i++) {
            value = value << Byte.SIZE | (bytes[offset + i] & 0xff);
        }
        return value;
    }

    private static void appendText(byte[] bytes, int offset, int length, RowWriter writer) {
        Utf8.require(bytes, offset, length);
        writer.writeText(bytes, offset, length);
    }

    private static void appendJson(byte[] bytes, int offset, int length, RowWriter writer) {
        Utf8.require(bytes, offset, length);
        writer.writeJson(bytes, offset, length);
    }

    /** Whether the field is a zero or partial date; the log shows these as NULL too. */
    private static boolean isNoDate(byte[] bytes, int offset, int length) {
        return length == 0
                || (bytes[offset] == 0 && bytes[offset + 1] == 0)
                || bytes[offset + 2] == 0
                || bytes[offset + 3] == 0;
    }

    private static int days(byte[] bytes, int offset) {
        int year = (int) integer(bytes, offset, Short.BYTES, true);
        return CivilDate.days(year, bytes[offset + 2], bytes[offset + 3]);
    }

    private static void appendDate(byte[] bytes, int offset, int length, RowWriter writer) {
        if (isNoDate(bytes, offset, length)) {
            writer.writeNull();
        } else {
            writer.writeDate(days(bytes, offset));
        }
    }

    private static void appendTimestamp(byte[] bytes, int offset, int length, RowWriter writer) {
        if (isNoDate(bytes, offset, length)) {
            writer.writeNull();
            return;
        }
        long seconds = days(bytes, offset) * SECONDS_PER_DAY;
        if (length > 4) {
            seconds += secondOfDay(bytes, offset + 4);
        }
        writer.writeMicros(seconds * MICROS_PER_SECOND + micros(bytes, offset, length, 7));
    }

    private static void appendDuration(byte[] bytes, int offset, int length, RowWriter writer) {
        if (length == 0) {
            writer.writeDuration(0);
            return;
        }
        long days = integer(bytes, offset + 1, Integer.BYTES, true);
        long seconds = days * SECONDS_PER_DAY + secondOfDay(bytes, offset + 5);
        long micros = seconds * MICROS_PER_SECOND + micros(bytes, offset, length, 8);
        writer.writeDuration(bytes[offset] == 0 ? micros : -micros);
    }

    private static int secondOfDay(byte[] bytes, int offset) {
        return (bytes[offset] * 60 + bytes[offset + 1]) * 60 + bytes[offset + 2];
    }

    /** Microseconds where the field is long enough to have any. */
    private static long micros(byte[] bytes, int offset, int length, int place) {
        return length > place ? integer(bytes, offset + place, Integer.BYTES, true) : 0;
    }

    /** The same encoder, but for a column of the key, which can never be NULL. */
    static FieldEncoder ofKey(SourceColumn column) {
        FieldEncoder encoder = of(column);
        return switch (column.column().type().kind()) {
            case DATE, TIMESTAMP, INSTANT ->
                (bytes, offset, length, writer) -> {
                    if (isNoDate(bytes, offset, length)) {
                        throw new ValueException("is a zero or partial date, which a key cannot hold");
                    }
                    encoder.append(bytes, offset, length, writer);
                };
            default -> encoder;
        };
    }
}
