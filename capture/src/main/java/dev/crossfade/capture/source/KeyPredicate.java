package dev.crossfade.capture.source;

import dev.crossfade.model.KeyRange;
import dev.crossfade.model.LogicalType;
import dev.crossfade.model.Row;
import dev.crossfade.model.RowKey;
import dev.crossfade.model.Timestamps;
import dev.crossfade.model.codec.Numeric;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Ranges of a table's primary key as SQL that the source compares in its own order and answers from the index: text by the
 * column's collation, ENUM and SET by number. Composite keys are spelled out, because neither server uses an index for
 * {@code (a, b) >= (?, ?)}. A table without a key has one range, {@link KeyRange#ALL}, and comes in the server's order.
 */
public final class KeyPredicate {
    private static final int MAX_LISTED_LABELS = 64;
    private static final DateTimeFormatter TIMESTAMP = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS");

    /** Which keys a bound lets through. */
    private enum Bound {
        AT_OR_AFTER(">", ">="),
        AFTER(">", ">"),
        BEFORE("<", "<");

        private final String strict;
        private final String last;

        Bound(String strict, String last) {
            this.strict = strict;
            this.last = last;
        }
    }

    private final SourceTable table;
    private final List<SourceColumn> key;

    public KeyPredicate(SourceTable table) {
        this.table = table;
        this.key = table.key().stream().map(table::column).toList();
    }

    /** {@code from t force index (primary)}: with the index forced, no plan sorts. */
    public String from() {
        boolean isOrdered = !key.isEmpty() && !table.keyHasPrefix();
        return " from " + Identifiers.quote(table.id()) + (isOrdered ? " force index (primary)" : "");
    }

    /** {@code order by} the key's columns. */
    public String orderBy() {
        if (key.isEmpty()) {
            return "";
        }
        return " order by "
                + key.stream().map(column -> Identifiers.quote(column.name())).collect(Collectors.joining(", "));
    }

    /**
     * Whether the server finds a range by the index. Not if the key holds only the beginning of a column, nor if it begins with a SET
     * or a long ENUM, which neither server looks up by order: a range of such a table reads all of it. Nor without a key.
     */
    public boolean isIndexed() {
        if (key.isEmpty()) {
            return false;
        }
        SourceColumn first = key.get(0);
        return switch (first.column().type().kind()) {
            case SET -> false;
            case ENUM -> first.labels().size() <= MAX_LISTED_LABELS;
            default -> !table.keyHasPrefix();
        };
    }

    /** The WHERE clause of a range, empty for all keys; bind it with {@link #bind}. */
    public String where(KeyRange range) {
        String from = range.from().map(at -> condition(Bound.AT_OR_AFTER, at)).orElse("");
        String to = range.to().map(at -> condition(Bound.BEFORE, at)).orElse("");
        if (from.isEmpty() && to.isEmpty()) {
            return "";
        }
        return " where " + from + (from.isEmpty() || to.isEmpty() ? "" : " and ") + to;
    }

    /** Binds a range's ends to the parameters of {@link #where}. */
    public void bind(PreparedStatement statement, KeyRange range) throws SQLException {
        int next = 1;
        if (range.from().isPresent()) {
            next = bind(statement, next, range.from().get());
        }
        if (range.to().isPresent()) {
            bind(statement, next, range.to().get());
        }
    }

    /** The WHERE clause of all keys after one; bind it with {@link #bindAfter}. */
    public String whereAfter(RowKey after) {
        return " where " + condition(Bound.AFTER, after);
    }

    /** Binds the key of {@link #whereAfter}. */
    public void bindAfter(PreparedStatement statement, RowKey after) throws SQLException {
        bind(statement, 1, after);
    }

    /**
     * {@code k1 >= ? and (k1 > ? or (k1 = ? and k2 >= ?))}: the first part says nothing new, but gives the optimizer its range even
     * where it gives up on the second.
     */
    private String condition(Bound bound, RowKey at) {
        if (key.isEmpty()) {
            throw new IllegalArgumentException("table " + table.id() + " has no primary key, so it has no ranges");
        }
        if (key.size() == 1) {
            return compare(0, bound.last, at);
        }
        return compare(0, bound.strict + "=", at) + " and " + nested(0, bound, at);
    }

    private String nested(int place, Bound bound, RowKey at) {
        if (place == key.size() - 1) {
            return compare(place, bound.last, at);
        }
        return "(" + compare(place, bound.strict, at) + " or (" + compare(place, "=", at) + " and "
                + nested(place + 1, bound, at) + "))";
    }

    private String compare(int place, String operator, RowKey at) {
        SourceColumn column = key.get(place);
        String name = Identifiers.quote(column.name());
        if (column.column().type().kind() == LogicalType.Kind.ENUM) {
            return compareLabel(name, operator, column.labels().size(), label(column, at.row(), place));
        }
        return name + " " + operator + " " + parameter(column);
    }

    /**
     * Labels are compared by number, and as a list, because the servers use an index of an ENUM for equality only. Number 0 is the
     * error value.
     */
    private static String compareLabel(String name, String operator, int labels, int label) {
        if (labels > MAX_LISTED_LABELS || operator.equals("=")) {
            return name + " " + operator + " " + label;
        }
        List<String> listed = IntStream.rangeClosed(0, labels)
                .filter(number -> switch (operator) {
                    case "<" -> number < label;
                    case "<=" -> number <= label;
                    case ">" -> number > label;
                    default -> number >= label;
                })
                .mapToObj(Integer::toString)
                .toList();
        return listed.isEmpty() ? "1 = 0" : name + " in (" + String.join(", ", listed) + ")";
    }

    private static int label(SourceColumn column, Row row, int place) {
        ByteBuffer value = ByteBuffer.wrap(row.bytes(), row.offsetOf(place), row.lengthOf(place));
        return column.labels().indexOf(text(value)) + 1;
    }

    /** Text of another character set is converted first: else the server may convert the column, and leave the index unused. */
    private static String parameter(SourceColumn column) {
        LogicalType.Kind kind = column.column().type().kind();
        String charset = column.charset().orElse("utf8mb4");
        if (kind != LogicalType.Kind.TEXT || charset.equals("utf8mb4")) {
            return "?";
        }
        return "convert(? using " + charset + ")"
                + column.collation().map(collation -> " collate " + collation).orElse("");
    }

    private int bind(PreparedStatement statement, int first, RowKey at) throws SQLException {
        int next = first;
        if (key.size() > 1) {
            next = bindField(statement, next, at.row(), 0);
        }
        for (int place = 0; place < key.size() - 1; place++) {
            next = bindField(statement, next, at.row(), place);
            next = bindField(statement, next, at.row(), place);
        }
        return bindField(statement, next, at.row(), key.size() - 1);
    }

    /** Binds one field unless it stands in the statement itself; returns the next parameter. */
    private int bindField(PreparedStatement statement, int parameter, Row row, int place) throws SQLException {
        if (key.get(place).column().type().kind() == LogicalType.Kind.ENUM) {
            return parameter;
        }
        setField(statement, parameter, row, place);
        return parameter + 1;
    }

    private void setField(PreparedStatement statement, int parameter, Row row, int place) throws SQLException {
        SourceColumn column = key.get(place);
        ByteBuffer value = ByteBuffer.wrap(row.bytes(), row.offsetOf(place), row.lengthOf(place));
        switch (column.column().type().kind()) {
            case BOOL -> statement.setInt(parameter, value.get());
            case INT8, INT16, YEAR -> statement.setInt(parameter, value.getShort());
            case INT32 -> statement.setInt(parameter, value.getInt());
            case INT64 -> statement.setLong(parameter, value.getLong());
            case UINT64, DECIMAL -> statement.setBigDecimal(parameter, Numeric.decode(remaining(value)));
            case FLOAT32 -> statement.setDouble(parameter, value.getFloat());
            case FLOAT64 -> statement.setDouble(parameter, value.getDouble());
            case TEXT, JSON -> statement.setString(parameter, text(value));
            case BYTES -> statement.setBytes(parameter, remaining(value));
            case DATE ->
                statement.setString(parameter, Timestamps.date(value.getInt()).toString());
            case TIMESTAMP, INSTANT ->
                statement.setString(
                        parameter, Timestamps.dateTime(value.getLong()).format(TIMESTAMP));
            case TIME, DURATION -> statement.setString(parameter, duration(value.getLong()));
            case BIT -> statement.setBigDecimal(parameter, bits(value));
            case ENUM -> throw new IllegalStateException("a label stands in the statement itself");
            case SET -> statement.setBigDecimal(parameter, members(column, text(value)));
        }
    }

    private static String text(ByteBuffer value) {
        return StandardCharsets.UTF_8.decode(value).toString();
    }

    private static byte[] remaining(ByteBuffer value) {
        byte[] bytes = new byte[value.remaining()];
        value.get(bytes);
        return bytes;
    }

    private static String duration(long micros) {
        long seconds = Math.abs(micros) / 1_000_000;
        return String.format(
                Locale.ROOT,
                "%s%02d:%02d:%02d.%06d",
                micros < 0 ? "-" : "",
                seconds / 3600,
                seconds / 60 % 60,
                seconds % 60,
                Math.abs(micros) % 1_000_000);
    }

    private static BigDecimal bits(ByteBuffer value) {
        int bits = value.getInt();
        BigInteger aligned = new BigInteger(1, remaining(value));
        return new BigDecimal(aligned.shiftRight((Byte.SIZE - bits % Byte.SIZE) % Byte.SIZE));
    }

    private static BigDecimal members(SourceColumn column, String labels) {
        BigInteger members = BigInteger.ZERO;
        if (!labels.isEmpty()) {
            for (String label : Arrays.asList(labels.split(",", -1))) {
                members = members.setBit(column.labels().indexOf(label));
            }
        }
        return new BigDecimal(members);
    }
}
