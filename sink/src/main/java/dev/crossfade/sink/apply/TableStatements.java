package dev.crossfade.sink.apply;

import dev.crossfade.model.Column;
import dev.crossfade.model.Row;
import dev.crossfade.model.RowKey;
import dev.crossfade.model.Table;
import dev.crossfade.sink.target.Names;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The two set-wise statements of one table with a primary key; {@link KeylessStatements} has those of others. The rows travel as one
 * binary array per column, so a statement is one round trip however many rows it has. Immutable; any thread.
 */
final class TableStatements {
    private final Table table;
    private final int[] keyFields;
    private final String upsert;
    private final String delete;

    TableStatements(Table table) {
        this.table = table;
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

    private static String deleteSql(Table table) {
        int parts = table.key().size();
        String aliases = IntStream.range(0, parts).mapToObj(i -> "k" + i).collect(Collectors.joining(", "));
        String condition = IntStream.range(0, parts)
                .mapToObj(i -> "t." + Names.quote(table.key().get(i)) + " = gone.k" + i)
                .collect(Collectors.joining(" and "));
        return "delete from " + Names.quote(table.id()) + " t using unnest(" + parameters(parts) + ") as gone ("
                + aliases + ") where " + condition;
    }

    private static String parameters(int count) {
        return String.join(", ", Collections.nCopies(count, "?"));
    }

    /** Makes the table hold exactly these rows under their keys, each key at most once. */
    void upsert(Connection transaction, List<Row> rows) throws SQLException {
        run(transaction, upsert, table.columns(), rows);
    }

    /** Deletes these keys, whether they are there or not. */
    void delete(Connection transaction, List<Row> keys) throws SQLException {
        run(transaction, delete, table.keyColumns(), keys);
    }

    private static void run(Connection transaction, String sql, List<Column> columns, List<Row> rows)
            throws SQLException {
        if (rows.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = transaction.prepareStatement(sql)) {
            for (int field = 0; field < columns.size(); field++) {
                statement.setObject(
                        field + 1, new BinaryArray(columns.get(field).type(), rows, field));
            }
            statement.executeUpdate();
        }
    }
}
