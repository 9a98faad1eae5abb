package dev.crossfade.verify;

import dev.crossfade.verify.ValueForm.Outcome;

/**
 * Dates and times, always to the microsecond: {@code 2024-02-29}, {@code 2024-02-29 23:59:59.000000}, {@code -838:59:59.000000}. No
 * calendar is involved: both servers write proleptic Gregorian dates, so the digits are compared. An INSTANT is written in UTC by both,
 * because both sessions are set to it. A source's date without a year, a month or a day is a zero date. PostgreSQL's years BC and {@code
 * infinity} are malformed, because no source value can be one.
 */
final class TemporalForm {
    private static final int DATE_LENGTH = 10; // YYYY-MM-DD
    private static final int SECONDS_LENGTH = 19; // YYYY-MM-DD HH:MM:SS
    private static final int FRACTION_DIGITS = 6;

    private TemporalForm() {}

    static Outcome appendSourceDate(byte[] value, FormBuffer out) {
        if (value.length != DATE_LENGTH || value[4] != '-' || value[7] != '-') {
            return Outcome.MALFORMED;
        }
        if (isZeroDate(value)) {
            return Outcome.ZERO_DATE;
        }
        out.put(value, 0, DATE_LENGTH);
        return Outcome.VALUE;
    }

    static Outcome appendSourceTimestamp(byte[] value, FormBuffer out) {
        if (value.length < SECONDS_LENGTH || value[4] != '-' || value[7] != '-') {
            return Outcome.MALFORMED;
        }
        if (isZeroDate(value)) {
            return Outcome.ZERO_DATE;
        }
        return appendFraction(value, 0, value.length, out);
    }

    static Outcome appendTargetDate(byte[] value, FormBuffer out) {
        if (!endsWithDigit(value)) {
            return Outcome.MALFORMED;
        }
        out.put(value, 0, value.length);
        return Outcome.VALUE;
    }

    static Outcome appendTargetTimestamp(byte[] value, FormBuffer out) {
        return endsWithDigit(value) ? appendFraction(value, 0, value.length, out) : Outcome.MALFORMED;
    }

    static Outcome appendTargetInstant(byte[] value, FormBuffer out) {
        int end = value.length - 3;
        if (end < SECONDS_LENGTH || value[end] != '+' || value[end + 1] != '0' || value[end + 2] != '0') {
            return Outcome.MALFORMED;
        }
        return appendFraction(value, 0, end, out);
    }

    /** A time of day or a span of time of any number of hours, {@code [-]H+:MM:SS[.f]}; of an interval, its microseconds only. */
    static Outcome appendDuration(byte[] value, FormBuffer out) {
        int from = value.length > 0 && value[0] == '-' ? 1 : 0;
        int hoursEnd = from;
        boolean zero = true;
        for (int i = from; i < value.length; i++) {
            byte b = value[i];
            if (b == ':' && hoursEnd == from) {
                hoursEnd = i;
            } else if (b != ':' && b != '.' && (b < '0' || b > '9')) {
                return Outcome.MALFORMED; // days or months of an interval, which no source value has
            }
            zero &= b == '0' || b == ':' || b == '.';
        }
        if (hoursEnd == from) {
            return Outcome.MALFORMED;
        }
        if (from == 1 && !zero) {
            out.put('-');
        }
        int first = from;
        while (hoursEnd - first > 2 && value[first] == '0') {
            first++;
        }
        return appendFraction(value, first, value.length, out);
    }

    private static boolean isZeroDate(byte[] value) {
        return (value[0] == '0' && value[1] == '0' && value[2] == '0' && value[3] == '0')
                || (value[5] == '0' && value[6] == '0')
                || (value[8] == '0' && value[9] == '0');
    }

    private static boolean endsWithDigit(byte[] value) {
        return value.length > 0 && value[value.length - 1] >= '0' && value[value.length - 1] <= '9';
    }

    /** Copies {@code value}, with six digits after the point of its seconds. */
    private static Outcome appendFraction(byte[] value, int from, int to, FormBuffer out) {
        int point = to;
        for (int i = to - 1; i >= from && i >= to - FRACTION_DIGITS - 1; i--) {
            if (value[i] == '.') {
                point = i;
                break;
            }
        }
        out.put(value, from, point - from);
        out.put('.');
        int digits = Math.max(0, to - point - 1);
        out.put(value, Math.min(point + 1, to), digits);
        for (int i = digits; i < FRACTION_DIGITS; i++) {
            out.put('0');
        }
        return Outcome.VALUE;
    }
}
