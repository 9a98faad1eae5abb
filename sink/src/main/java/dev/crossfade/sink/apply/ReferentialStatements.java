package dev.crossfade.sink.apply;

import dev.crossfade.model.Column;
import dev.crossfade.model.LogicalType;
import dev.crossfade.model.ReferentialAction;
import dev.crossfade.model.ReferentialAction.Action;
import dev.crossfade.model.Row;
import dev.crossfade.model.Table;
import dev.crossfade.model.TableId;
import dev.crossfade.model.codec.RowWriter;
import dev.crossfade.sink.target.Names;
import dev.crossfade.sink.target.PostgresTypes;
import dev.crossfade.sink.target.SqlStates;
import dev.crossfade.sink.target.TargetErrors;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The set-wise statements of one foreign key's actions: the referred values travel as one array per column, and the values of the
 * referring rows that yet others refer to come back as text, which PostgreSQL writes and reads exactly. Immutable; any thread.
 *
 * <p>No set-wise update of a key can collide half-way, though PostgreSQL looks for duplicates row by row: all rows of an update follow
 * one change of one row, so each of them had the old value in a column where each now has the new one.
 */
final class ReferentialStatements {
    private static final int FETCH_ROWS = 5_000; // what is held in memory at each level of a cascade
    private static final int ROW_BYTES = 256;

    private final ReferentialAction action;
    private final Table child;
    private final Optional<Work> whenGone;
    private final Optional<Work> whenChanged;

    /**
     * One statement.
     *
     * @param takesNew whether its parameters are the old values and then the new ones, or the old ones alone
     * @param deletes whether the referring rows are gone then
     * @param returned columns of the referring rows that it returns as text: all as they were, then, unless they are gone, all as
     *     they are
     */
    private record Work(String sql, boolean takesNew, boolean deletes, List<Column> returned) {}

    /** What becomes of those who refer to rows that an action has deleted or changed. */
    @FunctionalInterface
    interface Onward {
        void carryOut(ReferredRows rows) throws SQLException;
    }

    /**
     * The statements of {@code action}.
     *
     * @param child its child
     * @param onChild the actions whose parent that child is
     */
    ReferentialStatements(ReferentialAction action, Table child, List<ReferentialAction> onChild) {
        this.action = action;
        this.child = child;
        List<Column> asked = referredColumns(onChild.stream().filter(next -> next.onDelete() != Action.NONE));
        List<Column> followed = referredColumns(onChild.stream().filter(next -> next.onUpdate() != Action.NONE));
        this.whenGone = switch (action.onDelete()) {
            case NONE -> Optional.empty();
            case CASCADE -> Optional.of(new Work(deleteSql(asked), false, true, asked));
            case SET_NULL -> Optional.of(new Work(updateSql(i -> "null", false, followed), false, false, followed));
        };
        this.whenChanged = switch (action.onUpdate()) {
            case NONE -> Optional.empty();
            case CASCADE ->
                Optional.of(new Work(updateSql(i -> "parent.n" + i, true, followed), true, false, followed));
            case SET_NULL -> Optional.of(new Work(updateSql(i -> "null", false, followed), false, false, followed));
        };
    }

    private static List<Column> referredColumns(Stream<ReferentialAction> actions) {
        return actions.map(ReferentialAction::parentColumns)
                .flatMap(Collection::stream)
                .distinct()
                .map(name -> new Column(name, LogicalType.text(0), true, "text"))
                .toList();
    }

    private String deleteSql(List<Column> returned) {
        return "delete from " + Names.quote(child.id()) + " child using " + parent(false) + " where " + refers()
                + returning(returned.stream().map(column -> childColumn(column.name())));
    }

    private String updateSql(IntFunction<String> value, boolean takesNew, List<Column> returned) {
        String sets = columns()
                .mapToObj(i -> Names.quote(action.childColumns().get(i)) + " = " + value.apply(i))
                .collect(Collectors.joining(", "));
        return "update " + Names.quote(child.id()) + " child set " + sets + " from " + parent(takesNew) + " where "
                + refers()
                + returning(Stream.concat(
                        returned.stream().map(column -> oldValue(column.name())),
                        returned.stream().map(column -> childColumn(column.name()))));
    }

    private IntStream columns() {
        return IntStream.range(0, action.childColumns().size());
    }

    /** {@code unnest(?::_int8, ?::_int8) as parent (o0, n0)}: old values, and new ones if they are taken. */
    private String parent(boolean takesNew) {
        List<String> types = columns()
                .mapToObj(i -> child.columns()
                        .get(child.indexOf(action.childColumns().get(i)))
                        .type())
                .map(type -> "?::" + PostgresTypes.arrayType(type))
                .toList();
        Stream<String> names = columns().mapToObj(i -> "o" + i);
        if (takesNew) {
            names = Stream.concat(names, columns().mapToObj(i -> "n" + i));
        }
        String parameters = String.join(", ", types) + (takesNew ? ", " + String.join(", ", types) : "");
        return "unnest(" + parameters + ") as parent (" + names.collect(Collectors.joining(", ")) + ")";
    }

    private String refers() {
        return columns()
                .mapToObj(i -> childColumn(action.childColumns().get(i)) + " = parent.o" + i)
                .collect(Collectors.joining(" and "));
    }

    private String oldValue(String column) {
        int place = action.childColumns().indexOf(column);
        return place < 0 ? childColumn(column) : "parent.o" + place;
    }

    private static String childColumn(String name) {
        return "child." + Names.quote(name);
    }

    private static String returning(Stream<String> values) {
        String list = values.map(value -> value + "::text").collect(Collectors.joining(", "));
        return list.isEmpty() ? "" : " returning " + list;
    }

    TableId child() {
        return child.id();
    }

    /** Whether the loss of these parent rows, or of some of their values, does anything to rows that refer to them. */
    boolean isSetOffBy(ReferredRows parents) {
        return workOn(parents).isPresent()
                && !parents.on(action.parentColumns()).isEmpty();
    }

    private Optional<Work> workOn(ReferredRows parents) {
        return parents.areGone() ? whenGone : whenChanged;
    }

    /**
     * Does to the rows that refer to {@code parents} what the foreign key says, and hands them on, some thousand at a time, if others
     * refer to them. When the first of them are handed on, all of them are written.
     *
     * @throws dev.crossfade.model.MigrationException of kind TARGET if the target refuses it; the transaction must be rolled back
     */
    void carryOut(Connection transaction, ReferredRows parents, Onward onward) throws SQLException {
        Optional<Work> work = workOn(parents);
        ReferredRows referred = parents.on(action.parentColumns());
        if (work.isEmpty() || referred.isEmpty()) {
            return;
        }
        try (PreparedStatement statement =
                transaction.prepareStatement(work.get().sql())) {
            bind(statement, 0, referred, referred.before());
            if (work.get().takesNew()) {
                bind(statement, referred.columns().size(), referred, referred.after());
            }
            if (work.get().returned().isEmpty()) {
                statement.executeUpdate();
            } else {
                statement.setFetchSize(FETCH_ROWS);
                try (ResultSet children = statement.executeQuery()) {
                    handOn(children, work.get(), onward);
                }
            }
        } catch (SQLException e) {
            if (SqlStates.isTransient(e)) {
                throw e;
            }
            throw TargetErrors.of(
                    "do to " + child.id() + " what foreign key " + action.constraint() + " to " + action.parent()
                            + " does on the source",
                    "the batch was rolled back",
                    e);
        }
    }

    private static void bind(PreparedStatement statement, int behind, ReferredRows referred, List<Row> rows)
            throws SQLException {
        for (int field = 0; field < referred.columns().size(); field++) {
            LogicalType type = referred.columns().get(field).type();
            statement.setObject(behind + field + 1, new BinaryArray(type, rows, field));
        }
    }

    private static void handOn(ResultSet children, Work work, Onward onward) throws SQLException {
        int width = work.returned().size();
        List<Row> before = new ArrayList<>();
        List<Row> after = new ArrayList<>();
        boolean more = children.next();
        while (more) {
            before.add(text(children, 0, width));
            if (!work.deletes()) {
                after.add(text(children, width, width));
            }
            more = children.next();
            if (!more || before.size() == FETCH_ROWS) {
                onward.carryOut(new ReferredRows(work.returned(), before, after));
                before.clear();
                after.clear();
            }
        }
    }

    private static Row text(ResultSet row, int behind, int width) throws SQLException {
        RowWriter writer = new RowWriter(ROW_BYTES);
        writer.startRow(width);
        for (int i = 1; i <= width; i++) {
            String value = row.getString(behind + i);
            if (value == null) {
                writer.writeNull();
            } else {
                writer.writeText(value);
            }
        }
        return writer.toRow();
    }
}
