package dev.crossfade.capture.change;

import dev.crossfade.model.LogicalType;
import java.util.Locale;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A column as the log's own history of the schema describes it at the place that is being read.
 *
 * @param type upper case, without length: {@code INT UNSIGNED}, {@code VARCHAR}
 * @param length characters, bytes, bits or digits in all; for times, digits of a second's fraction
 * @param scale digits after the point
 * @param characterSet the source's name for it; null where the column has none
 */
record LoggedColumn(
        String type,
        OptionalInt length,
        OptionalInt scale,
        @Nullable String characterSet) {
    /** From the history's words, whose case and lengths vary with the statement that made the column. */
    static LoggedColumn of(String typeName, OptionalInt length, OptionalInt scale, @Nullable String characterSet) {
        String type = typeName.toUpperCase(Locale.ROOT);
        int parenthesis = type.indexOf('(');
        if (parenthesis >= 0) {
            int close = type.indexOf(')', parenthesis);
            type = type.substring(0, parenthesis) + (close < 0 ? "" : type.substring(close + 1));
        }
        return new LoggedColumn(type.trim().replaceAll("\\s+", " "), length, scale, characterSet);
    }

    boolean isUnsigned() {
        return type.contains("UNSIGNED") || type.contains("ZEROFILL");
    }

    /** The type's first words, without UNSIGNED and ZEROFILL. */
    String base() {
        return type.replace(" UNSIGNED", "").replace(" ZEROFILL", "").replace(" SIGNED", "");
    }

    /** Bits of an integer, 0 for all else. */
    int integerBits() {
        return switch (base()) {
            case "TINYINT", "INT1", "BOOL", "BOOLEAN" -> 8;
            case "SMALLINT", "INT2" -> 16;
            case "MEDIUMINT", "INT3", "MIDDLEINT" -> 24;
            case "INT", "INTEGER", "INT4" -> 32;
            case "BIGINT", "INT8" -> 64;
            default -> 0;
        };
    }

    /** Whether the column is, here, what the plan says it is. */
    boolean fits(LogicalType planned) {
        int bits = integerBits();
        return switch (planned.kind()) {
            case INT8 -> bits == 8 && !isUnsigned();
            case INT16 -> (bits == 16 && !isUnsigned()) || (bits == 8 && isUnsigned());
            case INT32 -> bits == 24 || (bits == 32 && !isUnsigned()) || (bits == 16 && isUnsigned());
            case INT64 -> (bits == 64 && !isUnsigned()) || (bits == 32 && isUnsigned());
            case UINT64 -> bits == 64 && isUnsigned();
            case BOOL -> base().equals("BIT") && length.orElse(1) == 1;
            case BIT -> base().equals("BIT") && length.orElse(1) == planned.precision();
            case DECIMAL ->
                switch (base()) {
                    case "DECIMAL", "DEC", "NUMERIC", "FIXED" ->
                        length.orElse(10) <= planned.precision() && scale.orElse(0) == planned.scale();
                    default -> false;
                };
            case FLOAT32 -> base().startsWith("FLOAT");
            case FLOAT64 ->
                switch (base()) {
                    case "DOUBLE", "DOUBLE PRECISION", "REAL", "FLOAT8", "FLOAT" -> true;
                    default -> false;
                };
            case TEXT -> fitsText(planned.precision());
            case BYTES -> fitsBytes(planned.precision());
            case DATE -> base().equals("DATE");
            case TIME, DURATION -> base().equals("TIME") && length.orElse(0) <= planned.precision();
            case TIMESTAMP -> base().equals("DATETIME") && length.orElse(0) <= planned.precision();
            case INSTANT -> base().equals("TIMESTAMP") && length.orElse(0) <= planned.precision();
            case YEAR -> base().equals("YEAR");
            case ENUM -> base().startsWith("ENUM");
            case SET -> base().startsWith("SET");
            case JSON -> base().equals("JSON") || base().endsWith("TEXT");
        };
    }

    private boolean fitsText(int maxCharacters) {
        if (maxCharacters == 0) {
            return base().contains("CHAR") || base().contains("TEXT") || base().equals("LONG VARCHAR");
        }
        return base().contains("CHAR") && length.orElse(1) <= maxCharacters;
    }

    private boolean fitsBytes(int maxBytes) {
        boolean isSized = base().contains("BINARY") || base().equals("CHAR") || base().equals("VARCHAR");
        return isSized
                ? maxBytes == 0 || length.orElse(1) <= maxBytes
                : base().endsWith("BLOB") || base().endsWith("TEXT");
    }

    /** Bytes that every value has, 0 where lengths differ. */
    int fixedBytes() {
        return base().equals("BINARY") || base().equals("CHAR") ? length.orElse(1) : 0;
    }

    /** For messages: {@code INT UNSIGNED}, {@code DECIMAL(10,2)}. */
    @Override
    public String toString() {
        String size =
                length.isEmpty() ? "" : "(" + length.getAsInt() + (scale.isEmpty() ? "" : "," + scale.getAsInt()) + ")";
        return type + size;
    }
}
