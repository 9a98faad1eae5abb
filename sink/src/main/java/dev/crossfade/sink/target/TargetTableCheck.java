package dev.crossfade.sink.target;

import dev.crossfade.model.Column;
import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.LogicalType;
import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.Problem;
import dev.crossfade.model.Table;
import dev.crossfade.model.UniqueIndex;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Checks one planned table against what stands on the target under its name. */
final class TargetTableCheck {
    private final Connection connection;
    private final MigrationPlan plan;
    private final Table table;
    private final String quoted;
    private final List<Problem> problems = new ArrayList<>();

    private TargetTableCheck(Connection connection, MigrationPlan plan, Table table) {
        this.connection = connection;
        this.plan = plan;
        this.table = table;
        this.quoted = Names.quote(table.id());
    }

    /**
     * All problems of the table; none if it is absent and will be created.
     *
     * @param begun whether this migration has begun: then rows are its own, and keys may be missing still
     */
    static List<Problem> check(Connection connection, MigrationPlan plan, Table table, boolean begun)
            throws SQLException {
        TargetTableCheck check = new TargetTableCheck(connection, plan, table);
        Optional<String> kind = check.one("""
                select c.relkind from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                where n.nspname = ? and c.relname = ?""", table.id().schema(), table.id().name());
        if (kind.isEmpty()) {
            return List.of();
        }
        if (!kind.get().equals("r")) {
            check.add("TARGET-KIND", "it is not an ordinary table", "map to another name, or rename what is there");
            return check.problems;
        }
        check.columns();
        boolean keyed = check.key();
        check.keyCollations();
        check.rights(keyed);
        check.bystanders();
        if (!begun) {
            check.emptiness();
        }
        return check.problems;
    }

    private record Seen(String type, boolean notNull, boolean hasDefault, String identity, String generated) {}

    private void columns() throws SQLException {
        Map<String, Seen> seen = new LinkedHashMap<>();
        try (PreparedStatement select = connection.prepareStatement("""
                select a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull, a.atthasdef,
                  a.attidentity::text, a.attgenerated::text
                from pg_catalog.pg_attribute a
                where a.attrelid = ?::regclass and a.attnum > 0 and not a.attisdropped order by a.attnum""")) {
            select.setString(1, quoted);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    seen.put(
                            row.getString(1),
                            new Seen(
                                    row.getString(2),
                                    row.getBoolean(3),
                                    row.getBoolean(4),
                                    row.getString(5),
                                    row.getString(6)));
                }
            }
        }
        for (Column column : table.columns()) {
            Seen there = seen.remove(column.name());
            if (there == null) {
                String declaration = PostgresTypes.declaration(column.type());
                column(column.name(), "it is missing", "add column " + Names.quote(column.name()) + " " + declaration);
            } else {
                column(column, there);
            }
        }
        seen.forEach((name, extra) -> {
            if (extra.notNull() && !extra.hasDefault() && extra.identity().isEmpty()) {
                column(
                        name,
                        "it is NOT NULL without default, and the mapping does not fill it",
                        "alter column " + Names.quote(name) + " drop not null");
            }
        });
    }

    private void column(Column column, Seen there) {
        String alter = "alter column " + Names.quote(column.name());
        String wanted = PostgresTypes.declaration(column.type());
        if (!there.type().equals(wanted) && !there.type().equals(unbounded(column.type()))) {
            column(column.name(), "it is " + there.type() + ", must be " + wanted, alter + " type " + wanted);
        }
        if (there.notNull() && column.nullable() && !table.key().contains(column.name())) {
            column(column.name(), "it is NOT NULL, but NULLs may come", alter + " drop not null");
        }
        if (!there.generated().isEmpty()) {
            column(column.name(), "it is a generated column and cannot be written", alter + " drop expression");
        }
        if (there.identity().equals("a")) {
            column(
                    column.name(),
                    "it is GENERATED ALWAYS AS IDENTITY and refuses values from elsewhere",
                    alter + " set generated by default");
        }
    }

    /** The same type without length, precision or scale: it takes every value in the same binary form. */
    private static String unbounded(LogicalType type) {
        return switch (type.kind()) {
            case TEXT -> type.precision() == 0 ? "character varying" : "text";
            case ENUM, SET -> "character varying";
            case UINT64, DECIMAL -> "numeric";
            case TIME -> "time without time zone";
            case TIMESTAMP -> "timestamp without time zone";
            case INSTANT -> "timestamp with time zone";
            case BOOL, INT8, INT16, INT32, INT64, FLOAT32, FLOAT64, BYTES, DATE, DURATION, YEAR, BIT, JSON ->
                PostgresTypes.declaration(type);
        };
    }

    /** Whether there is a primary key. */
    private boolean key() throws SQLException {
        List<String> seen = names("""
                select a.attname
                from pg_catalog.pg_constraint k
                cross join unnest(k.conkey) with ordinality as part (attnum, place)
                join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attnum = part.attnum
                where k.conrelid = ?::regclass and k.contype = 'p' order by part.place""");
        if (table.key().isEmpty()) {
            refuseFilledKey(seen);
        } else if (!seen.isEmpty() && !seen.equals(table.key())) {
            add(
                    "TARGET-KEY",
                    "its primary key is (" + String.join(", ", seen) + "), must be (" + String.join(", ", table.key())
                            + ")",
                    "drop the key: it is built after the copy");
        }
        return !seen.isEmpty();
    }

    /** The source's table may hold a row twice. A key of columns that the target fills by itself does not mind. */
    private void refuseFilledKey(List<String> seen) {
        if (table.columns().stream().anyMatch(column -> seen.contains(column.name()))) {
            add(
                    "TARGET-KEY",
                    "its primary key is (" + String.join(", ", seen)
                            + "), but the source's table has none and may hold equal rows",
                    "drop the key");
        }
    }

    /**
     * Two keys of the source that such a collation takes for one are one row here: the delete of the one would take the other, or
     * those who refer to the other.
     */
    private void keyCollations() throws SQLException {
        for (String name : names("""
                select a.attname from pg_catalog.pg_attribute a
                join pg_catalog.pg_collation c on c.oid = a.attcollation
                where a.attrelid = ?::regclass and a.attnum > 0 and not a.attisdropped and not c.collisdeterministic
                order by a.attnum""")) {
            table.columns().stream()
                    .filter(column -> column.name().equals(name) && isCompared(name))
                    .forEach(column -> column(
                            name,
                            "it is part of a key and its collation is not deterministic, so it takes different keys for one",
                            "alter column " + Names.quote(name) + " type " + PostgresTypes.declaration(column.type())
                                    + " collate \"C\""));
        }
    }

    private boolean isCompared(String column) {
        return table.key().contains(column)
                || plan.actions().stream()
                        .anyMatch(action -> (action.parent().equals(table.id())
                                        && action.parentColumns().contains(column))
                                || (action.child().equals(table.id())
                                        && action.childColumns().contains(column)));
    }

    private void rights(boolean keyed) throws SQLException {
        List<String> rights = new ArrayList<>(List.of("SELECT", "INSERT", "UPDATE", "DELETE"));
        if (plan.groupOfTarget(table.id())
                .filter(plan.snapshotGroups()::contains)
                .isPresent()) {
            rights.add("TRUNCATE"); // a copy that begins anew empties its tables
        }
        for (String right : rights) {
            if (one("select 1 where has_table_privilege(?, ?)", quoted, right).isEmpty()) {
                add(
                        "TARGET-RIGHT",
                        "the account lacks " + right,
                        "grant " + right.toLowerCase(Locale.ROOT) + " on " + quoted + " to " + accountName());
            }
        }
        if (one("select 1 from pg_catalog.pg_class where oid = ?::regclass and pg_has_role(relowner, 'USAGE')", quoted)
                .isPresent()) {
            return;
        }
        if (!keyed && !table.key().isEmpty()) {
            add(
                    "TARGET-RIGHT",
                    "it has no primary key, and only its owner can build one",
                    "alter table " + quoted + " owner to " + accountName());
        }
        for (List<String> columns : ReferenceIndexes.missing(connection, plan, table)) {
            add(
                    "TARGET-RIGHT",
                    "it has no index that begins with (" + String.join(", ", columns)
                            + "), which a foreign key of the source refers by, and only its owner can build one",
                    ReferenceIndexes.create(table, columns));
        }
        for (UniqueIndex index : plan.uniqueIndexesOf(table.id())) {
            if (!UniqueIndexes.isThere(connection, index)) {
                add(
                        "TARGET-RIGHT",
                        "it lacks the unique index " + index.name() + ", and only its owner can build one",
                        "alter table " + quoted + " owner to " + accountName());
            }
        }
    }

    private String accountName() throws SQLException {
        return Names.quote(one("select current_user").orElseThrow());
    }

    /** What would act on, or refuse, rows that arrive table by table and not in the order of the source's transactions. */
    private void bystanders() throws SQLException {
        for (String trigger : names(
                "select tgname from pg_catalog.pg_trigger where tgrelid = ?::regclass and not tgisinternal and tgenabled <> 'D'")) {
            add(
                    "TARGET-TRIGGER",
                    "it has trigger " + trigger + ", which would change or repeat what the source has done",
                    "alter table " + quoted + " disable trigger " + Names.quote(trigger));
        }
        for (String constraint : names("""
                select conname from pg_catalog.pg_constraint
                where contype = 'f' and (conrelid = ?::regclass or confrelid = ?::regclass) order by 1""")) {
            add(
                    "TARGET-FOREIGN-KEY",
                    "foreign key " + constraint
                            + " is on it; tables are filled in parallel, and order between tables comes"
                            + " with a later release",
                    "drop constraint " + Names.quote(constraint) + ", and add it again after the switch");
        }
        for (String index : names("""
                select i.indexrelid::regclass::text from pg_catalog.pg_index i
                where i.indrelid = ?::regclass and i.indisexclusion order by 1""")) {
            add(
                    "TARGET-EXCLUSION",
                    "it has the exclusion constraint " + index + ", which nothing on the source implies",
                    "drop the constraint, and add it again after the switch");
        }
        if (one("select 1 from pg_catalog.pg_class where oid = ?::regclass and relpersistence = 'u'", quoted)
                .isPresent()) {
            add(
                    "TARGET-UNLOGGED",
                    "it is unlogged: a crash of the server empties it, while everything else says that its rows are there",
                    "alter table " + quoted + " set logged");
        }
        if (one("select 1 from pg_catalog.pg_class where oid = ?::regclass and relrowsecurity", quoted)
                .isPresent()) {
            add(
                    "TARGET-ROW-SECURITY",
                    "row security is on, which hides rows from COPY and from the check",
                    "alter table " + quoted + " disable row level security");
        }
    }

    private void emptiness() throws SQLException {
        if (one("select 1 where has_table_privilege(?, 'SELECT')", quoted).isEmpty()) {
            return; // told by rights()
        }
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select exists (select 1 from " + quoted + ")")) {
            row.next();
            if (row.getBoolean(1)) {
                add(
                        "TARGET-NOT-EMPTY",
                        "it has rows, must be empty",
                        "truncate table " + quoted + ", or keep them: alter table " + quoted + " rename to "
                                + Names.quote(table.id().name() + "_before"));
            }
        }
    }

    private List<String> names(String query) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(query)) {
            int parameters = select.getParameterMetaData().getParameterCount();
            for (int i = 1; i <= parameters; i++) {
                select.setString(i, quoted);
            }
            List<String> names = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    names.add(row.getString(1));
                }
            }
            return names;
        }
    }

    private Optional<String> one(String query, String... values) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(query)) {
            for (int i = 0; i < values.length; i++) {
                select.setString(i + 1, values[i]);
            }
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
            }
        }
    }

    private void column(String name, String seen, String change) {
        problems.add(new Problem(
                ErrorKind.TARGET,
                "TARGET-COLUMN",
                "column " + table.id() + "." + name,
                seen,
                "alter table " + quoted + " " + change));
    }

    private void add(String code, String seen, String remedy) {
        problems.add(new Problem(ErrorKind.TARGET, code, "table " + table.id(), seen, remedy));
    }
}
