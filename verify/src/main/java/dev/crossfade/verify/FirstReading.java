package dev.crossfade.verify;

/** Reads one side of a table whole and sums it up by bucket. Belongs to the thread that reads. */
final class FirstReading implements RowVisitor {
    private final int[] key;
    private final BucketSums sums;
    private final long[] zeroDates;
    private final Hash128 hash = new Hash128();

    FirstReading(TableQuery query, BucketSums sums) {
        this.key = query.key();
        this.sums = sums;
        this.zeroDates = new long[query.columns().size()];
    }

    @Override
    public void row(CanonicalRow row) {
        hash.of(row.array(), 0, row.size());
        sums.add(bucket(row, key), hash.high(), hash.low());
    }

    @Override
    public void zeroDate(int column) {
        zeroDates[column]++;
    }

    /** Per column, how many values were zero or partial dates. */
    long[] zeroDates() {
        return zeroDates;
    }

    /** The bucket of a row's key; of the whole row, where there is no key. */
    static int bucket(CanonicalRow row, int[] key) {
        long spread = Hash128.SPREAD_START;
        if (key.length == 0) {
            spread = Hash128.spread(spread, row.array(), 0, row.size());
        }
        for (int column : key) {
            spread = Hash128.spread(spread, row.array(), row.start(column), row.end(column));
        }
        return BucketSums.bucketOf(Hash128.mixed(spread));
    }
}
