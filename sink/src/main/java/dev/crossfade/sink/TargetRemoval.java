package dev.crossfade.sink;

import static java.util.Objects.requireNonNull;

import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.Problem;
import dev.crossfade.sink.control.Epoch;
import dev.crossfade.sink.control.TargetTable;
import dev.crossfade.sink.control.TargetTable.Standing;
import dev.crossfade.sink.target.Connections;
import dev.crossfade.sink.target.Names;
import dev.crossfade.sink.target.RowHash;
import dev.crossfade.sink.target.TargetErrors;
import dev.crossfade.sink.target.UniqueIndexes;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Takes away what a migration has put into the target's tables: those that Crossfade created are dropped, those that were there are
 * emptied again and lose the key and the row index that Crossfade built. A table that another migration fills too, or that has taken the place of
 * ours, is left alone, and nothing is ever dropped by cascade. Any thread.
 */
public final class TargetRemoval {
    private final Connections target;
    private final String migration;

    public TargetRemoval(Connections target, String migration) {
        this.target = requireNonNull(target, "target");
        this.migration = requireNonNull(migration, "migration");
    }

    /** The migration's tables as they are now. */
    public List<TargetTable> tables() {
        try (Connection connection = target.open()) {
            return TargetTable.of(connection, migration);
        } catch (SQLException e) {
            throw TargetErrors.of("read the tables of migration " + migration, e);
        }
    }

    /** The schemas that {@link #remove} drops after the tables: Crossfade created them, and nothing else is in them. */
    public List<String> schemas() {
        try (Connection connection = target.open()) {
            return TargetTable.schemas(connection, migration);
        } catch (SQLException e) {
            throw TargetErrors.of("read the schemas of migration " + migration, e);
        }
    }

    /** What would keep {@link #remove} from doing its work: missing rights, and what others have built upon the tables. */
    public List<Problem> problems() {
        try (Connection connection = target.open()) {
            List<TargetTable> ours = ours(TargetTable.of(connection, migration));
            List<Problem> problems = new ArrayList<>();
            checkRights(connection, ours, problems);
            List<TargetTable> dropped =
                    ours.stream().filter(TargetTable::created).toList();
            checkDependents(connection, dropped, dropped, "", problems);
            List<TargetTable> emptied =
                    ours.stream().filter(table -> !table.created()).toList();
            String foreignKeys = " and d.classid = 'pg_catalog.pg_constraint'::regclass";
            checkDependents(connection, emptied, ours, foreignKeys, problems);
            return problems;
        } catch (SQLException e) {
            throw TargetErrors.of("check the tables of migration " + migration, e);
        }
    }

    private static List<TargetTable> ours(List<TargetTable> tables) {
        return tables.stream()
                .filter(table -> table.standing() == Standing.OURS)
                .toList();
    }

    private static void checkRights(Connection connection, List<TargetTable> tables, List<Problem> problems)
            throws SQLException {
        try (PreparedStatement ask = connection.prepareStatement("""
                select current_user, pg_has_role(c.relowner, 'USAGE'),
                  has_table_privilege(c.oid, 'DELETE') or has_table_privilege(c.oid, 'TRUNCATE')
                from pg_catalog.pg_class c where c.oid = ?::regclass""")) {
            for (TargetTable table : tables) {
                String quoted = Names.quote(table.id());
                ask.setString(1, quoted);
                try (ResultSet answer = ask.executeQuery()) {
                    answer.next();
                    String account = Names.quote(answer.getString(1));
                    boolean owns = answer.getBoolean(2);
                    if (!owns && table.created()) {
                        problems.add(problem(
                                "TARGET-RIGHT",
                                table,
                                "Crossfade created it, and only its owner can drop it",
                                "alter table " + quoted + " owner to " + account));
                    } else if (!owns && !answer.getBoolean(3)) {
                        problems.add(problem(
                                "TARGET-RIGHT",
                                table,
                                "the account lacks DELETE, needs it to empty the table",
                                "grant delete on " + quoted + " to " + account));
                    }
                }
            }
        }
    }

    /**
     * Objects that need one of {@code tables} and would not go with one of {@code going}.
     *
     * @param condition of the dependencies that count; empty for all
     */
    private static void checkDependents(
            Connection connection,
            List<TargetTable> tables,
            List<TargetTable> going,
            String condition,
            List<Problem> problems)
            throws SQLException {
        Array goingNames = names(connection, going);
        try (PreparedStatement ask = connection.prepareStatement("""
                select distinct coalesce(
                  (select pg_describe_object('pg_catalog.pg_class'::regclass, r.ev_class, 0)
                   from pg_catalog.pg_rewrite r where d.classid = 'pg_catalog.pg_rewrite'::regclass and r.oid = d.objid),
                  pg_describe_object(d.classid, d.objid, 0))
                from pg_catalog.pg_depend d
                where d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = ?::regclass and d.deptype = 'n'
                  and not exists (
                    select 1 from pg_catalog.pg_depend o
                    where o.classid = d.classid and o.objid = d.objid and o.deptype in ('a', 'i')
                      and o.refclassid = 'pg_catalog.pg_class'::regclass and o.refobjid = any(?::regclass[]))
                """ + condition + " order by 1")) {
            for (TargetTable table : tables) {
                ask.setString(1, Names.quote(table.id()));
                ask.setArray(2, goingNames);
                List<String> dependents = new ArrayList<>();
                try (ResultSet row = ask.executeQuery()) {
                    while (row.next()) {
                        dependents.add(row.getString(1));
                    }
                }
                if (!dependents.isEmpty()) {
                    problems.add(problem(
                            "TARGET-DEPENDENT",
                            table,
                            "it cannot be " + (table.created() ? "dropped" : "emptied") + ", since others need it: "
                                    + String.join(", ", dependents),
                            "drop what needs it, or keep all tables: --keep-tables"));
                }
            }
        }
    }

    private static Array names(Connection connection, List<TargetTable> tables) throws SQLException {
        return connection.createArrayOf(
                "text", tables.stream().map(table -> Names.quote(table.id())).toArray());
    }

    private static Problem problem(String code, TargetTable table, String seen, String remedy) {
        return new Problem(ErrorKind.TARGET, code, "table " + table.id(), seen, remedy);
    }

    /**
     * Drops and empties, in one transaction, and forgets the tables. Doing it again does nothing.
     *
     * @throws dev.crossfade.model.MigrationException of kind TARGET; everything is as it was then
     */
    public void remove(Epoch epoch) {
        try (Connection connection = target.open()) {
            connection.setAutoCommit(false);
            epoch.enter(connection);
            List<TargetTable> tables = TargetTable.of(connection, migration);
            List<TargetTable> ours = ours(tables);
            try (Statement statement = connection.createStatement()) {
                statement.execute(
                        "set local lock_timeout = '10s'"); // a reader of hours must not hold others up behind us
                drop(statement, ours.stream().filter(TargetTable::created));
                for (TargetTable table : ours) {
                    if (!table.created()) {
                        empty(connection, statement, table);
                    }
                }
            }
            TargetTable.forget(connection, migration, tables);
            connection.commit();
        } catch (SQLException e) {
            throw TargetErrors.of(
                    "remove the tables of migration " + migration, "the tables are as they were; try again", e);
        }
    }

    /** All at once, since they may refer to one another. */
    private static void drop(Statement statement, Stream<TargetTable> tables) throws SQLException {
        String names = tables.map(table -> Names.quote(table.id())).collect(Collectors.joining(", "));
        if (!names.isEmpty()) {
            statement.execute("drop table " + names);
        }
    }

    private void empty(Connection connection, Statement statement, TargetTable table) throws SQLException {
        String quoted = Names.quote(table.id());
        boolean mayTruncate;
        try (PreparedStatement ask = connection.prepareStatement("select has_table_privilege(?, 'TRUNCATE')")) {
            ask.setString(1, quoted);
            try (ResultSet answer = ask.executeQuery()) {
                answer.next();
                mayTruncate = answer.getBoolean(1);
            }
        }
        statement.execute((mayTruncate ? "truncate table " : "delete from ") + quoted);
        UniqueIndexes.drop(connection, migration, table.id());
        statement.execute(RowHash.dropIndex(table.id()));
        if (table.hadKey()) {
            return;
        }
        try (PreparedStatement ask = connection.prepareStatement(
                "select conname from pg_catalog.pg_constraint where conrelid = ?::regclass and contype = 'p'")) {
            ask.setString(1, quoted);
            try (ResultSet key = ask.executeQuery()) {
                if (key.next()) {
                    statement.execute("alter table " + quoted + " drop constraint " + Names.quote(key.getString(1)));
                }
            }
        }
    }
}
