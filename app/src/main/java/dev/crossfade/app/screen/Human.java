package dev.crossfade.app.screen;

import java.time.Duration;
import java.util.Locale;

/** Numbers and times as a person reads them, the same in every locale. */
public final class Human {
    private Human() {}

    /** {@code 1,234,567}. */
    public static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** {@code 1 table}, {@code 3 tables}. */
    public static String count(long number, String noun) {
        return count(number) + " " + noun + (number == 1 ? "" : "s");
    }

    /** Two units at most: {@code 84 ms}, {@code 4.2 s}, {@code 42 s}, {@code 1 min 05 s}, {@code 2 h 05 min}, {@code 3 d 4 h}. */
    public static String duration(Duration duration) {
        long millis = Math.max(0, duration.toMillis());
        if (millis < 1_000) {
            return millis + " ms";
        }
        if (millis < 9_950) {
            return String.format(Locale.ROOT, "%.1f s", millis / 1_000.0);
        }
        long seconds = (millis + 500) / 1_000;
        if (seconds < 60) {
            return seconds + " s";
        }
        if (seconds < 3_600) {
            return String.format(Locale.ROOT, "%d min %02d s", seconds / 60, seconds % 60);
        }
        long minutes = seconds / 60;
        if (minutes < 24 * 60) {
            return String.format(Locale.ROOT, "%d h %02d min", minutes / 60, minutes % 60);
        }
        return minutes / (24 * 60) + " d " + minutes / 60 % 24 + " h";
    }

    /** Rounded, so that the digits stand still: {@code 940 rows/s}, {@code 12.3 k rows/s}, {@code 412 k rows/s}, {@code 1.45 M rows/s}. */
    public static String rate(double rowsPerSecond) {
        double rate = Math.max(0, rowsPerSecond);
        if (rate < 1_000) {
            return String.format(Locale.ROOT, "%.0f rows/s", rate);
        }
        if (rate < 99_950) {
            return String.format(Locale.ROOT, "%.1f k rows/s", rate / 1_000);
        }
        if (rate < 999_500) {
            return String.format(Locale.ROOT, "%.0f k rows/s", rate / 1_000);
        }
        return String.format(Locale.ROOT, "%.2f M rows/s", rate / 1_000_000);
    }

    /** {@code 812 B}, {@code 1.5 GiB}. */
    public static String bytes(long bytes) {
        String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
        double size = bytes;
        int unit = 0;
        while (size >= 1_024 && unit < units.length - 1) {
            size /= 1_024;
            unit++;
        }
        return unit == 0
                ? bytes + " B"
                : String.format(Locale.ROOT, size < 10 ? "%.1f %s" : "%.0f %s", size, units[unit]);
    }
}
