package dev.crossfade.sink.apply;

import dev.crossfade.model.Column;
import dev.crossfade.model.LogicalType.Kind;
import dev.crossfade.model.Row;
import dev.crossfade.model.Table;
import dev.crossfade.model.TablePlan;
import dev.crossfade.sink.target.Names;
import dev.crossfade.sink.target.PostgresTypes;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Keeps a target table whose key several rows of the source may share: the store has all of them by the source's key, and the target has
 * for each of its keys the one whose source key is the smallest. So the target is a function of what the store holds, in whatever order
 * that came. Target rows whose key is touched are deleted and written anew, in the transaction that changes the store; those that stay are
 * not looked at. Immutable; any thread.
 */
final class Contributions {
    private static final Set<Kind> TEXTS = Set.of(Kind.TEXT, Kind.ENUM, Kind.SET);

    private final Table store;
    private final Table target;
    private final int[] targetKeyFields;
    private final String remove;
    private final String insert;
    private final String clear;
    private final String derive;

    private Contributions(Table store, Table target) {
        this.store = store;
        this.target = target;
        this.targetKeyFields = target.keyIndexes();
        this.remove = removeSql();
        this.insert = "insert into " + Names.quote(store.id()) + " (" + columns(store, "") + ") select * from unnest("
                + TableStatements.parameters(store.columns().size()) + ")";
        this.clear = "with touched as (" + touched("all ") + ") delete from " + Names.quote(target.id())
                + " t using touched where " + isTouched("t");
        this.derive = deriveSql();
    }

    /** Of a plan with a store; empty for any other. */
    static Optional<Contributions> of(TablePlan plan) {
        return plan.store().map(store -> new Contributions(store, plan.target()));
    }

    /** Tells the target's keys of what it deletes. */
    private String removeSql() {
        return """
                with gone as (%s returning %s)
                select %s from gone""".formatted(
                TableStatements.deleteSql(store),
                target.key().stream().map(name -> "t." + Names.quote(name)).collect(Collectors.joining(", ")),
                target.key().stream()
                        .map(name -> "coalesce(array_agg(" + Names.quote(name) + "), '{}')")
                        .collect(Collectors.joining(", ")));
    }

    private String deriveSql() {
        return """
                with touched as (%s)
                insert into %s (%s)
                select chosen.* from touched cross join lateral (
                  select %s from %s s where %s order by %s limit 1) chosen""".formatted(
                        touched(""),
                        Names.quote(target.id()),
                        columns(target, ""),
                        columns(store, "s."),
                        Names.quote(store.id()),
                        isTouched("s"),
                        inOrder("s.", store.keyColumns()));
    }

    /** The target's keys of rows that were removed and of those that were inserted. */
    private String touched(String all) {
        String arrays = target.keyColumns().stream()
                .map(column -> "?::" + PostgresTypes.arrayType(column.type()))
                .collect(Collectors.joining(", "));
        String names =
                IntStream.range(0, target.key().size()).mapToObj(i -> "k" + i).collect(Collectors.joining(", "));
        return "select * from unnest(" + arrays + ") as removed (" + names + ") union " + all + "select * from unnest("
                + arrays + ") as inserted (" + names + ")";
    }

    private String isTouched(String alias) {
        return IntStream.range(0, target.key().size())
                .mapToObj(i -> alias + "." + Names.quote(target.key().get(i)) + " = touched.k" + i)
                .collect(Collectors.joining(" and "));
    }

    private static String columns(Table table, String prefix) {
        return table.columns().stream()
                .map(column -> prefix + Names.quote(column.name()))
                .collect(Collectors.joining(", "));
    }

    /** Text by its bytes: an order that no update of the system's collations changes. */
    private static String inOrder(String prefix, List<Column> columns) {
        return columns.stream()
                .map(column -> prefix
                        + Names.quote(column.name())
                        + (TEXTS.contains(column.type().kind()) ? " collate \"C\"" : ""))
                .collect(Collectors.joining(", "));
    }

    /** The statement that fills the target, which is empty, from the store. */
    String fillSql() {
        String key = inOrder("", target.keyColumns());
        return "insert into " + Names.quote(target.id()) + " (" + columns(target, "") + ") select distinct on (" + key
                + ") " + columns(store, "") + " from " + Names.quote(store.id()) + " order by " + key + ", "
                + inOrder("", store.keyColumns());
    }

    /**
     * Takes the rows with these source keys out of the store, puts others in, and makes the target follow.
     *
     * @param keys whether they are there or not
     * @param rows whose keys are among {@code keys}, none twice
     */
    void replace(Connection transaction, List<Row> keys, List<Row> rows) throws SQLException {
        if (keys.isEmpty()) {
            return;
        }
        List<Array> removed = remove(transaction, keys);
        TableStatements.run(transaction, insert, store.columns(), rows);
        for (String statement : List.of(clear, derive)) {
            runForTouched(transaction, statement, removed, rows);
        }
    }

    /** The target's keys of the rows that were there, one array for each column. */
    private List<Array> remove(Connection transaction, List<Row> keys) throws SQLException {
        try (PreparedStatement statement = transaction.prepareStatement(remove)) {
            TableStatements.bind(statement, 1, store.keyColumns(), keys);
            try (ResultSet gone = statement.executeQuery()) {
                gone.next();
                List<Array> values = new ArrayList<>();
                for (int i = 1; i <= target.key().size(); i++) {
                    values.add(gone.getArray(i));
                }
                return values;
            }
        }
    }

    private void runForTouched(Connection transaction, String sql, List<Array> removed, List<Row> inserted)
            throws SQLException {
        List<Row> keys =
                inserted.stream().map(row -> row.project(targetKeyFields)).toList();
        try (PreparedStatement statement = transaction.prepareStatement(sql)) {
            for (int i = 0; i < removed.size(); i++) {
                statement.setArray(i + 1, removed.get(i));
            }
            TableStatements.bind(statement, removed.size() + 1, target.keyColumns(), keys);
            statement.executeUpdate();
        }
    }
}
