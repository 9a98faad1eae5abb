package dev.crossfade.sink.apply;

import dev.crossfade.model.Column;
import dev.crossfade.model.Row;
import dev.crossfade.model.RowKey;
import dev.crossfade.model.Table;
import dev.crossfade.model.TablePlan;
import dev.crossfade.sink.target.Names;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The two set-wise statements of one table with a primary key; {@link KeylessStatements} has those of others. The rows travel as one
 * binary array per column, so a statement is one round trip however many rows it has. Where the table is a contribution store, the target
 * follows it. Immutable; any thread.
 */
final class TableStatements {
    private final Table table;
    private final Optional<Contributions> contributions;
    private final int[] keyFields;
    private final String upsert;
    private final String delete;

    /** The statements of the table that the plan's rows are written into. */
    TableStatements(TablePlan plan) {
        this.table = plan.written();
        this.contributions = Contributions.of(plan);
        this.keyFields = table.keyIndexes();
        this.upsert = upsertSql(table);
        this.delete = deleteSql(table);
    }

    Table table() {
        return table;
    }

    RowKey keyOf(Row row) {
        return row.key(keyFields);
    }

    private static String upsertSql(Table table) {
        List<String> columns = table.columns().stream().map(Column::name).toList();
        String sets = columns.stream()
                .filter(name -> !table.key().contains(name))
                .map(name -> Names.quote(name) + " = excluded." + Names.quote(name))
                .collect(Collectors.joining(", "));
        return "insert into " + Names.quote(table.id()) + " (" + Names.list(columns) + ") select * from unnest("
                + parameters(columns.size()) + ") on conflict (" + Names.list(table.key()) + ") do "
                + (sets.isEmpty() ? "nothing" : "update set " + sets);
    }

    /** The table is {@code t} in it. */
    static String deleteSql(Table table) {
        int parts = table.key().size();
        String aliases = IntStream.range(0, parts).mapToObj(i -> "k" + i).collect(Collectors.joining(", "));
        String condition = IntStream.range(0, parts)
                .mapToObj(i -> "t." + Names.quote(table.key().get(i)) + " = gone.k" + i)
                .collect(Collectors.joining(" and "));
        return "delete from " + Names.quote(table.id()) + " t using unnest(" + parameters(parts) + ") as gone ("
                + aliases + ") where " + condition;
    }

    static String parameters(int count) {
        return String.join(", ", Collections.nCopies(count, "?"));
    }

    /** Deletes these keys, whether they are there or not, and makes the table hold exactly these rows, each key at most once. */
    void write(Connection transaction, List<Row> deletes, List<Row> upserts) throws SQLException {
        if (contributions.isPresent()) {
            List<Row> keys = new ArrayList<>(deletes);
            upserts.forEach(row -> keys.add(keyOf(row).row()));
            contributions.get().replace(transaction, keys, upserts);
        } else {
            run(transaction, delete, table.keyColumns(), deletes);
            run(transaction, upsert, table.columns(), upserts);
        }
    }

    /** Runs a statement over arrays of these columns, unless there are no rows. */
    static void run(Connection transaction, String sql, List<Column> columns, List<Row> rows) throws SQLException {
        if (rows.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = transaction.prepareStatement(sql)) {
            bind(statement, 1, columns, rows);
            statement.executeUpdate();
        }
    }

    /** One array for each column, from this parameter on. */
    static void bind(PreparedStatement statement, int first, List<Column> columns, List<Row> rows) throws SQLException {
        for (int field = 0; field < columns.size(); field++) {
            statement.setObject(
                    first + field, new BinaryArray(columns.get(field).type(), rows, field));
        }
    }
}
