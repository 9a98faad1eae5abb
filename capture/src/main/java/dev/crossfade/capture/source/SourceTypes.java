package dev.crossfade.capture.source;

import dev.crossfade.model.LogicalType;
import dev.crossfade.model.LogicalType.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a type of MariaDB or MySQL means. */
final class SourceTypes {
    private SourceTypes() {}

    /**
     * One column as information_schema describes it.
     *
     * @param dataType without arguments, lower case
     * @param columnType with arguments and attributes
     * @param characters CHARACTER_MAXIMUM_LENGTH: characters of text, bytes of binary; 0 if absent
     * @param precision NUMERIC_PRECISION, 0 if absent
     * @param scale NUMERIC_SCALE, 0 if absent
     * @param fractionDigits DATETIME_PRECISION, 0 if absent
     */
    record Description(
            String dataType, String columnType, long characters, int precision, int scale, int fractionDigits) {
        boolean unsigned() {
            // ZEROFILL implies it and shows it.
            return columnType.toLowerCase(Locale.ROOT).contains(" unsigned");
        }
    }

    /** The meaning of the type, empty if this release cannot carry it. */
    static Optional<LogicalType> logicalType(Description type) {
        if (type.columnType().endsWith(" COMPRESSED*/")) {
            return Optional.empty(); // MariaDB writes such columns to the log in their compressed form
        }
        boolean unsigned = type.unsigned();
        LogicalType meaning =
                switch (type.dataType()) {
                    case "tinyint" -> LogicalType.of(unsigned ? Kind.INT16 : Kind.INT8);
                    case "smallint" -> LogicalType.of(unsigned ? Kind.INT32 : Kind.INT16);
                    case "mediumint" -> LogicalType.of(Kind.INT32);
                    case "int" -> LogicalType.of(unsigned ? Kind.INT64 : Kind.INT32);
                    case "bigint" -> LogicalType.of(unsigned ? Kind.UINT64 : Kind.INT64);
                    case "decimal" -> LogicalType.decimal(type.precision(), type.scale());
                    case "float" -> LogicalType.of(Kind.FLOAT32);
                    case "double" -> LogicalType.of(Kind.FLOAT64);
                    case "char", "varchar" -> LogicalType.text(Math.toIntExact(type.characters()));
                    case "tinytext", "text", "mediumtext", "longtext" -> LogicalType.text(0);
                    case "binary", "varbinary" -> LogicalType.bytes(Math.toIntExact(type.characters()));
                    case "tinyblob", "blob", "mediumblob", "longblob" -> LogicalType.bytes(0);
                    case "date" -> LogicalType.of(Kind.DATE);
                    case "datetime" -> LogicalType.temporal(Kind.TIMESTAMP, type.fractionDigits());
                    case "timestamp" -> LogicalType.temporal(Kind.INSTANT, type.fractionDigits());
                    case "time" -> LogicalType.temporal(Kind.DURATION, type.fractionDigits());
                    case "year" -> type.columnType().contains("(2)") ? null : LogicalType.of(Kind.YEAR);
                    case "bit" -> type.precision() == 1 ? LogicalType.of(Kind.BOOL) : LogicalType.bit(type.precision());
                    case "enum" -> LogicalType.of(Kind.ENUM);
                    case "set" -> LogicalType.of(Kind.SET);
                    case "json" -> LogicalType.of(Kind.JSON);
                    default -> null;
                };
        return Optional.ofNullable(meaning);
    }

    /** Labels of an ENUM or SET from its declaration; a quote within a label is doubled there. */
    static List<String> labels(Description type) {
        List<String> labels = new ArrayList<>();
        if (!type.dataType().equals("enum") && !type.dataType().equals("set")) {
            return labels;
        }
        String text = type.columnType();
        StringBuilder label = new StringBuilder();
        boolean inside = false;
        for (int i = text.indexOf('(') + 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\'') {
                if (inside) {
                    label.append(c);
                }
            } else if (inside && i + 1 < text.length() && text.charAt(i + 1) == '\'') {
                label.append(c);
                i++;
            } else {
                if (inside) {
                    labels.add(label.toString());
                    label.setLength(0);
                }
                inside = !inside;
            }
        }
        return labels;
    }
}
