package dev.crossfade.sink.control;

import static java.util.Objects.requireNonNull;

import dev.crossfade.model.TableId;
import dev.crossfade.sink.target.Names;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A target table of a migration: how it came to be, which was written in the transaction that created or found it, and how it is now.
 *
 * @param id its name
 * @param created whether Crossfade created it; otherwise it was there, empty
 * @param hadKey whether it had its primary key when it was found; otherwise Crossfade has built the key, if there is one
 * @param schemaCreated whether Crossfade created its schema, for this migration or for another one
 * @param standing what stands under its name now
 * @param estimatedRows by the server's statistics; -1 if it has none
 */
public record TargetTable(
        TableId id, boolean created, boolean hadKey, boolean schemaCreated, Standing standing, long estimatedRows) {
    public TargetTable {
        requireNonNull(id, "id");
        requireNonNull(standing, "standing");
    }

    /** What stands under the name of a table that a migration began with. */
    public enum Standing {
        /** The same table. */
        OURS,
        /** The same table, and another migration fills it too. */
        SHARED,
        /** Another table: somebody has dropped or renamed ours since. */
        REPLACED,
        /** Nothing. */
        GONE
    }

    /**
     * Writes down, in the transaction that has looked for the table and created it if it was absent, how the table came to be. A table
     * that is known already keeps what was written first, unless another one has taken its place.
     */
    public static void record(
            Connection transaction, String migration, TableId id, boolean created, boolean schemaCreated)
            throws SQLException {
        try (PreparedStatement insert = transaction.prepareStatement("""
                insert into crossfade.target_table as known
                  (migration, schema_name, table_name, relation, created, had_key, schema_created)
                select ?, ?, ?, c.oid, ?,
                  exists (select 1 from pg_catalog.pg_constraint k where k.conrelid = c.oid and k.contype = 'p'),
                  ? or exists (select 1 from crossfade.target_table o where o.schema_name = ? and o.schema_created)
                from pg_catalog.pg_class c where c.oid = ?::regclass
                on conflict (migration, schema_name, table_name) do update
                set relation = excluded.relation, created = excluded.created, had_key = excluded.had_key,
                  schema_created = known.schema_created or excluded.schema_created
                where known.relation <> excluded.relation""")) {
            insert.setString(1, migration);
            insert.setString(2, id.schema());
            insert.setString(3, id.name());
            insert.setBoolean(4, created);
            insert.setBoolean(5, schemaCreated);
            insert.setString(6, id.schema());
            insert.setString(7, Names.quote(id));
            insert.executeUpdate();
        }
    }

    /** The tables of a migration, by name; none if it has not come so far, or the control schema is of a version without them. */
    public static List<TargetTable> of(Connection connection, String migration) throws SQLException {
        if (!areKnown(connection)) {
            return List.of();
        }
        try (PreparedStatement select = connection.prepareStatement("""
                select t.schema_name, t.table_name, t.created, t.had_key, t.schema_created,
                  case when c.oid is null then 'GONE'
                    when c.oid <> t.relation then 'REPLACED'
                    when exists (select 1 from crossfade.target_table o
                      where o.relation = t.relation and o.migration <> t.migration) then 'SHARED'
                    else 'OURS' end,
                  coalesce(c.reltuples, -1)::bigint
                from crossfade.target_table t
                left join pg_catalog.pg_namespace n on n.nspname = t.schema_name
                left join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = t.table_name
                where t.migration = ? order by 1, 2""")) {
            select.setString(1, migration);
            List<TargetTable> tables = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    tables.add(new TargetTable(
                            new TableId(row.getString(1), row.getString(2)),
                            row.getBoolean(3),
                            row.getBoolean(4),
                            row.getBoolean(5),
                            Standing.valueOf(row.getString(6)),
                            row.getLong(7)));
                }
            }
            return tables;
        }
    }

    /** Schemas that Crossfade has created for the migration's tables and that will be empty without those that it created there. */
    public static List<String> schemas(Connection connection, String migration) throws SQLException {
        if (!areKnown(connection)) {
            return List.of();
        }
        try (PreparedStatement select = connection.prepareStatement("""
                select distinct t.schema_name
                from crossfade.target_table t join pg_catalog.pg_namespace n on n.nspname = t.schema_name
                where t.migration = ? and t.schema_created and pg_has_role(n.nspowner, 'USAGE') and not exists (
                  select 1 from pg_catalog.pg_depend d
                  where d.refclassid = 'pg_catalog.pg_namespace'::regclass and d.refobjid = n.oid and not exists (
                    select 1 from crossfade.target_table g
                    where g.migration = t.migration and g.created
                      and d.classid = 'pg_catalog.pg_class'::regclass and d.objid = g.relation and not exists (
                        select 1 from crossfade.target_table o
                        where o.relation = g.relation and o.migration <> g.migration)))
                order by 1""")) {
            select.setString(1, migration);
            List<String> schemas = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    schemas.add(row.getString(1));
                }
            }
            return schemas;
        }
    }

    private static boolean areKnown(Connection connection) throws SQLException {
        try (PreparedStatement ask =
                        connection.prepareStatement("select to_regclass('crossfade.target_table') is not null");
                ResultSet answer = ask.executeQuery()) {
            answer.next();
            return answer.getBoolean(1);
        }
    }

    /**
     * In the caller's transaction, which has dropped or emptied the tables: drops the schemas that Crossfade has created for them and
     * that are empty now, and forgets the tables.
     */
    public static void forget(Connection transaction, String migration, List<TargetTable> tables) throws SQLException {
        try (PreparedStatement delete =
                transaction.prepareStatement("delete from crossfade.target_table where migration = ?")) {
            delete.setString(1, migration);
            delete.executeUpdate();
        }
        Set<String> schemas = new TreeSet<>();
        tables.stream()
                .filter(TargetTable::schemaCreated)
                .forEach(table -> schemas.add(table.id().schema()));
        for (String schema : schemas) {
            Schemas.dropIfOursAndEmpty(transaction, schema);
        }
    }
}
