package dev.crossfade.testkit;

import com.github.shyiko.mysql.binlog.event.EventType;
import com.github.shyiko.mysql.binlog.event.TableMapEventData;
import com.github.shyiko.mysql.binlog.event.deserialization.DeleteRowsEventDataDeserializer;
import com.github.shyiko.mysql.binlog.event.deserialization.EventDataDeserializer;
import com.github.shyiko.mysql.binlog.event.deserialization.EventDeserializer;
import com.github.shyiko.mysql.binlog.event.deserialization.EventDeserializer.CompatibilityMode;
import com.github.shyiko.mysql.binlog.event.deserialization.EventHeaderV4Deserializer;
import com.github.shyiko.mysql.binlog.event.deserialization.NullEventDataDeserializer;
import com.github.shyiko.mysql.binlog.event.deserialization.UpdateRowsEventDataDeserializer;
import com.github.shyiko.mysql.binlog.event.deserialization.WriteRowsEventDataDeserializer;
import com.github.shyiko.mysql.binlog.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.Serializable;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;

/**
 * Decodes row events so that nothing is lost: characters as bytes, times in microseconds, negative TIME, and dates before 1582 in the
 * calendar of the databases, which has no gap there. A date with a month or day of zero is {@link #NO_DATE}.
 */
final class BinlogRows {
    private static final long OFFSET = 0x800000L; // what is added to a TIME's upper 24 bits so that the bytes sort

    static final long NO_DATE = Long.MIN_VALUE;
    private static final long DATETIME_OFFSET = 0x8000000000L; // the same for the upper 40 bits of a DATETIME

    private BinlogRows() {}

    /** A decoder for one pass; it keeps the table maps in {@code tables}. */
    static EventDeserializer decoder(Map<Long, TableMapEventData> tables) {
        EventDeserializer decoder = new EventDeserializer(
                new EventHeaderV4Deserializer(), new NullEventDataDeserializer(), new HashMap<>(), tables);
        EventDeserializer defaults = new EventDeserializer();
        for (var type : EventType.values()) {
            EventDataDeserializer<?> other = defaults.getEventDataDeserializer(type);
            decoder.setEventDataDeserializer(
                    type,
                    switch (type) {
                        case WRITE_ROWS -> new Inserts(tables);
                        case EXT_WRITE_ROWS -> new Inserts(tables).setMayContainExtraInformation(true);
                        case UPDATE_ROWS -> new Updates(tables);
                        case EXT_UPDATE_ROWS -> new Updates(tables).setMayContainExtraInformation(true);
                        case DELETE_ROWS -> new Deletes(tables);
                        case EXT_DELETE_ROWS -> new Deletes(tables).setMayContainExtraInformation(true);
                        default -> other;
                    });
        }
        decoder.setCompatibilityMode(
                CompatibilityMode.DATE_AND_TIME_AS_LONG_MICRO, CompatibilityMode.CHAR_AND_BINARY_AS_BYTE_ARRAY);
        return decoder;
    }

    /**
     * TIME in microseconds. The library ignores its sign.
     *
     * @see <a href="https://dev.mysql.com/doc/dev/mysql-server/9.0.0/my__time_8cc.html">my_time_packed_from_binary</a>
     */
    private static long time(int digits, ByteArrayInputStream input) throws IOException {
        long whole = bigEndian(input, 3) - OFFSET;
        int bytes = (digits + 1) / 2;
        long fraction = bigEndian(input, bytes);
        if (whole < 0 && fraction != 0) {
            whole++;
            fraction -= 1L << (8 * bytes);
        }
        long seconds = Math.abs(whole);
        long micros =
                (((seconds >> 12) % (1 << 10) * 60 + (seconds >> 6) % (1 << 6)) * 60 + seconds % (1 << 6)) * 1_000_000L
                        + Math.abs(fraction) * (bytes == 1 ? 10_000 : bytes == 2 ? 100 : 1);
        return whole < 0 || fraction < 0 ? -micros : micros;
    }

    /** Midnight of a DATE in microseconds since 1970: a little-endian number with 5 bits of day, 4 of month, 15 of year. */
    private static long date(ByteArrayInputStream input) throws IOException {
        int packed = input.read() | input.read() << 8 | input.read() << 16;
        return micros(packed >> 9, packed >> 5 & 0xF, packed & 0x1F, 0, 0);
    }

    /** A DATETIME in microseconds since 1970: 17 bits of year and month, 5 each of day and hour, 6 each of minute and second. */
    private static long dateTime(int digits, ByteArrayInputStream input) throws IOException {
        long packed = bigEndian(input, 5) - DATETIME_OFFSET;
        int bytes = (digits + 1) / 2;
        long fraction = bigEndian(input, bytes) * (bytes == 1 ? 10_000 : bytes == 2 ? 100 : 1);
        int months = (int) (packed >> 22);
        long seconds = ((packed >> 12 & 0x1F) * 60 + (packed >> 6 & 0x3F)) * 60 + (packed & 0x3F);
        return micros(months / 13, months % 13, (int) (packed >> 17 & 0x1F), seconds, fraction);
    }

    private static long micros(int year, int month, int day, long seconds, long fraction) {
        return month == 0 || day == 0
                ? NO_DATE
                : (LocalDate.of(year, month, day).toEpochDay() * 86_400 + seconds) * 1_000_000 + fraction;
    }

    private static long bigEndian(ByteArrayInputStream input, int bytes) throws IOException {
        long number = 0;
        for (int i = 0; i < bytes; i++) {
            number = number << 8 | input.read();
        }
        return number;
    }

    private static final class Inserts extends WriteRowsEventDataDeserializer {
        Inserts(Map<Long, TableMapEventData> tables) {
            super(tables);
        }

        @Override
        protected Serializable deserializeTimeV2(int digits, ByteArrayInputStream input) throws IOException {
            return time(digits, input);
        }

        @Override
        protected Serializable deserializeDate(ByteArrayInputStream input) throws IOException {
            return date(input);
        }

        @Override
        protected Serializable deserializeDatetimeV2(int digits, ByteArrayInputStream input) throws IOException {
            return dateTime(digits, input);
        }
    }

    private static final class Updates extends UpdateRowsEventDataDeserializer {
        Updates(Map<Long, TableMapEventData> tables) {
            super(tables);
        }

        @Override
        protected Serializable deserializeTimeV2(int digits, ByteArrayInputStream input) throws IOException {
            return time(digits, input);
        }

        @Override
        protected Serializable deserializeDate(ByteArrayInputStream input) throws IOException {
            return date(input);
        }

        @Override
        protected Serializable deserializeDatetimeV2(int digits, ByteArrayInputStream input) throws IOException {
            return dateTime(digits, input);
        }
    }

    private static final class Deletes extends DeleteRowsEventDataDeserializer {
        Deletes(Map<Long, TableMapEventData> tables) {
            super(tables);
        }

        @Override
        protected Serializable deserializeTimeV2(int digits, ByteArrayInputStream input) throws IOException {
            return time(digits, input);
        }

        @Override
        protected Serializable deserializeDate(ByteArrayInputStream input) throws IOException {
            return date(input);
        }

        @Override
        protected Serializable deserializeDatetimeV2(int digits, ByteArrayInputStream input) throws IOException {
            return dateTime(digits, input);
        }
    }
}
