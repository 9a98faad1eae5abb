package dev.crossfade.bench;

import java.util.Arrays;
import java.util.Collection;

/** Measured times of one thing, sorted. At least one. */
final class Latencies {
    private final long[] sortedNanos;

    private Latencies(long[] sortedNanos) {
        this.sortedNanos = sortedNanos;
    }

    /** In any order. */
    static Latencies ofNanos(Collection<Long> nanos) {
        if (nanos.isEmpty()) {
            throw new IllegalArgumentException("no time was measured");
        }
        long[] sorted = nanos.stream().mapToLong(Long::longValue).toArray();
        Arrays.sort(sorted);
        return new Latencies(sorted);
    }

    int count() {
        return sortedNanos.length;
    }

    /**
     * The nearest rank: the smallest measured time that at least {@code percent} of all are not longer than. Always one of the
     * measured times, never one between two; the 99th of less than 100 times is the longest.
     *
     * @param percent more than 0, at most 100
     */
    double percentileMillis(int percent) {
        if (percent < 1 || percent > 100) {
            throw new IllegalArgumentException("percentile is " + percent + ", must be 1..100");
        }
        // In integers: 0.99 * 100 is 99.00000000000001 in double, and would be rounded up to the next rank.
        int rank = Math.toIntExact(((long) sortedNanos.length * percent + 99) / 100);
        return sortedNanos[rank - 1] / 1e6;
    }

    double maxMillis() {
        return percentileMillis(100);
    }
}
