package dev.crossfade.verify;

import dev.crossfade.model.LogicalType;
import dev.crossfade.verify.ColumnReading.Fetch;
import dev.crossfade.verify.ValueForm.Outcome;

/**
 * For each kind of value: the SQL that each engine is read with, and the form in which the two are compared.
 *
 * <table><caption>Forms</caption>
 * <tr><td>integers, UINT64, DECIMAL, YEAR</td><td>decimal digits without leading zeros, and without trailing zeros after the point:
 *     the exact value, whatever the scale</td></tr>
 * <tr><td>FLOAT32, FLOAT64</td><td>the bits, 8 or 16 hex digits; 0 and -0 differ. MySQL and MariaDB show FLOAT with 6 digits, so it is
 *     multiplied by the double 1 first, which is exact and keeps the sign of zero</td></tr>
 * <tr><td>TEXT, ENUM, SET</td><td>UTF-8; case, accents and trailing spaces count</td></tr>
 * <tr><td>BYTES</td><td>the bytes</td></tr>
 * <tr><td>BOOL</td><td>0 or 1</td></tr>
 * <tr><td>BIT</td><td>its n digits</td></tr>
 * <tr><td>DATE, TIME, DURATION, TIMESTAMP, INSTANT</td><td>see {@link TemporalForm}</td></tr>
 * <tr><td>JSON</td><td>see {@link JsonForm}</td></tr>
 * </table>
 */
final class ColumnForms {
    private static final ValueForm VERBATIM = ColumnForms::verbatim;
    private static final ValueForm FROM_HEX = ColumnForms::fromHex;

    private ColumnForms() {}

    /**
     * How MariaDB and MySQL are asked for a column.
     *
     * @param quoted the column's name, quoted
     */
    static ColumnReading source(String targetColumn, LogicalType type, String quoted) {
        String asText = "CAST(" + quoted + " AS CHAR)";
        return switch (type.kind()) {
            case INT8, INT16, INT32, INT64, UINT64, DECIMAL, YEAR ->
                new ColumnReading(targetColumn, type, asText, Fetch.BYTES, NumberForm::append);
            case FLOAT32 ->
                new ColumnReading(
                        targetColumn, type, "CAST(" + quoted + " * 1e0 AS CHAR)", Fetch.BYTES, FloatForm::append32);
            case FLOAT64 ->
                new ColumnReading(
                        targetColumn, type, "CAST(" + quoted + " * 1e0 AS CHAR)", Fetch.BYTES, FloatForm::append64);
            // As they are stored: CAST and HEX give NULL for what then exceeds max_allowed_packet.
            case TEXT, BYTES -> new ColumnReading(targetColumn, type, quoted, Fetch.BYTES, VERBATIM);
            case ENUM, SET -> new ColumnReading(targetColumn, type, asText, Fetch.BYTES, VERBATIM);
            case DATE -> new ColumnReading(targetColumn, type, asText, Fetch.BYTES, TemporalForm::appendSourceDate);
            case TIMESTAMP, INSTANT ->
                new ColumnReading(targetColumn, type, asText, Fetch.BYTES, TemporalForm::appendSourceTimestamp);
            case TIME, DURATION ->
                new ColumnReading(targetColumn, type, asText, Fetch.BYTES, TemporalForm::appendDuration);
            case BOOL ->
                new ColumnReading(
                        targetColumn, type, "CAST(" + quoted + " + 0 AS CHAR)", Fetch.BYTES, NumberForm::append);
            case BIT ->
                new ColumnReading(
                        targetColumn, type, "BIN(" + quoted + " + 0)", Fetch.BYTES, leftPadded(type.precision()));
            case JSON -> new ColumnReading(targetColumn, type, quoted, Fetch.TEXT, JsonForm::append);
        };
    }

    /**
     * How PostgreSQL is asked for a column.
     *
     * @param quoted the column's name, quoted
     */
    static ColumnReading target(String column, LogicalType type, String quoted) {
        String asText = quoted + "::pg_catalog.text";
        return switch (type.kind()) {
            case INT8, INT16, INT32, INT64, UINT64, DECIMAL, YEAR ->
                new ColumnReading(column, type, asText, Fetch.BYTES, NumberForm::append);
            case FLOAT32 ->
                new ColumnReading(
                        column,
                        type,
                        "pg_catalog.encode(pg_catalog.float4send(" + quoted + "), 'hex')",
                        Fetch.BYTES,
                        VERBATIM);
            case FLOAT64 ->
                new ColumnReading(
                        column,
                        type,
                        "pg_catalog.encode(pg_catalog.float8send(" + quoted + "), 'hex')",
                        Fetch.BYTES,
                        VERBATIM);
            case TEXT, ENUM, SET, BIT -> new ColumnReading(column, type, asText, Fetch.BYTES, VERBATIM);
            case BYTES ->
                new ColumnReading(column, type, "pg_catalog.encode(" + quoted + ", 'hex')", Fetch.BYTES, FROM_HEX);
            case DATE -> new ColumnReading(column, type, asText, Fetch.BYTES, TemporalForm::appendTargetDate);
            case TIMESTAMP -> new ColumnReading(column, type, asText, Fetch.BYTES, TemporalForm::appendTargetTimestamp);
            case INSTANT -> new ColumnReading(column, type, asText, Fetch.BYTES, TemporalForm::appendTargetInstant);
            case TIME, DURATION -> new ColumnReading(column, type, asText, Fetch.BYTES, TemporalForm::appendDuration);
            case BOOL -> new ColumnReading(column, type, asText, Fetch.BYTES, ColumnForms::appendTargetBoolean);
            case JSON -> new ColumnReading(column, type, asText, Fetch.BYTES, JsonForm::append);
        };
    }

    private static Outcome verbatim(byte[] value, FormBuffer out) {
        out.put(value, 0, value.length);
        return Outcome.VALUE;
    }

    private static Outcome appendTargetBoolean(byte[] value, FormBuffer out) {
        if (value.length == 0) {
            return Outcome.MALFORMED;
        }
        switch (value[0]) {
            case 't', '1' -> out.put('1');
            case 'f', '0' -> out.put('0');
            default -> {
                return Outcome.MALFORMED;
            }
        }
        return Outcome.VALUE;
    }

    /** BIN() leaves leading zeros out, {@code bit(n)} shows them. */
    private static ValueForm leftPadded(int bits) {
        return (value, out) -> {
            for (int i = value.length; i < bits; i++) {
                out.put('0');
            }
            out.put(value, 0, value.length);
            return Outcome.VALUE;
        };
    }

    private static Outcome fromHex(byte[] value, FormBuffer out) {
        if (value.length % 2 != 0) {
            return Outcome.MALFORMED;
        }
        for (int i = 0; i < value.length; i += 2) {
            int high = Character.digit(value[i], 16);
            int low = Character.digit(value[i + 1], 16);
            if (high < 0 || low < 0) {
                return Outcome.MALFORMED;
            }
            out.put(high << 4 | low);
        }
        return Outcome.VALUE;
    }
}
