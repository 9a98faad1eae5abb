package dev.crossfade.model;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;

/** The epoch of encoded dates and timestamps: 2000-01-01, as PostgreSQL counts. */
public final class Timestamps {
    /** Days from 1970-01-01 to 2000-01-01. */
    public static final int EPOCH_DAY = (int) LocalDate.of(2000, 1, 1).toEpochDay();

    /** Microseconds from 1970-01-01T00:00Z to 2000-01-01T00:00Z. */
    public static final long EPOCH_MICROS = EPOCH_DAY * 86_400_000_000L;

    private static final LocalDateTime EPOCH = LocalDateTime.of(2000, 1, 1, 0, 0);

    private Timestamps() {}

    /** Encoded days of a date. */
    public static int days(LocalDate date) {
        return Math.toIntExact(date.toEpochDay() - EPOCH_DAY);
    }

    /** The date of encoded days. */
    public static LocalDate date(int days) {
        return LocalDate.ofEpochDay((long) days + EPOCH_DAY);
    }

    /** Encoded microseconds of a wall-clock time; what is finer than a microsecond is cut off. */
    public static long micros(LocalDateTime time) {
        return EPOCH.until(time, ChronoUnit.MICROS);
    }

    /** The wall-clock time of encoded microseconds. */
    public static LocalDateTime dateTime(long micros) {
        return EPOCH.plus(micros, ChronoUnit.MICROS);
    }
}
