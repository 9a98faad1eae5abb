package dev.crossfade.testkit;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Compares a table with its copy, whatever engines hold them, by a way of reading that shares no code with the product: plain JDBC,
 * values as text or hex made by the server, rows in no order, duplicates counted. Both sides must stand still. Zero and partial
 * dates are NULL here, as they are on the target.
 */
public final class DatabaseDump {
    private static final int SHOWN = 10;
    private static final int FETCH_ROWS = 1000;

    private final Relation source;
    private final Relation target;
    private final Map<String, String> targetNames = new HashMap<>();
    private final Set<String> dropped = new LinkedHashSet<>();

    private DatabaseDump(Relation source, Relation target) {
        this.source = source;
        this.target = target;
    }

    /**
     * A table of either side.
     *
     * @param database opens a connection, which the dump closes: {@code () -> server.connect("shop")}
     * @param schema MariaDB's database, PostgreSQL's schema
     */
    public record Relation(Supplier<Connection> database, String schema, String table) {
        public Relation {
            requireNonNull(database, "database");
            requireNonNull(schema, "schema");
            requireNonNull(table, "table");
        }

        @Override
        public String toString() {
            return schema + "." + table;
        }
    }

    /** A comparison of all columns, by name. */
    public static DatabaseDump between(Relation source, Relation target) {
        return new DatabaseDump(source, target);
    }

    /** Source column {@code from} is target column {@code to}. */
    public DatabaseDump renamed(String from, String to) {
        targetNames.put(from, to);
        return this;
    }

    /** Source columns that the target does not have. */
    public DatabaseDump dropped(String... columns) {
        dropped.addAll(List.of(columns));
        return this;
    }

    /**
     * All rows of one side, each as its columns' canonical texts in the order of {@code columns}, sorted. For small tables. SQL NULL
     * is {@code NULL}, text stands between quotes.
     */
    public static List<List<String>> rows(Relation relation, List<String> columns) {
        List<List<String>> rows = new ArrayList<>();
        try (Connection connection = relation.database().get()) {
            Map<String, DumpColumn> known = byName(connection, relation);
            List<DumpColumn> wanted = new ArrayList<>();
            for (String column : columns) {
                DumpColumn found = known.get(column);
                if (found == null) {
                    throw new IllegalArgumentException(relation + " has no column " + column);
                }
                wanted.add(found);
            }
            read(connection, relation, wanted, rows::add);
        } catch (SQLException e) {
            throw new IllegalStateException("cannot read " + relation, e);
        }
        rows.sort((a, b) -> String.join("\u0000", a).compareTo(String.join("\u0000", b)));
        return rows;
    }

    /**
     * Returns the number of rows, the same on both sides.
     *
     * @throws AssertionError with the first differences, values included
     */
    public long assertEqual() {
        Outcome outcome = compare();
        if (outcome.difference().isPresent()) {
            throw new AssertionError(outcome.difference().get());
        }
        return outcome.rows();
    }

    /** What differs, as text; empty if nothing does. */
    public Optional<String> difference() {
        return compare().difference();
    }

    private record Outcome(long rows, Optional<String> difference) {}

    private record Sides(List<DumpColumn> source, List<DumpColumn> target, List<Integer> key) {}

    /** 128 bits of a row. */
    private record Hash(long high, long low) {}

    private Outcome compare() {
        try (Connection from = source.database().get();
                Connection to = target.database().get()) {
            List<String> problems = new ArrayList<>();
            Sides sides = columns(from, to, problems);
            if (!problems.isEmpty()) {
                return new Outcome(0, Optional.of(source + " and " + target + ": " + String.join("; ", problems)));
            }
            Map<Hash, Integer> surplus = new HashMap<>();
            long[] rows = new long[2];
            MessageDigest digest = md5();
            read(from, source, sides.source(), row -> {
                rows[0]++;
                surplus.merge(hash(digest, row), 1, DatabaseDump::sumOrNone);
            });
            read(to, target, sides.target(), row -> {
                rows[1]++;
                surplus.merge(hash(digest, row), -1, DatabaseDump::sumOrNone);
            });
            if (surplus.isEmpty()) {
                return new Outcome(rows[0], Optional.empty());
            }
            return new Outcome(rows[0], Optional.of(describe(from, to, sides, surplus, rows)));
        } catch (SQLException e) {
            throw new IllegalStateException("cannot compare " + source + " with " + target, e);
        }
    }

    @SuppressWarnings("NullAway") // Map.merge removes the entry for null
    private static Integer sumOrNone(Integer a, Integer b) {
        int sum = a + b;
        return sum == 0 ? null : sum;
    }

    private Sides columns(Connection from, Connection to, List<String> problems) throws SQLException {
        Map<String, DumpColumn> targetColumns = byName(to, target);
        List<String> keyNames = DumpColumn.key(from, source.schema(), source.table());
        List<DumpColumn> left = new ArrayList<>();
        List<DumpColumn> right = new ArrayList<>();
        List<Integer> key = new ArrayList<>();
        for (DumpColumn column : byName(from, source).values()) {
            if (dropped.contains(column.name())) {
                continue;
            }
            String targetName = targetNames.getOrDefault(column.name(), column.name());
            DumpColumn counterpart = targetColumns.remove(targetName);
            if (counterpart == null) {
                problems.add("column " + column.name() + " has no counterpart " + targetName);
                continue;
            }
            boolean json = counterpart.form() == CanonicalForm.JSON;
            if (keyNames.contains(column.name())) {
                key.add(left.size());
            }
            left.add(json ? column.withForm(CanonicalForm.JSON) : column);
            right.add(counterpart);
        }
        targetColumns.keySet().forEach(name -> problems.add("target column " + name + " has no source"));
        if (left.isEmpty()) {
            problems.add("there are no columns");
        }
        return new Sides(left, right, key);
    }

    private static Map<String, DumpColumn> byName(Connection connection, Relation relation) throws SQLException {
        Map<String, DumpColumn> columns = new LinkedHashMap<>();
        for (DumpColumn column : DumpColumn.of(connection, relation.schema(), relation.table())) {
            columns.put(column.name(), column);
        }
        return columns;
    }

    private static void read(
            Connection connection, Relation relation, List<DumpColumn> columns, Consumer<List<String>> consumer)
            throws SQLException {
        DumpColumn.prepareSession(connection);
        StringJoiner list = new StringJoiner(", ");
        columns.forEach(column -> list.add(column.expression()));
        String sql = "SELECT " + list + " FROM " + DumpColumn.quoted(connection, relation.schema()) + "."
                + DumpColumn.quoted(connection, relation.table());
        connection.setAutoCommit(false); // pgjdbc fetches all rows at once otherwise
        try (Statement statement = connection.createStatement()) {
            statement.setFetchSize(FETCH_ROWS);
            try (ResultSet rows = statement.executeQuery(sql)) {
                while (rows.next()) {
                    List<String> row = new ArrayList<>(columns.size());
                    for (int i = 0; i < columns.size(); i++) {
                        String text = rows.getString(i + 1);
                        row.add(text == null ? CanonicalForm.NULL : canonical(columns.get(i), text));
                    }
                    consumer.accept(row);
                }
            }
        }
        connection.rollback();
    }

    private static String canonical(DumpColumn column, String text) {
        try {
            return column.form().ofText(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException("column " + column.name() + " holds '" + text + "'", e);
        }
    }

    private String describe(Connection from, Connection to, Sides sides, Map<Hash, Integer> surplus, long[] rows)
            throws SQLException {
        MessageDigest digest = md5();
        Map<List<String>, List<List<String>>> onSource = new LinkedHashMap<>();
        Map<List<String>, List<List<String>>> onTarget = new LinkedHashMap<>();
        read(from, source, sides.source(), row -> collect(onSource, row, sides, surplus, digest, 1));
        read(to, target, sides.target(), row -> collect(onTarget, row, sides, surplus, digest, -1));
        List<String> lines = new ArrayList<>();
        onSource.forEach((key, left) -> {
            List<List<String>> right = onTarget.remove(key);
            if (right == null || left.size() > 1 || right.size() > 1) {
                left.forEach(row -> lines.add("only on the source: " + show(row, sides)));
                if (right != null) {
                    right.forEach(row -> lines.add("only on the target: " + show(row, sides)));
                }
            } else {
                lines.add("different: " + show(left.get(0), right.get(0), sides));
            }
        });
        onTarget.values().forEach(all -> all.forEach(row -> lines.add("only on the target: " + show(row, sides))));
        int hidden = Math.max(0, lines.size() - SHOWN);
        return source + " has " + rows[0] + " rows, " + target + " has " + rows[1] + "; " + surplus.size()
                + " distinct rows are surplus on one side:\n  "
                + String.join("\n  ", lines.subList(0, lines.size() - hidden))
                + (hidden == 0 ? "" : "\n  and " + hidden + " more");
    }

    /** Keeps {@code row} if its side has more of it than the other side. */
    private static void collect(
            Map<List<String>, List<List<String>>> found,
            List<String> row,
            Sides sides,
            Map<Hash, Integer> surplus,
            MessageDigest digest,
            int sign) {
        if (surplus.getOrDefault(hash(digest, row), 0) * sign <= 0 || found.size() > 100 * SHOWN) {
            return;
        }
        List<String> key =
                sides.key().isEmpty() ? row : sides.key().stream().map(row::get).toList();
        found.computeIfAbsent(key, none -> new ArrayList<>()).add(row);
    }

    private static String show(List<String> row, Sides sides) {
        StringJoiner text = new StringJoiner(", ");
        for (int i = 0; i < row.size(); i++) {
            text.add(sides.source().get(i).name() + "=" + shortened(row.get(i)));
        }
        return text.toString();
    }

    private static String show(List<String> left, List<String> right, Sides sides) {
        StringJoiner text = new StringJoiner(", ");
        for (int i = 0; i < left.size(); i++) {
            if (sides.key().contains(i)) {
                text.add(sides.source().get(i).name() + "=" + shortened(left.get(i)));
            } else if (!left.get(i).equals(right.get(i))) {
                text.add(sides.source().get(i).name() + ": source " + shortened(left.get(i)) + ", target "
                        + shortened(right.get(i)));
            }
        }
        return text.toString();
    }

    private static String shortened(String value) {
        return value.length() <= 200 ? value : value.substring(0, 200) + "… (" + value.length() + " characters)";
    }

    private static Hash hash(MessageDigest digest, List<String> row) {
        digest.reset();
        for (String value : row) {
            byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
            digest.update((byte) (bytes.length >>> 24));
            digest.update((byte) (bytes.length >>> 16));
            digest.update((byte) (bytes.length >>> 8));
            digest.update((byte) bytes.length);
            digest.update(bytes);
        }
        java.nio.ByteBuffer sum = java.nio.ByteBuffer.wrap(digest.digest());
        return new Hash(sum.getLong(), sum.getLong());
    }

    private static MessageDigest md5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has MD5", e);
        }
    }
}
