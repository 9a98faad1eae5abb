package dev.crossfade.verify;

import java.util.Comparator;

/**
 * A row of a suspect bucket, by its hashes.
 *
 * @param slot its bucket's place among the suspects
 * @param ordinal its place among the rows of the bucket, in the order of reading
 */
record SuspectRow(long keyHigh, long keyLow, long rowHigh, long rowLow, int slot, int ordinal) {
    static final Comparator<SuspectRow> BY_KEY =
            Comparator.comparingLong(SuspectRow::keyHigh).thenComparingLong(SuspectRow::keyLow);
    static final Comparator<SuspectRow> BY_ROW =
            Comparator.comparingLong(SuspectRow::rowHigh).thenComparingLong(SuspectRow::rowLow);
    static final Comparator<SuspectRow> ORDER = BY_KEY.thenComparing(BY_ROW);
}
