package dev.crossfade.sink;

import static dev.crossfade.sink.GroupTarget.action;
import static dev.crossfade.sink.GroupTarget.table;
import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.model.ReferentialAction;
import dev.crossfade.model.ReferentialAction.Action;
import dev.crossfade.model.Row;
import dev.crossfade.model.RowChange;
import dev.crossfade.model.RowRecord;
import dev.crossfade.model.Table;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random changes of tables with random actions, against PostgreSQL's own foreign keys: only what a statement names is written to the
 * log, as InnoDB does. After every poll the target equals the tables with foreign keys, and a target without actions does not in the
 * end.
 */
class ReferentialOracleIT {
    private static final int POLLS = 6;
    private static final int CHANGES_OF_A_POLL = 120;
    private static final int VALUES = 6; // few, so that rows refer to one another and keys come again

    private static final Table ROOTS = table("roots", "id", "code");
    private static final Table ITEMS = table("items", List.of("root", "n"), "n", "root", "size");
    private static final Table NODES = table("nodes", "id", "root", "n", "above");
    private static final Table NOTES = table("notes", "id", "node", "code", "root_of_node");
    private static final List<Table> TABLES = List.of(ROOTS, ITEMS, NODES, NOTES);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void targetFollowsTheTablesWithForeignKeys(long seed) throws Exception {
        Random random = new Random(seed);
        List<ReferentialAction> actions = actions(random);
        List<ReferentialAction> carriedOut = actions.stream()
                .filter(action -> action.onDelete() != Action.NONE || action.onUpdate() != Action.NONE)
                .toList();
        try (GroupTarget with = new GroupTarget(carriedOut, TABLES.toArray(new Table[0]));
                GroupTarget without = new GroupTarget(List.of(), TABLES.toArray(new Table[0]));
                Oracle oracle = new Oracle(with.database(), actions, random)) {
            for (int poll = 0; poll < POLLS; poll++) {
                RowRecord[] changes = oracle.change(CHANGES_OF_A_POLL);
                with.apply(changes);
                without.apply(changes);
                for (Table table : TABLES) {
                    assertThat(with.rows(table))
                            .as("seed %d, poll %d, %s, %s", seed, poll, table.id(), actions)
                            .isEqualTo(oracle.rows(table));
                }
            }
            assertThat(TABLES.stream().map(without::rows))
                    .isNotEqualTo(TABLES.stream().map(oracle::rows));
        }
    }

    /** Two ways lead from a root to a node, and three columns of a node and of a note are shared by two foreign keys. */
    private static List<ReferentialAction> actions(Random random) {
        return List.of(
                action(ITEMS, List.of("root"), ROOTS, List.of("id"), Action.CASCADE, oneOf(random, Action.CASCADE)),
                action(
                        NODES,
                        List.of("root", "n"),
                        ITEMS,
                        List.of("root", "n"),
                        oneOf(random, Action.CASCADE, Action.SET_NULL),
                        oneOf(random, Action.CASCADE, Action.SET_NULL)),
                action(
                        NODES,
                        List.of("root"),
                        ROOTS,
                        List.of("id"),
                        oneOf(random, Action.CASCADE, Action.SET_NULL),
                        Action.CASCADE),
                action(
                        NODES,
                        List.of("above"),
                        NODES,
                        List.of("id"),
                        oneOf(random, Action.CASCADE, Action.SET_NULL),
                        Action.CASCADE),
                action(
                        NOTES,
                        List.of("node"),
                        NODES,
                        List.of("id"),
                        oneOf(random, Action.CASCADE, Action.SET_NULL),
                        Action.CASCADE),
                action(
                        NOTES,
                        List.of("code"),
                        ROOTS,
                        List.of("code"),
                        oneOf(random, Action.CASCADE, Action.SET_NULL),
                        oneOf(random, Action.CASCADE, Action.SET_NULL)));
    }

    private static Action oneOf(Random random, Action... actions) {
        return actions[random.nextInt(actions.length)];
    }

    /** The same tables with foreign keys, in schema {@code oracle}. */
    private static final class Oracle implements AutoCloseable {
        private final TestTarget database;
        private final Random random;
        private final Connection connection;

        Oracle(TestTarget database, List<ReferentialAction> actions, Random random) throws SQLException {
            this.database = database;
            this.random = random;
            this.connection = TestTarget.server().connect(database.database());
            try (Statement statement = connection.createStatement()) {
                statement.execute("create schema oracle");
                for (Table table : TABLES) {
                    statement.execute("create table oracle." + table.id().name() + " ("
                            + table.columns().stream()
                                    .map(column -> column.name() + " bigint")
                                    .collect(Collectors.joining(", "))
                            + ", primary key (" + String.join(", ", table.key()) + "))");
                }
                statement.execute("alter table oracle.roots add unique (code)");
                for (ReferentialAction action : actions) {
                    statement.execute("alter table oracle." + action.child().name() + " add foreign key ("
                            + String.join(", ", action.childColumns()) + ") references oracle."
                            + action.parent().name() + " (" + String.join(", ", action.parentColumns())
                            + ") on delete " + sql(action.onDelete()) + " on update " + sql(action.onUpdate()));
                }
            }
        }

        private static String sql(Action action) {
            return switch (action) {
                case NONE -> "no action";
                case CASCADE -> "cascade";
                case SET_NULL -> "set null";
            };
        }

        List<String> rows(Table table) {
            return database.rows("select * from oracle." + table.id().name() + " order by "
                    + table.columns().stream().map(column -> column.name()).collect(Collectors.joining(", ")));
        }

        /** Carries out random statements of one row each; what they name, without what follows from it. */
        RowRecord[] change(int count) throws SQLException {
            List<RowRecord> changes = new ArrayList<>();
            while (changes.size() < count) {
                Table table = TABLES.get(random.nextInt(TABLES.size()));
                List<Object[]> rows = read(table);
                int kind = random.nextInt(10);
                if (kind < 5 || rows.isEmpty()) {
                    insert(table).ifPresent(changes::add);
                } else if (kind < 8) {
                    update(table, rows.get(random.nextInt(rows.size()))).ifPresent(changes::add);
                } else {
                    delete(table, rows.get(random.nextInt(rows.size()))).ifPresent(changes::add);
                }
            }
            return changes.toArray(new RowRecord[0]);
        }

        private List<Object[]> read(Table table) throws SQLException {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("select * from oracle."
                            + table.id().name() + " order by " + String.join(", ", table.key()))) {
                List<Object[]> rows = new ArrayList<>();
                while (row.next()) {
                    Object[] values = new Object[table.columns().size()];
                    for (int i = 0; i < values.length; i++) {
                        values[i] = row.getObject(i + 1);
                    }
                    rows.add(values);
                }
                return rows;
            }
        }

        private Optional<RowChange> insert(Table table) throws SQLException {
            Object[] values = new Object[table.columns().size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = value(table, i);
            }
            String sql = "insert into oracle." + table.id().name() + " values ("
                    + String.join(", ", Collections.nCopies(values.length, "?")) + ")";
            return run(sql, values) ? Optional.of(GroupTarget.insert(table, values)) : Optional.empty();
        }

        private Object value(Table table, int column) {
            boolean isNull = table.columns().get(column).nullable() && random.nextInt(6) == 0;
            return isNull ? Optional.empty() : Long.valueOf(random.nextInt(VALUES));
        }

        private Optional<RowChange> update(Table table, Object[] before) throws SQLException {
            int column = random.nextInt(before.length);
            Object value = value(table, column);
            Object[] after = before.clone();
            after[column] = value;
            String sql = "update oracle." + table.id().name() + " set "
                    + table.columns().get(column).name() + " = ? where " + isKey(table);
            Row old = GroupTarget.row(table, before);
            Row now = GroupTarget.row(table, after);
            boolean done = run(sql, concat(value, keyOf(table, before)));
            return done ? Optional.of(GroupTarget.update(table, old, now)) : Optional.empty();
        }

        private Optional<RowChange> delete(Table table, Object[] row) throws SQLException {
            boolean done = run("delete from oracle." + table.id().name() + " where " + isKey(table), keyOf(table, row));
            return done ? Optional.of(GroupTarget.delete(table, row)) : Optional.empty();
        }

        private static String isKey(Table table) {
            return table.key().stream().map(name -> name + " = ?").collect(Collectors.joining(" and "));
        }

        private static Object[] keyOf(Table table, Object[] row) {
            return Arrays.stream(table.keyIndexes()).mapToObj(i -> row[i]).toArray();
        }

        private static Object[] concat(Object first, Object[] others) {
            List<Object> all = new ArrayList<>();
            all.add(first);
            all.addAll(Arrays.asList(others));
            return all.toArray();
        }

        /** False if a constraint forbids it: then the source would not have logged it either. */
        private boolean run(String sql, Object[] values) throws SQLException {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                for (int i = 0; i < values.length; i++) {
                    statement.setObject(i + 1, values[i] instanceof Long ? values[i] : null, java.sql.Types.BIGINT);
                }
                return statement.executeUpdate() == 1;
            } catch (SQLException e) {
                if (e.getSQLState().startsWith("23")) {
                    return false;
                }
                throw e;
            }
        }

        @Override
        public void close() throws SQLException {
            connection.close();
        }
    }
}
