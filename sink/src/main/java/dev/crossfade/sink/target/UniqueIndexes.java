package dev.crossfade.sink.target;

import dev.crossfade.model.TableId;
import dev.crossfade.model.UniqueIndex;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * The unique indexes of target tables besides their primary keys. Those that Crossfade builds carry a comment with the migration's name,
 * written in the transaction that builds them: by it they are told from those that were there.
 */
public final class UniqueIndexes {
    private UniqueIndexes() {}

    /**
     * A unique index that was there before the migration.
     *
     * @param columns of the table, in index order, without those that it only includes
     * @param plain whether two rows collide if, and only if, all these columns are there and equal: no expression, no condition, no
     *     NULL that equals another, no collation that takes different texts for one
     */
    public record Found(String name, TableId table, List<String> columns, boolean plain) {
        public Found {
            columns = List.copyOf(columns);
        }
    }

    /** What stands on the given tables and was not built by this migration, by table and name; nothing for a table that is not there. */
    public static List<Found> found(Connection connection, String migration, List<TableId> tables) throws SQLException {
        List<Found> found = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement("""
                select c.relname,
                  array(select a.attname::text from unnest((i.indkey::int2[])[0:i.indnkeyatts - 1]) with ordinality as part (attnum, place)
                        join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = part.attnum
                        order by part.place),
                  i.indexprs is null and i.indpred is null and not i.indisexclusion
                    and coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false) is false
                    and not exists (
                      select 1 from pg_catalog.pg_collation o
                      where o.oid = any (i.indcollation) and not o.collisdeterministic)
                from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid
                where i.indrelid = to_regclass(?) and i.indisunique and not i.indisprimary
                  and obj_description(i.indexrelid, 'pg_class') is distinct from ?
                order by 1""")) {
            for (TableId table : tables) {
                select.setString(1, Names.quote(table));
                select.setString(2, comment(migration));
                try (ResultSet row = select.executeQuery()) {
                    while (row.next()) {
                        String[] columns = (String[]) row.getArray(2).getArray();
                        found.add(new Found(row.getString(1), table, List.of(columns), row.getBoolean(3)));
                    }
                }
            }
        }
        return found;
    }

    /** Whether it stands on its table, whoever built it. */
    public static boolean isThere(Connection connection, UniqueIndex index) throws SQLException {
        try (PreparedStatement ask = connection.prepareStatement("""
                select exists (
                  select 1 from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid
                  where i.indrelid = to_regclass(?) and c.relname = ?)""")) {
            ask.setString(1, Names.quote(index.table()));
            ask.setString(2, index.name());
            try (ResultSet answer = ask.executeQuery()) {
                answer.next();
                return answer.getBoolean(1);
            }
        }
    }

    /** Builds one, in which NULLs are distinct as on the source, and marks it as the migration's; in the caller's transaction. */
    public static void build(Statement statement, String migration, UniqueIndex index) throws SQLException {
        statement.execute("create unique index " + Names.quote(index.name()) + " on " + Names.quote(index.table())
                + " (" + Names.list(index.columns()) + ")");
        statement.execute("comment on index " + Names.quote(index.table().schema()) + "." + Names.quote(index.name())
                + " is '" + comment(migration) + "'");
    }

    /** Drops those of a table that the migration has built, in the caller's transaction. */
    public static void drop(Connection transaction, String migration, TableId table) throws SQLException {
        List<String> ours = new ArrayList<>();
        try (PreparedStatement select = transaction.prepareStatement("""
                select i.indexrelid::regclass::text from pg_catalog.pg_index i
                where i.indrelid = to_regclass(?) and i.indisunique and obj_description(i.indexrelid, 'pg_class') = ?""")) {
            select.setString(1, Names.quote(table));
            select.setString(2, comment(migration));
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    ours.add(row.getString(1));
                }
            }
        }
        try (Statement statement = transaction.createStatement()) {
            for (String index : ours) {
                statement.execute("drop index " + index);
            }
        }
    }

    /** A migration's name holds no quote. */
    private static String comment(String migration) {
        return "built by Crossfade for migration " + migration;
    }
}
