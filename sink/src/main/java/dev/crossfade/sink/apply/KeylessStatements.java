package dev.crossfade.sink.apply;

import dev.crossfade.model.Column;
import dev.crossfade.model.Row;
import dev.crossfade.model.Table;
import dev.crossfade.sink.target.Names;
import dev.crossfade.sink.target.PostgresTypes;
import dev.crossfade.sink.target.RowHash;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The two set-wise statements of a table without a primary key, which is a multiset of rows: equal rows cannot be told apart, and
 * only their number counts. Rows are equal if the texts of their planned columns are, which PostgreSQL writes so that no two values
 * of a type share one; {@link RowHash} narrows down where to look. Immutable; any thread.
 */
final class KeylessStatements {
    private static final int HASH_DIGITS = 16;

    private final Table table;
    private final String insert;
    private final String remove;

    KeylessStatements(Table table) {
        this.table = table;
        this.insert = insertSql(table);
        this.remove = removeSql(table);
    }

    private static String insertSql(Table table) {
        return "insert into " + Names.quote(table.id()) + " ("
                + Names.list(table.columns().stream().map(Column::name).toList()) + ") select * from unnest("
                + parameters(table) + ")";
    }

    /**
     * Of each distinct row it takes as many as are wanted, whichever they are, by their places, and tells how many were wanted, how many
     * it has deleted, and which wanted row, counted from 1, is the first that has too few.
     */
    private static String removeSql(Table table) {
        List<String> wanted = IntStream.range(0, table.columns().size())
                .mapToObj(i -> "c" + i)
                .toList();
        List<String> there = table.columns().stream()
                .map(column -> "t." + Names.quote(column.name()))
                .toList();
        return """
                with wanted as materialized (
                  select %s as hash, %s as form, min(place) as first, count(*) as copies
                  from unnest(%s) with ordinality as gone (%s, place) group by 1, 2
                ), found as materialized (
                  select place, first from (
                    select t.ctid as place, wanted.first, wanted.copies,
                      row_number() over (partition by wanted.first) as copy
                    from %s t join wanted on %s = wanted.hash and %s = wanted.form) equal
                  where copy <= copies
                ), removed as (
                  delete from %s where ctid = any (array(select place from found)) returning 1
                )
                select (select sum(copies) from wanted), (select count(*) from removed),
                  (select min(first) from wanted where copies > (
                    select count(*) from found where found.first = wanted.first))""".formatted(
                        RowHash.of(table, wanted),
                        form(table, wanted),
                        parameters(table),
                        String.join(", ", wanted),
                        Names.quote(table.id()),
                        RowHash.of(table, there),
                        form(table, there),
                        Names.quote(table.id()));
    }

    /** The text of a row, by which it is compared. */
    private static String form(Table table, List<String> values) {
        return IntStream.range(0, values.size())
                .mapToObj(i -> form(values.get(i), table.columns().get(i)))
                .collect(Collectors.joining(", ", "row(", ")::text"));
    }

    /** The value as the plan's type has it: a column without scale shows as many digits as it was given. */
    private static String form(String value, Column column) {
        return switch (column.type().kind()) {
            case UINT64, DECIMAL -> value + "::" + PostgresTypes.declaration(column.type());
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
                    JSON -> value;
        };
    }

    private static String parameters(Table table) {
        return String.join(", ", Collections.nCopies(table.columns().size(), "?"));
    }

    /** Adds these rows, each as often as it stands there. */
    void insert(Connection transaction, List<Row> rows) throws SQLException {
        if (rows.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = transaction.prepareStatement(insert)) {
            bind(statement, rows);
            statement.executeUpdate();
        }
    }

    /**
     * Deletes of each of these rows as many as stand there.
     *
     * @throws MissingRows if the table has fewer of one
     */
    void remove(Connection transaction, List<Row> rows) throws SQLException {
        if (rows.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = transaction.prepareStatement(remove)) {
            bind(statement, rows);
            try (ResultSet result = statement.executeQuery()) {
                result.next();
                long wanted = result.getLong(1);
                long removed = result.getLong(2);
                if (removed != wanted) {
                    throw missing(wanted, removed, rows.get(result.getInt(3) - 1));
                }
            }
        }
    }

    private void bind(PreparedStatement statement, List<Row> rows) throws SQLException {
        for (int field = 0; field < table.columns().size(); field++) {
            statement.setObject(
                    field + 1, new BinaryArray(table.columns().get(field).type(), rows, field));
        }
    }

    private MissingRows missing(long wanted, long removed, Row row) {
        return new MissingRows(
                table.id(),
                table.id() + " has " + removed + " of the " + wanted + " rows that changes of the source delete or"
                        + " replace, must have all of them; it has no key, and the first that is missing is "
                        + describe(row));
    }

    /** A row without a key, for messages: a hash, since values are never shown. */
    static String describe(Row row) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(row.bytes());
            return "(row " + HexFormat.of().formatHex(hash).substring(0, HASH_DIGITS) + ")";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
