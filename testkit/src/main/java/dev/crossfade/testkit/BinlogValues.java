package dev.crossfade.testkit;

import java.io.Serializable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** Turns one column's values, as the binlog library decodes them, into canonical texts. */
final class BinlogValues {
    private static final LocalDateTime EPOCH = LocalDateTime.of(1970, 1, 1, 0, 0);
    /** The library adds 1900 to the stored byte, but byte 0 is year 0. */
    private static final int YEAR_ZERO = 1900;

    private final DumpColumn column;
    private final String declaration;
    private final List<String> labels;

    BinlogValues(DumpColumn column) {
        this.column = column;
        this.declaration = column.declaration().toLowerCase(Locale.ROOT);
        boolean labelled = declaration.startsWith("enum(") || declaration.startsWith("set(");
        this.labels = labelled ? labels(column.declaration()) : List.of();
    }

    String canonical(@Nullable Serializable value) {
        if (value == null) {
            return CanonicalForm.NULL;
        }
        return switch (column.form()) {
            case NUMBER -> CanonicalForm.number(number(value));
            case FLOAT32 -> CanonicalForm.float32((Float) value);
            case FLOAT64 -> CanonicalForm.float64((Double) value);
            case TEXT -> CanonicalForm.text(text(value));
            case BYTES -> CanonicalForm.bytes(padded((byte[]) value));
            case DATE ->
                isNoDate(value)
                        ? CanonicalForm.NULL
                        : CanonicalForm.timestamp(EPOCH, (Long) value).substring(0, 10);
            case TIMESTAMP -> isNoDate(value) ? CanonicalForm.NULL : CanonicalForm.timestamp(EPOCH, (Long) value);
            case INSTANT -> (Long) value == 0 ? CanonicalForm.NULL : CanonicalForm.timestamp(EPOCH, (Long) value) + "Z";
            case DURATION -> CanonicalForm.number(BigDecimal.valueOf((Long) value));
            case BITS -> CanonicalForm.number(bits((BitSet) value));
            case JSON -> CanonicalForm.json(decode((byte[]) value));
        };
    }

    private static boolean isNoDate(Serializable value) {
        return (Long) value == BinlogRows.NO_DATE;
    }

    private BigDecimal number(Serializable value) {
        if (value instanceof BigDecimal decimal) {
            return decimal;
        }
        if (declaration.startsWith("year")) {
            return BigDecimal.valueOf((Integer) value == YEAR_ZERO ? 0 : (Integer) value);
        }
        long number = ((Number) value).longValue();
        if (number >= 0 || (!declaration.contains("unsigned") && !declaration.contains("zerofill"))) {
            return BigDecimal.valueOf(number);
        }
        int bits = declaration.startsWith("tinyint")
                ? 8
                : declaration.startsWith("smallint")
                        ? 16
                        : declaration.startsWith("mediumint") ? 24 : declaration.startsWith("int") ? 32 : 64;
        return new BigDecimal(BigInteger.valueOf(number).add(BigInteger.ONE.shiftLeft(bits)));
    }

    private static BigDecimal bits(BitSet value) {
        BigInteger number = BigInteger.ZERO;
        for (int i = value.nextSetBit(0); i >= 0; i = value.nextSetBit(i + 1)) {
            number = number.setBit(i);
        }
        return new BigDecimal(number);
    }

    private String text(Serializable value) {
        if (value instanceof byte[] bytes) {
            return decode(bytes);
        }
        if (value instanceof Integer index && declaration.startsWith("enum(")) {
            return index == 0 ? "" : labels.get(index - 1);
        }
        if (value instanceof Long mask && declaration.startsWith("set(")) {
            StringJoiner members = new StringJoiner(",");
            for (int i = 0; i < labels.size(); i++) {
                if ((mask >>> i & 1) == 1) {
                    members.add(labels.get(i));
                }
            }
            return members.toString();
        }
        throw new IllegalStateException("column " + column.name() + " " + declaration + " came as " + value.getClass());
    }

    private String decode(byte[] bytes) {
        return switch (column.charset()) {
            case "", "utf8", "utf8mb3", "utf8mb4", "ascii" -> new String(bytes, StandardCharsets.UTF_8);
            case "latin1" -> latin1(bytes);
            case "ucs2", "utf16" -> new String(bytes, StandardCharsets.UTF_16BE);
            default -> new String(bytes, Charset.forName(column.charset()));
        };
    }

    /** cp1252 whose five holes are the control characters of the same number. */
    private static String latin1(byte[] bytes) {
        char[] characters = new String(bytes, Charset.forName("windows-1252")).toCharArray();
        for (int i = 0; i < characters.length; i++) {
            if (characters[i] == '\uFFFD') {
                characters[i] = (char) (bytes[i] & 0xFF);
            }
        }
        return new String(characters);
    }

    /** The log leaves out a BINARY's trailing zero bytes. */
    private byte[] padded(byte[] value) {
        if (!declaration.startsWith("binary(")) {
            return value;
        }
        int length = Integer.parseInt(declaration.substring("binary(".length(), declaration.indexOf(')')));
        return Arrays.copyOf(value, length);
    }

    /** The labels of {@code enum('a','b''c')}. */
    private static List<String> labels(String declaration) {
        List<String> labels = new ArrayList<>();
        int at = declaration.indexOf('\'');
        while (at >= 0) {
            StringBuilder label = new StringBuilder();
            int i = at + 1;
            for (; declaration.charAt(i) != '\'' || declaration.startsWith("''", i); i++) {
                if (declaration.charAt(i) == '\'') {
                    i++;
                }
                label.append(declaration.charAt(i));
            }
            labels.add(label.toString());
            at = declaration.indexOf('\'', i + 1);
        }
        return labels;
    }
}
