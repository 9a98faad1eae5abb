package dev.crossfade.sink.target;

import dev.crossfade.model.LogicalType;

/** PostgreSQL's types for logical types. */
public final class PostgresTypes {
    private static final int MAX_VARCHAR = 10_485_760; // MaxAttrSize, in htup_details.h
    private static final int MAX_NUMERIC_PRECISION = 1_000;

    private PostgresTypes() {}

    /**
     * How a column of this type is declared on the target, written as {@code format_type()} shows it: {@code character varying(40)},
     * {@code timestamp(6) without time zone}.
     *
     * @throws IllegalArgumentException if PostgreSQL has no such type: DECIMAL of more than 1000 digits
     */
    public static String declaration(LogicalType type) {
        int precision = type.precision();
        return switch (type.kind()) {
            case BOOL -> "boolean";
            case INT8, INT16, YEAR -> "smallint";
            case INT32 -> "integer";
            case INT64 -> "bigint";
            case UINT64 -> "numeric(20,0)";
            case DECIMAL -> {
                if (precision < 1 || precision > MAX_NUMERIC_PRECISION) {
                    throw new IllegalArgumentException(type + " has no numeric type in PostgreSQL");
                }
                yield "numeric(" + precision + "," + type.scale() + ")";
            }
            case FLOAT32 -> "real";
            case FLOAT64 -> "double precision";
            case TEXT -> precision == 0 || precision > MAX_VARCHAR ? "text" : "character varying(" + precision + ")";
            case BYTES -> "bytea";
            case DATE -> "date";
            case TIME -> "time(" + precision + ") without time zone";
            case DURATION -> "interval";
            case TIMESTAMP -> "timestamp(" + precision + ") without time zone";
            case INSTANT -> "timestamp(" + precision + ") with time zone";
            case BIT -> "bit(" + precision + ")";
            case ENUM, SET -> "text";
            case JSON -> "jsonb";
        };
    }

    /**
     * The catalog's name of the type without length or precision: these are the column's to enforce when a value is assigned to
     * it. A cast to {@code bit(n)} or {@code varchar(n)} would cut in silence.
     */
    static String elementType(LogicalType type) {
        return switch (type.kind()) {
            case BOOL -> "bool";
            case INT8, INT16, YEAR -> "int2";
            case INT32 -> "int4";
            case INT64 -> "int8";
            case UINT64, DECIMAL -> "numeric";
            case FLOAT32 -> "float4";
            case FLOAT64 -> "float8";
            case TEXT, ENUM, SET -> "text";
            case BYTES -> "bytea";
            case DATE -> "date";
            case TIME -> "time";
            case DURATION -> "interval";
            case TIMESTAMP -> "timestamp";
            case INSTANT -> "timestamptz";
            case BIT -> "bit";
            case JSON -> "jsonb";
        };
    }

    /** The catalog's name of the array of such values: {@code _int4}. */
    public static String arrayType(LogicalType type) {
        return "_" + elementType(type);
    }

    /** Object id of the element type, from pg_type.dat: fixed for built-in types in every version. */
    public static int elementOid(LogicalType type) {
        return switch (type.kind()) {
            case BOOL -> 16;
            case BYTES -> 17;
            case INT8, INT16, YEAR -> 21;
            case INT32 -> 23;
            case INT64 -> 20;
            case UINT64, DECIMAL -> 1700;
            case FLOAT32 -> 700;
            case FLOAT64 -> 701;
            case TEXT, ENUM, SET -> 25;
            case DATE -> 1082;
            case TIME -> 1083;
            case DURATION -> 1186;
            case TIMESTAMP -> 1114;
            case INSTANT -> 1184;
            case BIT -> 1560;
            case JSON -> 3802;
        };
    }
}
