package dev.crossfade.model;

import static java.util.Objects.requireNonNull;

/**
 * What a value means, whatever engine holds it. Each kind has exactly one encoding (see {@link Kind}), so a value that was read
 * by JDBC and the same value read from the log are the same bytes.
 *
 * @param kind the kind of value
 * @param precision DECIMAL: digits in all; TEXT: longest value in characters, 0 for no limit; BYTES: longest value in bytes, 0
 *     for no limit; TIME, DURATION, TIMESTAMP, INSTANT: digits of a second's fraction, 0..6; BIT: bits; 0 for all others
 * @param scale DECIMAL: digits after the point; 0 for all others
 */
public record LogicalType(Kind kind, int precision, int scale) {
    public LogicalType {
        requireNonNull(kind, "kind");
        if (precision < 0 || scale < 0) {
            throw new IllegalArgumentException(kind + "(" + precision + "," + scale + ") must not be negative");
        }
    }

    /**
     * The kinds and the bytes of their values. All numbers are big-endian. The bytes are those of PostgreSQL's binary send
     * functions for the type named, so the sink passes them to COPY as they are.
     *
     * @see <a href="https://www.postgresql.org/docs/18/sql-copy.html#SQL-COPY-BINARY-FORMAT">COPY, binary format</a>
     */
    public enum Kind {
        /** {@code boolean}: one byte, 0 or 1. */
        BOOL,
        /** {@code int2}; -128..255. */
        INT8,
        /** {@code int2}. */
        INT16,
        /** {@code int4}; also unsigned 16 bit and 24 bit integers. */
        INT32,
        /** {@code int8}; also unsigned 32 bit integers. */
        INT64,
        /** {@code numeric} with scale 0; 0..2^64-1. */
        UINT64,
        /** {@code numeric} with exactly {@code scale} digits after the point. */
        DECIMAL,
        /** {@code float4}. */
        FLOAT32,
        /** {@code float8}. */
        FLOAT64,
        /** {@code text}: UTF-8 without NUL. */
        TEXT,
        /** {@code bytea}: the bytes. */
        BYTES,
        /** {@code date}: int4, days since 2000-01-01, proleptic Gregorian. */
        DATE,
        /** {@code time}: int8, microseconds since midnight. */
        TIME,
        /** {@code interval}: int8 microseconds, then int4 days 0, int4 months 0; MySQL's TIME of up to ±838:59:59.999999. */
        DURATION,
        /** {@code timestamp}: int8, microseconds since 2000-01-01T00:00 without zone. */
        TIMESTAMP,
        /** {@code timestamptz}: int8, microseconds since 2000-01-01T00:00Z. */
        INSTANT,
        /** {@code int2}: 0 or 1901..2155. */
        YEAR,
        /** {@code bit}: int4 number of bits, then the bits, first bit highest, padded with zeros to a byte at the end. */
        BIT,
        /** {@code text}: the label; the empty text for MySQL's error value. */
        ENUM,
        /** {@code text}: the labels in order of definition, between commas. */
        SET,
        /** {@code jsonb}: the byte 1, then the document as UTF-8 text. */
        JSON
    }

    public static LogicalType of(Kind kind) {
        return new LogicalType(kind, 0, 0);
    }

    public static LogicalType decimal(int precision, int scale) {
        return new LogicalType(Kind.DECIMAL, precision, scale);
    }

    public static LogicalType text(int maxCharacters) {
        return new LogicalType(Kind.TEXT, maxCharacters, 0);
    }

    public static LogicalType bytes(int maxBytes) {
        return new LogicalType(Kind.BYTES, maxBytes, 0);
    }

    public static LogicalType bit(int bits) {
        return new LogicalType(Kind.BIT, bits, 0);
    }

    /** A TIME, DURATION, TIMESTAMP or INSTANT with {@code fractionDigits} digits of a second's fraction, 0..6. */
    public static LogicalType temporal(Kind kind, int fractionDigits) {
        return new LogicalType(kind, fractionDigits, 0);
    }

    @Override
    public String toString() {
        if (kind == Kind.DECIMAL) {
            return kind + "(" + precision + "," + scale + ")";
        }
        return precision == 0 ? kind.toString() : kind + "(" + precision + ")";
    }
}
