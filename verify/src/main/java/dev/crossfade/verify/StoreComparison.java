package dev.crossfade.verify;

import dev.crossfade.model.Column;
import dev.crossfade.model.LogicalType;
import dev.crossfade.model.LogicalType.Kind;
import dev.crossfade.model.Table;
import dev.crossfade.model.TablePlan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Compares a target table with its contribution store, which holds every row of the source: of those with one key of the target the
 * table must have the one with the smallest source key, text by its bytes, and nothing else. Both are read by the target itself, in one
 * snapshot; values are equal if their texts are. One thread.
 */
final class StoreComparison {
    private static final int MAX_COLLISIONS_LISTED = 20;
    private static final Set<Kind> TEXTS = Set.of(Kind.TEXT, Kind.ENUM, Kind.SET);
    private static final LogicalType YES_OR_NO = LogicalType.of(Kind.BOOL);
    private static final LogicalType COUNT = LogicalType.of(Kind.INT64);

    private final TablePlan plan;
    private final Table store;
    private final Table target;
    private final int maxListed;

    /** For a plan with a store. */
    StoreComparison(TablePlan plan, VerificationLimits limits) {
        this.plan = plan;
        this.store = plan.written();
        this.target = plan.target();
        this.maxListed = limits.maxFindingsListed();
    }

    /**
     * Adds what is found to the comparison of the source with the store; rows that share a key become a caveat. Keys of the target are
     * written behind the names of their columns: {@code [email] ('a@x')}.
     */
    TableParity compare(Snapshot snapshot, TableParity rows) {
        long started = System.nanoTime();
        List<Finding> findings = new ArrayList<>(rows.findings());
        List<String> caveats = new ArrayList<>(rows.caveats());
        long total = rows.findingsTotal();
        Verdict verdict = rows.verdict();
        try {
            Differing differing = new Differing();
            snapshot.read(differing.query, differing, new ReadProgress());
            findings.addAll(differing.findings.subList(
                    0, Math.min(differing.findings.size(), Math.max(0, maxListed - findings.size()))));
            total += differing.total;
            verdict = total == 0 ? verdict : Verdict.DIFFERENT;
            collisions(snapshot).forEach(caveats::add);
        } catch (ReadFailure failure) {
            findings.add(failure.finding("the rows of " + target.id() + ", compared with its store"));
            total++;
            verdict = Verdict.UNREAD;
        }
        return new TableParity(
                rows.source(),
                rows.target(),
                verdict,
                rows.sourceRows(),
                rows.targetRows(),
                rows.sourceChecksum(),
                rows.targetChecksum(),
                findings,
                total,
                rows.findingsCountedExactly() && verdict != Verdict.UNREAD,
                rows.declaredDifferences(),
                caveats,
                rows.took().plus(Duration.ofNanos(System.nanoTime() - started)));
    }

    /** Rows of the target that are not what the store says, and the store's that are not there. */
    private final class Differing implements RowVisitor {
        private final List<Finding> findings = new ArrayList<>();
        private final TableQuery query;
        private final int[] key;
        private final int firstColumn;
        private long total;

        Differing() {
            List<ColumnReading> readings = new ArrayList<>();
            readings.add(reading("lacks", YES_OR_NO));
            readings.add(reading("surplus", YES_OR_NO));
            readings.add(reading("total", COUNT));
            key = IntStream.range(
                            readings.size(), readings.size() + target.key().size())
                    .toArray();
            readings.addAll(readings("k", target.keyColumns()));
            firstColumn = readings.size();
            for (int i = 0; i < target.columns().size(); i++) {
                readings.add(reading("d" + i, YES_OR_NO));
            }
            query = query(readings, differingSql());
        }

        @Override
        public void row(CanonicalRow row) {
            total = Long.parseLong(row.display(2, query.columns().get(2)));
            String named = target.key() + " " + row.display(key, query.columns());
            if (isTrue(row, 0)) {
                findings.add(new MissingRow(named));
            } else if (isTrue(row, 1)) {
                findings.add(new ExtraRow(named));
            } else {
                List<String> columns = IntStream.range(0, target.columns().size())
                        .filter(i -> isTrue(row, firstColumn + i))
                        .mapToObj(i -> target.columns().get(i).name())
                        .toList();
                findings.add(new DifferentRow(named, columns, List.of()));
            }
        }

        private boolean isTrue(CanonicalRow row, int column) {
            return row.display(column, query.columns().get(column)).equals("true");
        }
    }

    private String differingSql() {
        String keys = list(target.keyColumns(), column -> inOrder("", column));
        String firstOfKey = TableQuery.onTarget(target.key().get(0));
        StringJoiner joined = new StringJoiner(" AND ").add("c.crossfade_copy = t.crossfade_copy");
        StringJoiner selected = new StringJoiner(", ");
        for (int i = 0; i < target.key().size(); i++) {
            String name = TableQuery.onTarget(target.key().get(i));
            joined.add("c." + name + " = t." + name);
            selected.add("coalesce(c." + name + ", t." + name + ") AS k" + i);
        }
        for (int i = 0; i < target.columns().size(); i++) {
            List<Column> column = List.of(target.columns().get(i));
            selected.add(row("c.", column) + " <> " + row("t.", column) + " AS d" + i);
        }
        return """
                (SELECT t.%1$s IS NULL AS lacks, c.%1$s IS NULL AS surplus, count(*) OVER () AS total, %2$s
                FROM (SELECT DISTINCT ON (%3$s) *, 1::bigint AS crossfade_copy FROM %4$s ORDER BY %3$s, %5$s) c
                FULL JOIN (SELECT *, row_number() OVER (PARTITION BY %3$s) AS crossfade_copy FROM %6$s) t ON %7$s
                WHERE t.%1$s IS NULL OR c.%1$s IS NULL OR %8$s <> %9$s
                ORDER BY %10$s LIMIT %11$d) differing""".formatted(
                        firstOfKey,
                        selected,
                        keys,
                        TableQuery.onTarget(store.id()),
                        list(store.keyColumns(), column -> inOrder("", column)),
                        TableQuery.onTarget(target.id()),
                        joined,
                        row("c.", target.columns()),
                        row("t.", target.columns()),
                        list(target.keyColumns(), column -> "k" + target.key().indexOf(column.name())),
                        maxListed);
    }

    /** The values as one text, which differs if any of them does: digits behind the point that say nothing are no difference. */
    private static String row(String prefix, List<Column> columns) {
        return "row("
                + list(columns, column -> switch (column.type().kind()) {
                    case UINT64, DECIMAL ->
                        "pg_catalog.trim_scale(" + prefix + TableQuery.onTarget(column.name()) + ")";
                    case BOOL,
                            INT8,
                            INT16,
                            INT32,
                            INT64,
                            FLOAT32,
                            FLOAT64,
                            TEXT,
                            BYTES,
                            DATE,
                            TIME,
                            DURATION,
                            TIMESTAMP,
                            INSTANT,
                            YEAR,
                            BIT,
                            ENUM,
                            SET,
                            JSON -> prefix + TableQuery.onTarget(column.name());
                })
                + ")::pg_catalog.text";
    }

    /** Rows that share a key of the target, as one caveat; none if no rows do. */
    private List<String> collisions(Snapshot snapshot) throws ReadFailure {
        List<Long> counts = new ArrayList<>();
        String keys = list(target.keyColumns(), column -> TableQuery.onTarget(column.name()));
        TableQuery counting = query(List.of(reading("hidden", COUNT), reading("there", COUNT)), """
                (SELECT (SELECT count(*) FROM %1$s) - (SELECT count(*) FROM (SELECT DISTINCT %2$s FROM %1$s) k) AS hidden,
                  (SELECT count(*) FROM %3$s) AS there) counted""".formatted(
                        TableQuery.onTarget(store.id()), keys, TableQuery.onTarget(target.id())));
        snapshot.read(
                counting,
                row -> {
                    for (int i = 0; i < 2; i++) {
                        counts.add(
                                Long.parseLong(row.display(i, counting.columns().get(i))));
                    }
                },
                new ReadProgress());
        if (counts.get(0) == 0) {
            return List.of();
        }
        return List.of(
                "Collisions: " + counts.get(0) + " rows of " + plan.source().id()
                        + " share their key " + target.key() + " with another row and are not in " + target.id()
                        + ", which has "
                        + counts.get(1) + " rows; the smallest key of the source counts. " + listed(snapshot));
    }

    /** {@code ('a@x') of (1), (7); ('b@x') of (2), (3) and 4 more}. */
    private String listed(Snapshot snapshot) throws ReadFailure {
        List<ColumnReading> readings = new ArrayList<>();
        readings.add(reading("place", COUNT));
        readings.add(reading("sharing", COUNT));
        readings.addAll(readings("k", target.keyColumns()));
        readings.addAll(readings("s", store.keyColumns()));
        int firstOfSource = 2 + target.key().size();
        int[] key = IntStream.range(2, firstOfSource).toArray();
        int[] sourceKey = IntStream.range(firstOfSource, readings.size()).toArray();
        String keys = list(target.keyColumns(), column -> TableQuery.onTarget(column.name()));
        StringJoiner selected = new StringJoiner(", ");
        named(selected, "k", target.keyColumns());
        named(selected, "s", store.keyColumns());
        TableQuery query = query(readings, """
                (SELECT * FROM (SELECT %1$s, row_number() OVER (PARTITION BY %2$s ORDER BY %3$s) AS place,
                    count(*) OVER (PARTITION BY %2$s) AS sharing FROM %4$s) numbered
                  WHERE sharing > 1 AND place <= 2 ORDER BY %5$s, place LIMIT %6$d) listed""".formatted(
                        selected,
                        keys,
                        list(store.keyColumns(), column -> inOrder("", column)),
                        TableQuery.onTarget(store.id()),
                        list(target.keyColumns(), column -> "k" + target.key().indexOf(column.name())),
                        2 * MAX_COLLISIONS_LISTED));
        StringBuilder text = new StringBuilder();
        snapshot.read(
                query,
                row -> {
                    boolean isFirst = row.display(0, readings.get(0)).equals("1");
                    long sharing = Long.parseLong(row.display(1, readings.get(1)));
                    if (isFirst) {
                        text.append(text.isEmpty() ? "" : "; ")
                                .append(row.display(key, readings))
                                .append(" of ")
                                .append(row.display(sourceKey, readings));
                    } else {
                        text.append(", ")
                                .append(row.display(sourceKey, readings))
                                .append(sharing > 2 ? " and " + (sharing - 2) + " more" : "");
                    }
                },
                new ReadProgress());
        return text.toString();
    }

    private static void named(StringJoiner selected, String prefix, List<Column> columns) {
        for (int i = 0; i < columns.size(); i++) {
            selected.add(TableQuery.onTarget(columns.get(i).name()) + " AS " + prefix + i);
        }
    }

    private static List<ColumnReading> readings(String prefix, List<Column> columns) {
        return IntStream.range(0, columns.size())
                .mapToObj(i -> reading(prefix + i, columns.get(i).type()))
                .toList();
    }

    private static ColumnReading reading(String name, LogicalType type) {
        return ColumnForms.target(name, type, name);
    }

    private static TableQuery query(List<ColumnReading> readings, String from) {
        String select = String.join(
                ", ", readings.stream().map(ColumnReading::expression).toList());
        return new TableQuery("SELECT " + select + " FROM " + from, List.copyOf(readings), new int[0]);
    }

    private static String inOrder(String prefix, Column column) {
        return prefix
                + TableQuery.onTarget(column.name())
                + (TEXTS.contains(column.type().kind()) ? " COLLATE \"C\"" : "");
    }

    private static String list(List<Column> columns, Function<Column, String> expression) {
        return String.join(", ", columns.stream().map(expression).toList());
    }
}
