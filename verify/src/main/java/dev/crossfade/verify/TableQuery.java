package dev.crossfade.verify;

import dev.crossfade.model.Column;
import dev.crossfade.model.TableId;
import dev.crossfade.model.TablePlan;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * How one side reads one table: one statement over all rows, in whatever order the server likes.
 *
 * @param sql the statement
 * @param columns in target order
 * @param key places of the key's columns; empty for a table without a key
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, never changed
record TableQuery(String sql, List<ColumnReading> columns, int[] key) {
    /** The statement for MariaDB and MySQL. */
    static TableQuery source(TablePlan plan) {
        UnaryOperator<String> quote = name -> "`" + name.replace("`", "``") + "`";
        List<ColumnReading> columns = new ArrayList<>();
        for (int i = 0; i < plan.sourceColumns().size(); i++) {
            Column column = sourceColumn(plan, i);
            columns.add(ColumnForms.source(
                    plan.target().columns().get(i).name(), column.type(), quote.apply(column.name())));
        }
        String table = quote.apply(plan.source().id().schema()) + "."
                + quote.apply(plan.source().id().name());
        return of(table, columns, plan);
    }

    /** The statement for PostgreSQL, over the table that rows are written into. */
    static TableQuery target(TablePlan plan) {
        List<ColumnReading> columns = new ArrayList<>();
        for (Column column : plan.written().columns()) {
            columns.add(ColumnForms.target(column.name(), column.type(), onTarget(column.name())));
        }
        return of(onTarget(plan.written().id()), columns, plan);
    }

    /** A name in PostgreSQL's quotes. */
    static String onTarget(String name) {
        // As PGConnection.escapeIdentifier does; NUL cannot be in a name that a server has given us.
        return "\"" + name.replace("\"", "\"\"") + "\"";
    }

    /** A table's name in PostgreSQL's quotes. */
    static String onTarget(TableId table) {
        return onTarget(table.schema()) + "." + onTarget(table.name());
    }

    private static TableQuery of(String table, List<ColumnReading> columns, TablePlan plan) {
        String select = columns.stream().map(ColumnReading::expression).collect(Collectors.joining(", "));
        return new TableQuery("SELECT " + select + " FROM " + table, List.copyOf(columns), key(plan));
    }

    private static Column sourceColumn(TablePlan plan, int targetColumn) {
        int place = plan.source().indexOf(plan.sourceColumns().get(targetColumn));
        return plan.source().columns().get(place);
    }

    /** The key of the target, or of its store; where it has none, the source's, if all of it reaches the target. */
    private static int[] key(TablePlan plan) {
        if (!plan.written().key().isEmpty()) {
            return plan.written().keyIndexes();
        }
        Set<String> carried = new HashSet<>(plan.sourceColumns());
        if (!carried.containsAll(plan.source().key())) {
            return new int[0];
        }
        return plan.source().key().stream()
                .mapToInt(plan.sourceColumns()::indexOf)
                .toArray();
    }

    /** Whether a value can be of any length, so that few rows may fill the memory. */
    boolean hasUnboundedValues() {
        return columns.stream().anyMatch(column -> switch (column.type().kind()) {
            case JSON -> true;
            case TEXT, BYTES -> column.type().precision() == 0 || column.type().precision() > 1024;
            case BOOL,
                    INT8,
                    INT16,
                    INT32,
                    INT64,
                    UINT64,
                    DECIMAL,
                    FLOAT32,
                    FLOAT64,
                    DATE,
                    TIME,
                    DURATION,
                    TIMESTAMP,
                    INSTANT,
                    YEAR,
                    BIT,
                    ENUM,
                    SET -> false;
        });
    }
}
