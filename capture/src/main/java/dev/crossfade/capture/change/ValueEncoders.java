package dev.crossfade.capture.change;

import dev.crossfade.capture.source.SourceProduct;
import dev.crossfade.model.LogicalType;
import dev.crossfade.model.Timestamps;
import dev.crossfade.model.ValueException;
import dev.crossfade.model.codec.RowWriter;
import java.math.BigDecimal;
import java.nio.charset.CharacterCodingException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.Year;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.util.BitSet;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * From values as the binlog client reads them to the bytes that rows hold. Debezium's own conversions are passed by: they turn zero
 * dates into the epoch, five bytes of latin1 into a question mark, and copy every text twice.
 */
final class ValueEncoders {
    private static final int NANOS_PER_MICRO = 1_000;
    private static final long MICROS_PER_SECOND = 1_000_000L;
    /** How the log writes YEAR 0000, which is 1900 plus nothing. */
    private static final int ZERO_YEAR = 1900;

    private ValueEncoders() {}

    /** Encodes one column's values. Never throws on a value. One thread at a time. */
    @FunctionalInterface
    interface ValueEncoder {
        /** An {@link EncodedValue}, or null for NULL. */
        byte @Nullable [] encode(@Nullable Object value);
    }

    @FunctionalInterface
    private interface Raw {
        byte @Nullable [] encode(Object value) throws CharacterCodingException;
    }

    /**
     * The encoder of a column; empty where Debezium's text is taken: labels of ENUM and SET, which its history of the schema knows,
     * and MySQL's binary JSON.
     */
    static Optional<ValueEncoder> of(LogicalType planned, LoggedColumn column, SourceProduct product) {
        if (!column.fits(planned)) {
            byte[] changed = EncodedValue.changed("is " + column + " in the log, the plan knows it as " + planned);
            return Optional.of(value -> changed);
        }
        return switch (planned.kind()) {
            case ENUM, SET -> Optional.empty();
            case JSON ->
                column.base().equals("JSON") && product == SourceProduct.MYSQL
                        ? Optional.empty()
                        : Optional.of(text(column, true));
            case TEXT -> Optional.of(text(column, false));
            case INT8, INT16, INT32, INT64 -> Optional.of(guarded(integer(planned.kind(), column)));
            case UINT64 -> Optional.of(guarded(unsigned64()));
            case DECIMAL -> Optional.of(guarded(decimal(planned.scale())));
            case FLOAT32 -> Optional.of(guarded(value -> EncodedValue.int32(Float.floatToRawIntBits((Float) value))));
            case FLOAT64 ->
                Optional.of(guarded(value -> EncodedValue.int64(Double.doubleToRawLongBits((Double) value))));
            case BYTES -> Optional.of(guarded(bytes(column.fixedBytes())));
            case BOOL -> Optional.of(guarded(value -> new byte[] {0, (byte) (((BitSet) value).get(0) ? 1 : 0)}));
            case BIT -> Optional.of(guarded(bits(planned.precision())));
            case DATE -> Optional.of(guarded(value -> EncodedValue.int32(Timestamps.days((LocalDate) value))));
            case TIME, DURATION -> Optional.of(guarded(duration(planned.kind() == LogicalType.Kind.DURATION)));
            case TIMESTAMP -> Optional.of(guarded(value -> EncodedValue.int64(dateTime((LocalDateTime) value))));
            case INSTANT -> Optional.of(guarded(value -> instant((ZonedDateTime) value)));
            case YEAR -> Optional.of(guarded(value -> EncodedValue.int16(year((Year) value))));
        };
    }

    private static ValueEncoder guarded(Raw raw) {
        return value -> {
            if (value == null) {
                return null;
            }
            try {
                return raw.encode(value);
            } catch (ValueException | CharacterCodingException e) {
                return EncodedValue.refused(
                        e instanceof ValueException
                                ? String.valueOf(e.getMessage())
                                : "is no text of its character set");
            } catch (ClassCastException e) {
                return EncodedValue.changed("comes as " + value.getClass().getSimpleName()
                        + " from the log, which the plan does not expect");
            }
        };
    }

    private static ValueEncoder text(LoggedColumn column, boolean isJson) {
        String characterSet = column.characterSet();
        Optional<SourceText> decoder = characterSet == null ? Optional.empty() : SourceText.of(characterSet);
        if (decoder.isEmpty()) {
            byte[] changed = EncodedValue.changed("has character set " + characterSet + ", which is not known");
            return value -> value == null ? null : changed;
        }
        SourceText source = decoder.get();
        RowWriter writer = new RowWriter(256);
        return guarded(value -> {
            byte[] utf8 = source.utf8((byte[]) value);
            return isJson
                    ? EncodedValue.written(writer, json -> json.writeJson(utf8, 0, utf8.length))
                    : EncodedValue.written(writer, text -> text.writeText(utf8, 0, utf8.length));
        });
    }

    private static Raw integer(LogicalType.Kind kind, LoggedColumn column) {
        int bits = column.integerBits();
        long mask = bits == Long.SIZE ? -1L : (1L << bits) - 1;
        boolean unsigned = column.isUnsigned();
        return value -> {
            long signed = ((Number) value).longValue(); // the log does not say which integers are unsigned
            long number = unsigned ? signed & mask : signed;
            return switch (kind) {
                case INT8, INT16 -> EncodedValue.int16((int) number);
                case INT32 -> EncodedValue.int32((int) number);
                default -> EncodedValue.int64(number);
            };
        };
    }

    private static Raw unsigned64() {
        RowWriter writer = new RowWriter(64);
        return value -> {
            long bits = ((Number) value).longValue();
            return EncodedValue.written(writer, number -> number.writeUnsigned64(bits));
        };
    }

    private static Raw decimal(int scale) {
        RowWriter writer = new RowWriter(64);
        return value -> {
            BigDecimal number = (BigDecimal) value;
            if (number.scale() != scale) {
                return EncodedValue.changed(
                        "has " + number.scale() + " digits after the point, the plan knows " + scale);
            }
            return EncodedValue.written(writer, decimal -> decimal.writeDecimal(number));
        };
    }

    private static Raw bytes(int fixedLength) {
        return value -> {
            byte[] bytes = (byte[]) value;
            return fixedLength > bytes.length ? EncodedValue.fixed(bytes, fixedLength) : EncodedValue.of(bytes);
        };
    }

    private static Raw bits(int width) {
        RowWriter writer = new RowWriter(64);
        return value -> {
            long[] words = ((BitSet) value).toLongArray();
            return EncodedValue.written(writer, bits -> bits.writeBit(width, words.length == 0 ? 0 : words[0]));
        };
    }

    private static Raw duration(boolean isInterval) {
        RowWriter writer = new RowWriter(64);
        return value -> {
            Duration time = (Duration) value;
            long micros = time.getSeconds() * MICROS_PER_SECOND + micros(time.getNano());
            return isInterval
                    ? EncodedValue.written(writer, duration -> duration.writeDuration(micros))
                    : EncodedValue.int64(micros);
        };
    }

    private static long dateTime(LocalDateTime value) {
        return Timestamps.micros(value.truncatedTo(ChronoUnit.SECONDS)) + micros(value.get(ChronoField.NANO_OF_SECOND));
    }

    private static byte @Nullable [] instant(ZonedDateTime value) {
        if (value.toEpochSecond() == 0) {
            return null; // '0000-00-00 00:00:00': the first second of 1970 is not a TIMESTAMP
        }
        return EncodedValue.int64(
                value.toEpochSecond() * MICROS_PER_SECOND + micros(value.getNano()) - Timestamps.EPOCH_MICROS);
    }

    /** Rounded, because the client computes nanoseconds by floating point. */
    private static long micros(int nanos) {
        return (nanos + NANOS_PER_MICRO / 2L) / NANOS_PER_MICRO;
    }

    private static int year(Year value) {
        return value.getValue() == ZERO_YEAR ? 0 : value.getValue();
    }
}
