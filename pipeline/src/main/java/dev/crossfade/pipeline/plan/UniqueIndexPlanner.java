package dev.crossfade.pipeline.plan;

import dev.crossfade.capture.source.SourceColumn;
import dev.crossfade.capture.source.SourceIndex;
import dev.crossfade.capture.source.SourceTable;
import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.LogicalType;
import dev.crossfade.model.OrderGroup.Copy;
import dev.crossfade.model.Problem;
import dev.crossfade.model.Table;
import dev.crossfade.model.TablePlan;
import dev.crossfade.model.UniqueIndex;
import dev.crossfade.pipeline.plan.OrderReason.Kind;
import dev.crossfade.sink.target.UniqueIndexes.Found;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds which unique indexes the target will have besides its primary keys: those of the source, which are built there, and those
 * that stand there already. Values that move from row to row collide with either unless the changes come in order. Pure; collects
 * every problem.
 */
final class UniqueIndexPlanner {
    /**
     * A third of a page, which is the most that PostgreSQL takes for an entry of an index.
     *
     * @see <a href="https://www.postgresql.org/docs/17/btree.html">B-Tree indexes</a>
     */
    private static final int MAX_ENTRY_BYTES = 2_700;

    private static final int MAX_CHARACTER_BYTES = 4; // of UTF-8
    private static final int MAX_FIXED_BYTES = 16; // interval and small numerics with their headers

    private final List<UniqueIndex> indexes = new ArrayList<>();
    private final List<OrderReason> reasons = new ArrayList<>();
    private final List<Problem> problems = new ArrayList<>();
    private final List<String> notBuilt = new ArrayList<>();
    private final IndexNames names;

    /**
     * Looks at every planned table.
     *
     * @param sources the source's description of at least those
     * @param found unique indexes of target tables that were there before the migration
     */
    UniqueIndexPlanner(List<TablePlan> tables, List<SourceTable> sources, List<Found> found) {
        this.names = new IndexNames(tables, found);
        for (TablePlan table : tables) {
            sources.stream()
                    .filter(source -> source.id().equals(table.source().id()))
                    .forEach(source -> add(
                            table,
                            source,
                            found.stream()
                                    .filter(index ->
                                            index.table().equals(table.target().id()))
                                    .toList()));
        }
    }

    /** Every unique index that counts: those that are there, and those to be built, in the order of the tables. */
    List<UniqueIndex> indexes() {
        return indexes;
    }

    /** Why their tables are in order groups. */
    List<OrderReason> reasons() {
        return reasons;
    }

    /** What was found wrong. */
    List<Problem> problems() {
        return problems;
    }

    /** Unique indexes of the source that the target will not have, each with the reason, for people. */
    List<String> notBuilt() {
        return notBuilt;
    }

    private void add(TablePlan table, SourceTable source, List<Found> found) {
        Table target = table.target();
        for (Found index : found) {
            if (isKeyed(target, index.columns()) && index.plain()) {
                continue; // rows with different keys never collide in it
            }
            if (!index.plain() || !isImplied(table, source, index)) {
                problems.add(refused(index));
                continue;
            }
            indexes.add(new UniqueIndex(index.name(), target.id(), index.columns()));
            reasons.add(new OrderReason(
                    List.of(source.id()),
                    Kind.UNIQUE_INDEX,
                    "unique index " + index.name() + " of the target's table " + target.id(),
                    Copy.SNAPSHOT));
        }
        for (SourceIndex index : source.indexes()) {
            if (index.unique()) {
                build(table, source, index);
            }
        }
    }

    private void build(TablePlan table, SourceTable source, SourceIndex index) {
        Table target = table.target();
        Optional<List<String>> columns = SourceUniqueness.targetColumns(table, index.columns());
        Optional<String> obstacle = obstacle(source, index, columns);
        if (obstacle.isPresent()) {
            notBuilt.add(source.id().name() + "." + index.name() + " (" + obstacle.get() + ")");
            return;
        }
        List<String> indexed = columns.orElseThrow();
        boolean isThere = indexes.stream()
                .anyMatch(other -> other.table().equals(target.id())
                        && Set.copyOf(other.columns()).equals(Set.copyOf(indexed)));
        if (isThere || isKeyed(target, indexed)) {
            return;
        }
        indexes.add(new UniqueIndex(names.of(target.id(), index.name()), target.id(), indexed));
        reasons.add(new OrderReason(
                List.of(source.id()),
                Kind.UNIQUE_INDEX,
                "unique index " + source.id().name() + "." + index.name(),
                Copy.CHUNKS));
    }

    private static Optional<String> obstacle(SourceTable source, SourceIndex index, Optional<List<String>> columns) {
        if (!index.columnsOnly()) {
            return Optional.of("it is over an expression");
        }
        if (columns.isEmpty()) {
            return Optional.of("the mapping drops a column of it");
        }
        long bytes = index.columns().stream()
                .mapToLong(column -> maxBytes(source.column(column)))
                .sum();
        return bytes > MAX_ENTRY_BYTES
                ? Optional.of("its entries may be longer than " + MAX_ENTRY_BYTES + " bytes")
                : Optional.empty();
    }

    private static long maxBytes(SourceColumn column) {
        LogicalType type = column.column().type();
        long unlimited = Integer.MAX_VALUE;
        return switch (type.kind()) {
            case TEXT -> type.precision() == 0 ? unlimited : (long) MAX_CHARACTER_BYTES * type.precision();
            case BYTES -> type.precision() == 0 ? unlimited : type.precision();
            case ENUM ->
                (long) MAX_CHARACTER_BYTES
                        * column.labels().stream()
                                .mapToInt(String::length)
                                .max()
                                .orElse(0);
            case SET ->
                (long) MAX_CHARACTER_BYTES
                        * column.labels().stream()
                                .mapToInt(label -> label.length() + 1)
                                .sum();
            case DECIMAL -> MAX_FIXED_BYTES + type.precision();
            case JSON -> unlimited;
            case BOOL,
                    INT8,
                    INT16,
                    INT32,
                    INT64,
                    UINT64,
                    FLOAT32,
                    FLOAT64,
                    DATE,
                    TIME,
                    DURATION,
                    TIMESTAMP,
                    INSTANT,
                    YEAR,
                    BIT -> MAX_FIXED_BYTES;
        };
    }

    /** Whether no two rows with different keys can be equal in these columns. */
    private static boolean isKeyed(Table target, List<String> columns) {
        return !target.key().isEmpty() && columns.containsAll(target.key());
    }

    /** Whether something unique of the source keeps rows of the target from colliding. */
    private static boolean isImplied(TablePlan table, SourceTable source, Found index) {
        return SourceUniqueness.of(source).stream()
                .map(columns -> SourceUniqueness.targetColumns(table, columns))
                .flatMap(Optional::stream)
                .anyMatch(columns -> index.columns().containsAll(columns));
    }

    private static Problem refused(Found index) {
        String seen = index.plain()
                ? "which nothing unique of its source table implies"
                : "which compares rows in another way than the source";
        return new Problem(
                ErrorKind.TARGET,
                "TARGET-UNIQUE",
                "table " + index.table(),
                "it has the unique index " + index.name() + " over " + index.columns() + " beside its primary key, "
                        + seen + ": rows of the source could collide in it",
                "drop the index, and create it again after the switch");
    }
}
