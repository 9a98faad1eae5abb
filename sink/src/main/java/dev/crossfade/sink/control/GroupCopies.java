package dev.crossfade.sink.control;

import dev.crossfade.model.BinlogPosition;
import dev.crossfade.model.CopyEnd;
import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.OrderGroup;
import dev.crossfade.model.TableId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The copies of order groups: where in the source's log each stands, and, once it is complete, how many chunks each table has. Written
 * in the transactions that empty the tables and that find the copy's end, in the order of the chunks topic. Any thread.
 */
public final class GroupCopies {
    private GroupCopies() {}

    /**
     * Refuses to copy once more what runs.
     *
     * @throws MigrationException of kind TRANSFORM if the copy is complete: changes have been applied to it, and it must not begin anew
     */
    public static void requireIncomplete(Connection transaction, Epoch epoch, OrderGroup group, BinlogPosition position)
            throws SQLException {
        Set<TableId> complete = sealed(transaction, epoch.migration()).keySet();
        if (group.tables().stream().anyMatch(complete::contains)) {
            throw new MigrationException(
                    ErrorKind.TRANSFORM,
                    "the log begins the copy of group " + group.name() + " at " + position
                            + " once more, after it was complete; nothing of the group was changed");
        }
    }

    /** Makes whatever an earlier copy of the group brought void, in the transaction that empties its target tables. */
    public static void begin(Connection transaction, Epoch epoch, OrderGroup group, BinlogPosition position)
            throws SQLException {
        try (PreparedStatement forget = transaction.prepareStatement("""
                delete from crossfade.chunk
                where migration = ? and (source_schema, source_table) in (select * from unnest(?::text[], ?::text[]))""")) {
            forget.setString(1, epoch.migration());
            bindTables(transaction, forget, 2, group);
            forget.executeUpdate();
        }
        try (PreparedStatement insert = transaction.prepareStatement("""
                insert into crossfade.group_copy
                  (migration, source_schema, source_table, group_name, log_file, log_offset, gtids)
                select ?, t.source_schema, t.source_table, ?, ?, ?, ?
                from unnest(?::text[], ?::text[]) as t (source_schema, source_table)
                on conflict (migration, source_schema, source_table) do update
                set log_file = excluded.log_file, log_offset = excluded.log_offset, gtids = excluded.gtids, chunks = null,
                    begun_at = now()""")) {
            insert.setString(1, epoch.migration());
            insert.setString(2, group.name());
            insert.setString(3, position.file());
            insert.setLong(4, position.offset());
            insert.setString(5, position.gtids());
            bindTables(transaction, insert, 6, group);
            insert.executeUpdate();
        }
    }

    private static void bindTables(Connection connection, PreparedStatement statement, int first, OrderGroup group)
            throws SQLException {
        Object[] schemas = group.tables().stream().map(TableId::schema).toArray();
        Object[] names = group.tables().stream().map(TableId::name).toArray();
        statement.setArray(first, connection.createArrayOf("text", schemas));
        statement.setArray(first + 1, connection.createArrayOf("text", names));
    }

    /**
     * Notes that all chunks of a copy are in the log before this place, and how many they are.
     *
     * @throws MigrationException of kind TRANSFORM if the end does not name the tables that the copy began with
     */
    public static void complete(Connection transaction, Epoch epoch, CopyEnd end) throws SQLException {
        int known = 0;
        try (PreparedStatement update = transaction.prepareStatement("""
                update crossfade.group_copy set chunks = ?
                where migration = ? and group_name = ? and source_schema = ? and source_table = ?""")) {
            for (Map.Entry<TableId, Integer> table : end.chunksByTable().entrySet()) {
                update.setInt(1, table.getValue());
                update.setString(2, epoch.migration());
                update.setString(3, end.group());
                update.setString(4, table.getKey().schema());
                update.setString(5, table.getKey().name());
                known += update.executeUpdate();
            }
        }
        if (known != end.chunksByTable().size() || hasOpenTables(transaction, epoch, end.group())) {
            throw new MigrationException(
                    ErrorKind.TRANSFORM,
                    "the copy of group " + end.group() + " ends with the tables "
                            + end.chunksByTable().keySet().stream()
                                    .sorted()
                                    .map(TableId::toString)
                                    .collect(Collectors.joining(", "))
                            + ", it began with others; its end was not taken");
        }
    }

    private static boolean hasOpenTables(Connection transaction, Epoch epoch, String group) throws SQLException {
        try (PreparedStatement select = transaction.prepareStatement(
                "select 1 from crossfade.group_copy where migration = ? and group_name = ? and chunks is null")) {
            select.setString(1, epoch.migration());
            select.setString(2, group);
            try (ResultSet row = select.executeQuery()) {
                return row.next();
            }
        }
    }

    /** For each source table whose group's copy has ended, how many chunks it has. The ledger says whether they are on the target. */
    static Map<TableId, Integer> sealed(Connection connection, String migration) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("""
                select source_schema, source_table, chunks from crossfade.group_copy
                where migration = ? and chunks is not null""")) {
            select.setString(1, migration);
            Map<TableId, Integer> tables = new TreeMap<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    tables.put(new TableId(row.getString(1), row.getString(2)), row.getInt(3));
                }
            }
            return tables;
        }
    }

    /** For each source table whose group's copy has ended, the position of its snapshot: changes from there on are to be applied. */
    public static Map<TableId, BinlogPosition> completed(Connection connection, String migration) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("""
                select source_schema, source_table, log_file, log_offset, gtids from crossfade.group_copy
                where migration = ? and chunks is not null""")) {
            select.setString(1, migration);
            Map<TableId, BinlogPosition> positions = new TreeMap<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    positions.put(
                            new TableId(row.getString(1), row.getString(2)),
                            new BinlogPosition(row.getString(3), row.getLong(4), row.getString(5)));
                }
            }
            return positions;
        }
    }
}
