package dev.crossfade.verify;

import dev.crossfade.model.LogicalType;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Shows a value that has been brought into form to a person, in the manner of a SQL literal, at most 64 characters of it. */
final class ValueDisplay {
    private static final int MAX_CHARACTERS = 64;

    private ValueDisplay() {}

    static String of(LogicalType.Kind kind, byte[] form) {
        return switch (kind) {
            case TEXT, ENUM, SET, JSON -> quoted(form);
            case BYTES ->
                shortened("x'" + HexFormat.of().formatHex(form, 0, Math.min(form.length, MAX_CHARACTERS)) + "'");
            case BIT -> shortened("b'" + ascii(form) + "'");
            case BOOL -> ascii(form).equals("1") ? "true" : "false";
            case FLOAT32 -> Float.toString(Float.intBitsToFloat(Integer.parseUnsignedInt(ascii(form), 16)));
            case FLOAT64 -> Double.toString(Double.longBitsToDouble(Long.parseUnsignedLong(ascii(form), 16)));
            case INT8, INT16, INT32, INT64, UINT64, DECIMAL, YEAR, DATE, TIME, DURATION, TIMESTAMP, INSTANT ->
                shortened(ascii(form));
        };
    }

    /** Text in quotes. */
    static String quoted(byte[] utf8) {
        return shortened("'" + new String(utf8, StandardCharsets.UTF_8).replace("'", "''") + "'");
    }

    private static String ascii(byte[] form) {
        return new String(form, StandardCharsets.US_ASCII);
    }

    private static String shortened(String text) {
        if (text.length() <= MAX_CHARACTERS) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(MAX_CHARACTERS - 2)) ? MAX_CHARACTERS - 2 : MAX_CHARACTERS - 1;
        return text.substring(0, end) + "…";
    }
}
