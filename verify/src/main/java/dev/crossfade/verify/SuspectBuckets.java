package dev.crossfade.verify;

import java.util.Arrays;

/**
 * Buckets whose sums differ and that one further reading takes apart: where the rows of each begin in an array that holds them all, which
 * is known before, because the same snapshot shows the same rows. The first ones are kept in detail, so that findings can be listed.
 */
final class SuspectBuckets {
    /** Rows of both sides that are kept in detail, beyond those of the first bucket: some hundred bytes each. */
    private static final int MAX_DETAILED_ROWS = 20_000;

    private static final int NONE = -1;

    private final int[] buckets;
    private final int detailed;
    private final int[] slotOfBucket = new int[BucketSums.BUCKETS];
    private final int[] sourceStarts;
    private final int[] targetStarts;

    private SuspectBuckets(int[] buckets, BucketSums source, BucketSums target) {
        this.buckets = buckets;
        this.sourceStarts = starts(buckets, source);
        this.targetStarts = starts(buckets, target);
        Arrays.fill(slotOfBucket, NONE);
        for (int slot = 0; slot < buckets.length; slot++) {
            slotOfBucket[buckets[slot]] = slot;
        }
        int fitting = 1;
        while (fitting < buckets.length && sourceStarts[fitting + 1] + targetStarts[fitting + 1] <= MAX_DETAILED_ROWS) {
            fitting++;
        }
        this.detailed = fitting;
    }

    /** As many of {@code differing} from {@code first} on as hold at most {@code maxRows} rows; at least one. */
    static SuspectBuckets from(int[] differing, int first, BucketSums source, BucketSums target, int maxRows) {
        int end = first;
        long rows = 0;
        while (end < differing.length) {
            rows += source.rows(differing[end]) + target.rows(differing[end]);
            if (rows > maxRows && end > first) {
                break;
            }
            end++;
        }
        return new SuspectBuckets(Arrays.copyOfRange(differing, first, end), source, target);
    }

    private static int[] starts(int[] buckets, BucketSums sums) {
        int[] starts = new int[buckets.length + 1];
        for (int slot = 0; slot < buckets.length; slot++) {
            starts[slot + 1] = Math.toIntExact(starts[slot] + sums.rows(buckets[slot]));
        }
        return starts;
    }

    int count() {
        return buckets.length;
    }

    /** The place of a bucket among the suspects, negative if it is none. */
    int slot(int bucket) {
        return slotOfBucket[bucket];
    }

    boolean isDetailed(int slot) {
        return slot < detailed;
    }

    /** Where the rows of {@code slot} begin on a side; {@code slot} = {@link #count} is the end of all. */
    int start(Side side, int slot) {
        return (side == Side.SOURCE ? sourceStarts : targetStarts)[slot];
    }
}
