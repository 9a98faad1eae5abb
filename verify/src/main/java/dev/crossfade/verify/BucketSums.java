package dev.crossfade.verify;

import java.util.Arrays;

/**
 * Rows of one side, spread over buckets by the hash of their key: per bucket and in all, how many and the sum of their hashes modulo
 * 2^128. A sum does not depend on the order of rows, and, other than XOR, two equal rows do not cancel out.
 */
final class BucketSums {
    /** 1.5 MiB a side; a table of a billion rows has 15,000 rows in a bucket. */
    static final int BUCKETS = 1 << 16;

    private static final int SHIFT = Long.SIZE - 16;

    private final long[] counts = new long[BUCKETS];
    private final long[] highs = new long[BUCKETS];
    private final long[] lows = new long[BUCKETS];
    private long rows;
    private long high;
    private long low;

    static int bucketOf(long mixedKeyHash) {
        return (int) (mixedKeyHash >>> SHIFT);
    }

    void clear() {
        Arrays.fill(counts, 0);
        Arrays.fill(highs, 0);
        Arrays.fill(lows, 0);
        rows = 0;
        high = 0;
        low = 0;
    }

    void add(int bucket, long rowHigh, long rowLow) {
        counts[bucket]++;
        long bucketLow = lows[bucket] + rowLow;
        highs[bucket] += rowHigh + carry(bucketLow, rowLow);
        lows[bucket] = bucketLow;
        rows++;
        low += rowLow;
        high += rowHigh + carry(low, rowLow);
    }

    private static int carry(long sum, long added) {
        return Long.compareUnsigned(sum, added) < 0 ? 1 : 0;
    }

    long rows() {
        return rows;
    }

    long rows(int bucket) {
        return counts[bucket];
    }

    /** 32 hex digits. */
    String checksum() {
        return String.format("%016x%016x", high, low);
    }

    /** The buckets in which two sides differ, in rising order. */
    int[] differing(BucketSums other) {
        int[] found = new int[BUCKETS];
        int count = 0;
        for (int i = 0; i < BUCKETS; i++) {
            if (counts[i] != other.counts[i] || highs[i] != other.highs[i] || lows[i] != other.lows[i]) {
                found[count++] = i;
            }
        }
        return Arrays.copyOf(found, count);
    }
}
