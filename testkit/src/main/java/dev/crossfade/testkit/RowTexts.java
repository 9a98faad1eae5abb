package dev.crossfade.testkit;

import dev.crossfade.model.Column;
import dev.crossfade.model.LogicalType;
import dev.crossfade.model.Row;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;

/**
 * Encoded rows as the canonical texts of {@link DatabaseDump} and {@link RowEvent}, so that what a topic holds can be compared with
 * what the binlog holds. It decodes by itself: a mistake of the product's codec must show.
 */
public final class RowTexts {
    private static final LocalDateTime EPOCH = LocalDateTime.of(2000, 1, 1, 0, 0);
    private static final int NUMERIC_NEGATIVE = 0x4000;

    private RowTexts() {}

    /** The values of {@code row}, whose fields are {@code columns}. */
    public static List<String> of(List<Column> columns, Row row) {
        if (columns.size() != row.fieldCount()) {
            throw new IllegalArgumentException("the row has " + row.fieldCount() + " fields, not " + columns.size());
        }
        ByteBuffer tuple = ByteBuffer.wrap(row.bytes());
        tuple.getShort();
        List<String> texts = new ArrayList<>(columns.size());
        for (Column column : columns) {
            int length = tuple.getInt();
            if (length < 0) {
                texts.add(CanonicalForm.NULL);
                continue;
            }
            texts.add(text(column.type().kind(), tuple.slice(tuple.position(), length)));
            tuple.position(tuple.position() + length);
        }
        return texts;
    }

    private static String text(LogicalType.Kind kind, ByteBuffer value) {
        return switch (kind) {
            case BOOL -> CanonicalForm.number(BigDecimal.valueOf(value.get()));
            case INT8, INT16, YEAR -> CanonicalForm.number(BigDecimal.valueOf(value.getShort()));
            case INT32 -> CanonicalForm.number(BigDecimal.valueOf(value.getInt()));
            case INT64 -> CanonicalForm.number(BigDecimal.valueOf(value.getLong()));
            case UINT64, DECIMAL -> CanonicalForm.number(numeric(value));
            case FLOAT32 -> CanonicalForm.float32(value.getFloat());
            case FLOAT64 -> CanonicalForm.float64(value.getDouble());
            case TEXT, ENUM, SET -> CanonicalForm.text(utf8(value));
            case JSON -> {
                value.get(); // jsonb's version
                yield CanonicalForm.json(utf8(value));
            }
            case BYTES -> CanonicalForm.bytes(remaining(value));
            case DATE -> CanonicalForm.date(LocalDate.of(2000, 1, 1).plusDays(value.getInt()));
            case TIME, DURATION -> CanonicalForm.number(BigDecimal.valueOf(value.getLong()));
            case TIMESTAMP -> CanonicalForm.timestamp(EPOCH, value.getLong());
            case INSTANT -> CanonicalForm.timestamp(EPOCH, value.getLong()) + "Z";
            case BIT -> bits(value);
        };
    }

    private static String bits(ByteBuffer value) {
        int count = value.getInt();
        int padding = value.remaining() * Byte.SIZE - count;
        return CanonicalForm.number(new BigDecimal(new BigInteger(1, remaining(value)).shiftRight(padding)));
    }

    /** PostgreSQL's: number of digits to base 10,000, weight of the first, sign, scale, digits. */
    private static BigDecimal numeric(ByteBuffer value) {
        int digits = value.getShort();
        int weight = value.getShort();
        boolean negative = value.getShort() == NUMERIC_NEGATIVE;
        value.getShort();
        BigInteger unscaled = BigInteger.ZERO;
        for (int i = 0; i < digits; i++) {
            unscaled = unscaled.multiply(BigInteger.valueOf(10_000)).add(BigInteger.valueOf(value.getShort()));
        }
        BigDecimal number = new BigDecimal(unscaled).scaleByPowerOfTen(4 * (weight - digits + 1));
        return negative ? number.negate() : number;
    }

    private static byte[] remaining(ByteBuffer value) {
        byte[] bytes = new byte[value.remaining()];
        value.get(bytes);
        return bytes;
    }

    private static String utf8(ByteBuffer value) {
        return StandardCharsets.UTF_8.decode(value).toString();
    }
}
