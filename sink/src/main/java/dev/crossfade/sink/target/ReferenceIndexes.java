package dev.crossfade.sink.target;

import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.ReferentialAction;
import dev.crossfade.model.Table;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/**
 * The indexes by which the rows that refer to a parent are found when a referential action is carried out. InnoDB has one for every
 * foreign key; without it the target would read the whole child for every parent that goes.
 */
public final class ReferenceIndexes {
    private static final String IS_THERE = """
            select exists (
              select 1
              from pg_catalog.pg_index i
              join pg_catalog.pg_class c on c.oid = i.indexrelid
              join pg_catalog.pg_am m on m.oid = c.relam
              where i.indrelid = ?::regclass and i.indisvalid and i.indpred is null and m.amname = 'btree'
                and ? = (
                  select count(*) from pg_catalog.pg_attribute a
                  where a.attrelid = i.indrelid and a.attnum = any (i.indkey[0:?]) and a.attname = any (?)))""";

    private ReferenceIndexes() {}

    /** The columns of each index that {@code child}, which is there, lacks. Its primary key counts, whether it is built or not. */
    public static List<List<String>> missing(Connection connection, MigrationPlan plan, Table child)
            throws SQLException {
        List<List<String>> missing = new ArrayList<>();
        for (ReferentialAction action : plan.actions()) {
            List<String> columns = action.childColumns();
            if (action.child().equals(child.id())
                    && !missing.contains(columns)
                    && !isKeyed(child, columns)
                    && !isThere(connection, child, columns)) {
                missing.add(columns);
            }
        }
        return missing;
    }

    private static boolean isKeyed(Table child, List<String> columns) {
        return columns.size() <= child.key().size()
                && new HashSet<>(child.key().subList(0, columns.size())).containsAll(columns);
    }

    private static boolean isThere(Connection connection, Table child, List<String> columns) throws SQLException {
        try (PreparedStatement ask = connection.prepareStatement(IS_THERE)) {
            ask.setString(1, Names.quote(child.id()));
            ask.setLong(2, columns.size());
            ask.setInt(3, columns.size() - 1); // subscripts of indkey begin at 0
            ask.setArray(4, connection.createArrayOf("name", columns.toArray()));
            try (ResultSet answer = ask.executeQuery()) {
                answer.next();
                return answer.getBoolean(1);
            }
        }
    }

    /** The statement that makes one; PostgreSQL finds a name that is free. */
    public static String create(Table child, List<String> columns) {
        return "create index on " + Names.quote(child.id()) + " (" + Names.list(columns) + ")";
    }
}
