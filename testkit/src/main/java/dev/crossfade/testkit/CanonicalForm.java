package dev.crossfade.testkit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;

/**
 * One way to write each value, whatever database or log it comes from. Two values are equal if and only if these texts are. It is
 * made for comparing and for messages of tests, and shares nothing with the product.
 */
enum CanonicalForm {
    /** Plain decimal without trailing zeros; booleans are 0 and 1, a year is a number. */
    NUMBER,
    /** The 32 bits in hex, with the value for the eye. */
    FLOAT32,
    /** The 64 bits in hex, with the value for the eye. */
    FLOAT64,
    /** Between single quotes. */
    TEXT,
    /** {@code x'6162'}. */
    BYTES,
    /** {@code 2020-01-31}. */
    DATE,
    /** {@code 2020-01-31 10:00:00.000000}. */
    TIMESTAMP,
    /** {@code 2020-01-31 10:00:00.000000Z}, in UTC. */
    INSTANT,
    /** Microseconds, as a number. */
    DURATION,
    /** The bits as an unsigned number. */
    BITS,
    /** Members sorted by name, numbers as NUMBER. */
    JSON;

    /** SQL NULL; no other value looks like it. */
    static final String NULL = "NULL";

    private static final DateTimeFormatter DATE_FORMAT = DateTimeFormatter.ofPattern("uuuu-MM-dd", Locale.ROOT);
    private static final DateTimeFormatter TIMESTAMP_FORMAT =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS", Locale.ROOT);
    private static final ObjectMapper JSON_READER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS, DeserializationFeature.USE_BIG_INTEGER_FOR_INTS)
            .build();

    /**
     * The canonical text of what a database wrote as text: BYTES as hex digits, BITS as a decimal number or {@code b} and binary digits, DATE, TIMESTAMP and
     * INSTANT in ISO order with or without fraction (INSTANT in UTC), DURATION as {@code [-]H:MM:SS[.ffffff]}.
     */
    String ofText(String text) {
        return switch (this) {
            case NUMBER -> number(new BigDecimal(text));
            case BITS ->
                number(new BigDecimal(
                        text.startsWith("b") ? new BigInteger(text.substring(1), 2) : new BigInteger(text)));
            case FLOAT32 -> float32((float) Double.parseDouble(text));
            case FLOAT64 -> float64(Double.parseDouble(text));
            case TEXT -> text(text);
            case BYTES -> "x'" + text.toLowerCase(Locale.ROOT) + "'";
            case DATE -> isZero(text) ? NULL : text;
            case TIMESTAMP -> isZero(text) ? NULL : withSixDigits(text);
            case INSTANT -> isZero(text) ? NULL : withSixDigits(text) + "Z";
            case DURATION -> number(BigDecimal.valueOf(micros(text)));
            case JSON -> json(text);
        };
    }

    static String number(BigDecimal number) {
        return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
    }

    static String unsigned(long bits) {
        return number(new BigDecimal(new BigInteger(Long.toUnsignedString(bits))));
    }

    static String float32(float value) {
        return String.format("%08x(%s)", Float.floatToRawIntBits(value), value);
    }

    static String float64(double value) {
        return String.format("%016x(%s)", Double.doubleToRawLongBits(value), value);
    }

    static String text(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    static String bytes(byte[] bytes) {
        return "x'" + HexFormat.of().formatHex(bytes) + "'";
    }

    static String date(LocalDate date) {
        return date.format(DATE_FORMAT);
    }

    /** Microseconds since {@code epoch}, proleptic Gregorian. */
    static String timestamp(LocalDateTime epoch, long micros) {
        return epoch.plus(micros, ChronoUnit.MICROS).format(TIMESTAMP_FORMAT);
    }

    static String json(String document) {
        try {
            return "json:" + normalized(JSON_READER.readTree(document));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not JSON: " + document, e);
        }
    }

    /** A month or day of zero is no date; the year alone may be anything. */
    private static boolean isZero(String text) {
        return text.startsWith("-00", 4) || text.startsWith("-00", 7);
    }

    private static String withSixDigits(String text) {
        int point = text.indexOf('.');
        String whole = point < 0 ? text : text.substring(0, point);
        String fraction = point < 0 ? "" : text.substring(point + 1);
        return whole + "." + (fraction + "000000").substring(0, 6);
    }

    private static long micros(String text) {
        boolean negative = text.startsWith("-");
        String[] parts = (negative ? text.substring(1) : text).split(":", -1);
        if (parts.length != 3) {
            throw new IllegalArgumentException("not a time: " + text);
        }
        long minutes = Long.parseLong(parts[0]) * 60 + Long.parseLong(parts[1]);
        long micros = minutes * 60_000_000L
                + new BigDecimal(parts[2]).movePointRight(6).longValueExact();
        return negative ? -micros : micros;
    }

    private static String normalized(JsonNode node) {
        if (node.isObject()) {
            Map<String, String> members = new TreeMap<>();
            node.properties().forEach(member -> members.put(member.getKey(), normalized(member.getValue())));
            StringJoiner text = new StringJoiner(",", "{", "}");
            members.forEach((name, value) -> text.add(text(name) + ":" + value));
            return text.toString();
        }
        if (node.isArray()) {
            StringJoiner text = new StringJoiner(",", "[", "]");
            node.forEach(element -> text.add(normalized(element)));
            return text.toString();
        }
        if (node.isNumber()) {
            return number(node.decimalValue());
        }
        return node.isTextual() ? text(node.textValue()) : node.asText();
    }
}
