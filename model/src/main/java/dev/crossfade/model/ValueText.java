package dev.crossfade.model;

import dev.crossfade.model.codec.Numeric;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;

/** Shows one encoded value to a person, in the manner of a SQL literal. For messages and reports, not for comparing. */
public final class ValueText {
    private static final DateTimeFormatter TIMESTAMP = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS");
    private static final int MAX_CHARACTERS = 64;

    private ValueText() {}

    /** The value of {@code field}, at most {@value #MAX_CHARACTERS} characters of it. */
    public static String of(LogicalType type, Row row, int field) {
        if (row.isNull(field)) {
            return "NULL";
        }
        ByteBuffer value = ByteBuffer.wrap(row.bytes(), row.offsetOf(field), row.lengthOf(field));
        return switch (type.kind()) {
            case BOOL -> value.get() == 0 ? "false" : "true";
            case INT8, INT16, YEAR -> Short.toString(value.getShort());
            case INT32 -> Integer.toString(value.getInt());
            case INT64 -> Long.toString(value.getLong());
            case UINT64, DECIMAL -> decimal(value).toPlainString();
            case FLOAT32 -> Float.toString(value.getFloat());
            case FLOAT64 -> Double.toString(value.getDouble());
            case TEXT, ENUM, SET -> quoted(utf8(value));
            case JSON -> {
                value.get();
                yield quoted(utf8(value));
            }
            case BYTES -> shortened("x'" + HexFormat.of().formatHex(remaining(value)) + "'");
            case DATE -> Timestamps.date(value.getInt()).toString();
            case TIME, DURATION -> duration(value.getLong());
            case TIMESTAMP -> Timestamps.dateTime(value.getLong()).format(TIMESTAMP);
            case INSTANT -> Timestamps.dateTime(value.getLong()).format(TIMESTAMP) + "+00";
            case BIT -> bits(value);
        };
    }

    private static BigDecimal decimal(ByteBuffer value) {
        return Numeric.decode(remaining(value));
    }

    private static String bits(ByteBuffer value) {
        int count = value.getInt();
        StringBuilder text = new StringBuilder("b'");
        for (int i = 0; i < count; i++) {
            text.append((value.get(value.position() + i / 8) >> (7 - i % 8)) & 1);
        }
        return text.append('\'').toString();
    }

    private static String duration(long micros) {
        long rest = Math.abs(micros);
        return (micros < 0 ? "-" : "")
                + String.format(
                        "%02d:%02d:%02d.%06d",
                        rest / 3_600_000_000L, rest / 60_000_000L % 60, rest / 1_000_000L % 60, rest % 1_000_000L);
    }

    private static byte[] remaining(ByteBuffer value) {
        byte[] bytes = new byte[value.remaining()];
        value.get(bytes);
        return bytes;
    }

    private static String utf8(ByteBuffer value) {
        return StandardCharsets.UTF_8.decode(value).toString();
    }

    private static String quoted(String text) {
        return shortened("'" + text.replace("'", "''") + "'");
    }

    private static String shortened(String text) {
        return text.length() <= MAX_CHARACTERS ? text : text.substring(0, MAX_CHARACTERS - 1) + "…";
    }
}
