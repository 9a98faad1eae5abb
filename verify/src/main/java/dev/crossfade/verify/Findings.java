package dev.crossfade.verify;

import dev.crossfade.verify.DifferentRow.ValuePair;
import dev.crossfade.verify.FurtherReading.RowDetail;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Compares suspect buckets key by key, counts every finding and keeps the first ones for the report. One thread. */
final class Findings {
    private final TableQuery query;
    private final int maxListed;
    private final List<Finding> listed = new ArrayList<>();
    private long total;

    Findings(TableQuery query, int maxListed) {
        this.query = query;
        this.maxListed = maxListed;
    }

    /** All listed findings, those of one kind of key in the order of keys. */
    List<Finding> listed() {
        List<Finding> sorted = new ArrayList<>(listed);
        // Shorter first puts whole numbers in their order.
        sorted.sort(Comparator.comparing(Findings::keyOf, Comparator.comparingInt(String::length))
                .thenComparing(Findings::keyOf));
        return sorted;
    }

    long total() {
        return total;
    }

    /** Compares every bucket that the two readings hold. */
    void compare(FurtherReading source, FurtherReading target, SuspectBuckets suspects) {
        for (int slot = 0; slot < suspects.count(); slot++) {
            compareBucket(source, target, slot, suspects.isDetailed(slot));
        }
    }

    private void compareBucket(FurtherReading source, FurtherReading target, int slot, boolean detailed) {
        List<SuspectRow> sourceRows = source.rows(slot);
        List<SuspectRow> targetRows = target.rows(slot);
        int s = 0;
        int t = 0;
        while (s < sourceRows.size() || t < targetRows.size()) {
            SuspectRow key = s == sourceRows.size()
                    ? targetRows.get(t)
                    : t == targetRows.size() || SuspectRow.BY_KEY.compare(sourceRows.get(s), targetRows.get(t)) <= 0
                            ? sourceRows.get(s)
                            : targetRows.get(t);
            int sourceEnd = endOfKey(sourceRows, s, key);
            int targetEnd = endOfKey(targetRows, t, key);
            List<SuspectRow> onlySource = new ArrayList<>();
            List<SuspectRow> onlyTarget = new ArrayList<>();
            cancel(sourceRows.subList(s, sourceEnd), targetRows.subList(t, targetEnd), onlySource, onlyTarget);
            report(source, target, onlySource, onlyTarget, detailed);
            s = sourceEnd;
            t = targetEnd;
        }
    }

    private static int endOfKey(List<SuspectRow> rows, int from, SuspectRow key) {
        int end = from;
        while (end < rows.size() && SuspectRow.BY_KEY.compare(rows.get(end), key) == 0) {
            end++;
        }
        return end;
    }

    /** Takes rows that both sides have out, one against one: two equal rows on one side need two on the other. */
    private static void cancel(
            List<SuspectRow> source,
            List<SuspectRow> target,
            List<SuspectRow> onlySource,
            List<SuspectRow> onlyTarget) {
        int s = 0;
        int t = 0;
        while (s < source.size() && t < target.size()) {
            int order = SuspectRow.BY_ROW.compare(source.get(s), target.get(t));
            if (order < 0) {
                onlySource.add(source.get(s++));
            } else if (order > 0) {
                onlyTarget.add(target.get(t++));
            } else {
                s++;
                t++;
            }
        }
        onlySource.addAll(source.subList(s, source.size()));
        onlyTarget.addAll(target.subList(t, target.size()));
    }

    private void report(
            FurtherReading source,
            FurtherReading target,
            List<SuspectRow> onlySource,
            List<SuspectRow> onlyTarget,
            boolean detailed) {
        int pairs = Math.min(onlySource.size(), onlyTarget.size());
        total += Math.max(onlySource.size(), onlyTarget.size());
        if (!detailed) {
            return;
        }
        for (int i = 0; i < pairs && listed.size() < maxListed; i++) {
            listed.add(different(source.detail(onlySource.get(i)), target.detail(onlyTarget.get(i))));
        }
        for (int i = pairs; i < onlySource.size() && listed.size() < maxListed; i++) {
            listed.add(new MissingRow(source.detail(onlySource.get(i)).key()));
        }
        for (int i = pairs; i < onlyTarget.size() && listed.size() < maxListed; i++) {
            listed.add(new ExtraRow(target.detail(onlyTarget.get(i)).key()));
        }
    }

    private Finding different(RowDetail source, RowDetail target) {
        List<String> columns = new ArrayList<>();
        List<ValuePair> values = new ArrayList<>();
        for (int column : source.columnsOtherThan(target)) {
            columns.add(query.columns().get(column).column());
            if (!source.values().isEmpty()) {
                values.add(new ValuePair(
                        source.values().get(column), target.values().get(column)));
            }
        }
        return new DifferentRow(source.key(), columns, values);
    }

    private static String keyOf(Finding finding) {
        return finding.fold(new Finding.Cases<>() {
            @Override
            public String missing(MissingRow row) {
                return row.key();
            }

            @Override
            public String extra(ExtraRow row) {
                return row.key();
            }

            @Override
            public String different(DifferentRow row) {
                return row.key();
            }

            @Override
            public String unread(UnreadRange range) {
                return "";
            }
        });
    }
}
