package dev.crossfade.verify;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * Reads one side of a table again and keeps the rows of suspect buckets: 32 bytes of hashes each, and of the first buckets' rows also the
 * key and what is needed to name the columns that differ. Belongs to the thread that reads until that is done.
 */
final class FurtherReading implements RowVisitor {
    private static final int KEYLESS_HASH_DIGITS = 16;

    private final Side side;
    private final TableQuery query;
    private final SuspectBuckets suspects;
    private final ValueDisclosure disclosure;
    private final Hash128 hash = new Hash128();
    private final long[] hashes; // per row: key high, key low, row high, row low
    private final int[] filled; // per slot, rows so far
    private final List<List<RowDetail>> details = new ArrayList<>(); // per detailed slot

    FurtherReading(Side side, TableQuery query, SuspectBuckets suspects, ValueDisclosure disclosure) {
        this.side = side;
        this.query = query;
        this.suspects = suspects;
        this.disclosure = disclosure;
        this.hashes = new long[Math.multiplyExact(4, suspects.start(side, suspects.count()))];
        this.filled = new int[suspects.count()];
        for (int slot = 0; slot < suspects.count() && suspects.isDetailed(slot); slot++) {
            details.add(new ArrayList<>());
        }
    }

    @Override
    public void row(CanonicalRow row) {
        int slot = suspects.slot(FirstReading.bucket(row, query.key()));
        if (slot < 0) {
            return;
        }
        int place = suspects.start(side, slot) + filled[slot]++;
        if (place >= suspects.start(side, slot + 1)) {
            return; // rowsMatchFirstReading tells
        }
        hash.of(row.array(), 0, row.size());
        hashes[4 * place + 2] = hash.high();
        hashes[4 * place + 3] = hash.low();
        if (query.key().length > 0) {
            for (int column : query.key()) {
                hash.update(row.array(), row.start(column), row.end(column));
            }
            hash.finish();
        }
        hashes[4 * place] = hash.high();
        hashes[4 * place + 1] = hash.low();
        if (suspects.isDetailed(slot)) {
            details.get(slot).add(detail(row));
        }
    }

    /** Whether this reading saw as many rows in each bucket as the first one; it does, unless the engine has no snapshots. */
    boolean rowsMatchFirstReading() {
        for (int slot = 0; slot < filled.length; slot++) {
            if (filled[slot] != suspects.start(side, slot + 1) - suspects.start(side, slot)) {
                return false;
            }
        }
        return true;
    }

    /** The rows of one bucket, ordered by key, then row. */
    List<SuspectRow> rows(int slot) {
        List<SuspectRow> rows = new ArrayList<>();
        int start = suspects.start(side, slot);
        for (int i = start; i < suspects.start(side, slot + 1); i++) {
            rows.add(new SuspectRow(
                    hashes[4 * i], hashes[4 * i + 1], hashes[4 * i + 2], hashes[4 * i + 3], slot, i - start));
        }
        rows.sort(SuspectRow.ORDER);
        return rows;
    }

    /** What is known of a row in a detailed bucket. */
    RowDetail detail(SuspectRow row) {
        return details.get(row.slot()).get(row.ordinal());
    }

    private RowDetail detail(CanonicalRow row) {
        int count = query.columns().size();
        String key = query.key().length > 0 ? row.display(query.key(), query.columns()) : keyless();
        long[] columns = new long[count];
        List<String> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            hash.of(row.array(), row.start(i), row.end(i));
            columns[i] = hash.high();
            if (disclosure == ValueDisclosure.VALUES) {
                values.add(row.display(i, query.columns().get(i)));
            }
        }
        return new RowDetail(key, columns, values);
    }

    private String keyless() {
        return "(row " + HexFormat.of().toHexDigits(hash.high()).substring(0, KEYLESS_HASH_DIGITS) + ")";
    }

    /**
     * A row of which the report can say more than that it exists.
     *
     * @param key for a person
     * @param columns a hash of each column
     * @param values for a person, in column order; empty unless values are disclosed
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record RowDetail(String key, long[] columns, List<String> values) {
        int[] columnsOtherThan(RowDetail other) {
            int[] found = new int[columns.length];
            int count = 0;
            for (int i = 0; i < columns.length; i++) {
                if (columns[i] != other.columns[i]) {
                    found[count++] = i;
                }
            }
            return Arrays.copyOf(found, count);
        }
    }
}
