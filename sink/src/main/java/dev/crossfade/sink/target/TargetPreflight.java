package dev.crossfade.sink.target;

import static java.util.Objects.requireNonNull;

import dev.crossfade.model.Column;
import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.Problem;
import dev.crossfade.model.Table;
import dev.crossfade.model.TableId;
import dev.crossfade.model.TablePlan;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Checks, before anything is written, that the target can take a plan. Finds every problem at once and changes nothing. */
public final class TargetPreflight {
    private static final int MIN_VERSION = 130_000;
    private static final int MAX_KEY_COLUMNS = 32; // INDEX_MAX_KEYS
    private static final int MAX_COLUMNS = 1_600; // MaxHeapAttributeNumber

    /** @see <a href="https://www.postgresql.org/docs/18/ddl-system-columns.html">System columns</a> */
    private static final Set<String> SYSTEM_COLUMNS = Set.of("tableoid", "xmin", "cmin", "xmax", "cmax", "ctid");

    private final Connections target;
    private final String account;
    private final String url;
    private final List<Problem> problems = new ArrayList<>();

    private TargetPreflight(Connections target, String account, String url) {
        this.target = target;
        this.account = account;
        this.url = url;
    }

    /**
     * Checks the server, the account's rights, names, and every table of the plan. A migration that has begun may find its tables
     * filled and without keys.
     *
     * @return all problems, none if the migration may begin or go on; a server that cannot be reached is one problem too
     */
    public static List<Problem> check(TargetDatabase target, MigrationPlan plan) {
        return new TargetPreflight(target, target.user(), target.url()).check(requireNonNull(plan, "plan"));
    }

    private List<Problem> check(MigrationPlan plan) {
        plan.tables().forEach(table -> checkNames(table.target()));
        try (Connection connection = target.open()) {
            checkServer(connection);
            checkControlSchema(connection);
            boolean begun = hasBegun(connection, plan.migration());
            Set<String> schemas = new TreeSet<>();
            plan.tables().forEach(table -> schemas.add(table.target().id().schema()));
            Set<String> open = new TreeSet<>();
            for (String schema : schemas) {
                if (checkSchema(connection, schema)) {
                    open.add(schema);
                }
            }
            for (TablePlan table : plan.tables()) {
                if (open.contains(table.target().id().schema())) {
                    problems.addAll(TargetTableCheck.check(connection, plan, table.target(), begun));
                }
            }
        } catch (SQLException e) {
            add(
                    "TARGET-UNREACHABLE",
                    "target " + url,
                    SqlStates.describe(e.getSQLState()) + " (account " + account + ")",
                    "");
        }
        return List.copyOf(problems);
    }

    private void checkNames(Table table) {
        TableId id = table.id();
        checkName("schema " + id.schema(), id.schema());
        checkName("table " + id, id.name());
        if (id.schema().startsWith("pg_")
                || id.schema().equals("information_schema")
                || id.schema().equals("crossfade")) {
            add(
                    "NAME-CLASH",
                    "table " + id,
                    "schema " + id.schema() + " is reserved",
                    "map the table to another schema");
        }
        for (Column column : table.columns()) {
            checkName("column " + id + "." + column.name(), column.name());
            if (SYSTEM_COLUMNS.contains(column.name())) {
                add(
                        "NAME-CLASH",
                        "column " + id + "." + column.name(),
                        "PostgreSQL has a system column of this name in every table",
                        "rename the column in the mapping");
            }
        }
        if (table.key().size() > MAX_KEY_COLUMNS) {
            add(
                    "TARGET-KEY",
                    "table " + id,
                    "its key has " + table.key().size() + " columns, at most 32 are possible",
                    "");
        }
        if (table.columns().size() > MAX_COLUMNS) {
            add("TARGET-COLUMN", "table " + id, "it has " + table.columns().size() + " columns, at most 1600 fit", "");
        }
    }

    private void checkName(String subject, String name) {
        if (Names.isTooLong(name)) {
            add(
                    "NAME-TOO-LONG",
                    subject,
                    "its name is longer than 63 bytes, PostgreSQL would cut it",
                    "rename it in the mapping");
        }
    }

    private void checkServer(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("""
                        select current_setting('server_version_num')::int, current_setting('server_version'),
                          current_setting('server_encoding'), pg_is_in_recovery()""")) {
            row.next();
            if (row.getInt(1) < MIN_VERSION) {
                add(
                        "TARGET-VERSION",
                        "target " + url,
                        "PostgreSQL is " + row.getString(2) + ", must be 13 or newer",
                        "");
            }
            if (!"UTF8".equals(row.getString(3))) {
                add(
                        "TARGET-ENCODING",
                        "target " + url,
                        "the database's encoding is " + row.getString(3) + ", must be UTF8",
                        "create the database with: create database … encoding 'UTF8' template template0");
            }
            if (row.getBoolean(4)) {
                add("TARGET-READ-ONLY", "target " + url, "the server is a standby, must be a primary", "");
            }
        }
    }

    private void checkControlSchema(Connection connection) throws SQLException {
        if (ask(connection, "select to_regnamespace(?) is not null", "crossfade")) {
            if (!ask(connection, "select has_schema_privilege(?, 'USAGE')", "crossfade")
                    || !ask(connection, "select has_schema_privilege(?, 'CREATE')", "crossfade")) {
                lacks(
                        "USAGE and CREATE on schema crossfade",
                        "grant usage, create on schema crossfade to " + quotedAccount());
            }
        } else {
            checkMayCreateSchema(connection, "crossfade");
        }
    }

    /** Whether the schema is there and may be looked into. */
    private boolean checkSchema(Connection connection, String schema) throws SQLException {
        if (!ask(connection, "select to_regnamespace(?) is not null", Names.quote(schema))) {
            checkMayCreateSchema(connection, schema);
            return false;
        }
        boolean visible = ask(connection, "select has_schema_privilege(?, 'USAGE')", schema);
        if (!visible || !ask(connection, "select has_schema_privilege(?, 'CREATE')", schema)) {
            lacks(
                    "USAGE and CREATE on schema " + schema,
                    "grant usage, create on schema " + Names.quote(schema) + " to " + quotedAccount());
        }
        return visible;
    }

    private void checkMayCreateSchema(Connection connection, String schema) throws SQLException {
        if (!ask(connection, "select has_database_privilege(current_database(), ?)", "CREATE")) {
            String database = connection.getCatalog();
            lacks(
                    "CREATE on database " + database + ", to make schema " + schema,
                    "grant create on database " + Names.quote(database) + " to " + quotedAccount());
        }
    }

    private String quotedAccount() {
        return Names.quote(account);
    }

    private void lacks(String right, String grant) {
        Problem problem =
                new Problem(ErrorKind.TARGET, "TARGET-RIGHT", "target account " + account, "it lacks " + right, grant);
        if (!problems.contains(problem)) {
            problems.add(problem);
        }
    }

    private static boolean hasBegun(Connection connection, String migration) throws SQLException {
        return ask(connection, "select to_regclass(?) is not null", "crossfade.migration")
                && ask(connection, "select exists (select 1 from crossfade.migration where migration = ?)", migration);
    }

    private static boolean ask(Connection connection, String question, String value) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(question)) {
            statement.setString(1, value);
            try (ResultSet answer = statement.executeQuery()) {
                answer.next();
                return answer.getBoolean(1);
            }
        }
    }

    private void add(String code, String subject, String seen, String remedy) {
        problems.add(new Problem(ErrorKind.TARGET, code, subject, seen, remedy));
    }
}
