package dev.crossfade.capture.source;

import dev.crossfade.model.Timestamps;
import dev.crossfade.model.ValueException;

/** Days of the proleptic Gregorian calendar without an object per date. */
final class CivilDate {
    private static final int[] DAYS_BEFORE_MONTH = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};
    private static final int EPOCH_DAY_OF_YEAR_0 = -719_528; // LocalDate.of(0, 1, 1).toEpochDay()

    private CivilDate() {}

    /**
     * Days since 2000-01-01.
     *
     * @param year 0 or more
     * @throws ValueException if there is no such day: sql_mode ALLOW_INVALID_DATES lets 31 February in
     */
    static int days(int year, int month, int day) {
        boolean leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        int february = leap && month == 2 ? 1 : 0;
        if (month < 1
                || month > 12
                || day < 1
                || day > DAYS_BEFORE_MONTH[month] - DAYS_BEFORE_MONTH[month - 1] + february) {
            throw new ValueException("is not a day of the calendar");
        }
        int leapDaysBefore = year == 0 ? 0 : (year + 3) / 4 - (year + 99) / 100 + (year + 399) / 400;
        int dayOfYear = DAYS_BEFORE_MONTH[month - 1] + (leap && month > 2 ? 1 : 0) + day - 1;
        return EPOCH_DAY_OF_YEAR_0 + year * 365 + leapDaysBefore + dayOfYear - Timestamps.EPOCH_DAY;
    }
}
