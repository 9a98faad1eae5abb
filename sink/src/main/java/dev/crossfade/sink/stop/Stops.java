package dev.crossfade.sink.stop;

import dev.crossfade.sink.control.Epoch;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/**
 * Stops and holds as the applier of a partition sees and writes them, in its own transactions, which have moved the partition's
 * progress first and so hold the lock on that row until they end.
 *
 * <p>A <em>hold</em> says from which offset on a partition's records of a unit have not been applied, while the partition's progress,
 * which is that of all other units, goes on. A hold is written by the applier of the partition, and moved and deleted by the replay of
 * the unit, see {@link UnitHold}; whoever deletes it has locked the progress. So for an applier that holds that lock, and reads in a
 * statement begun after it got it, what it reads stays true until its transaction ends.
 */
public final class Stops {
    private Stops() {}

    /**
     * A stopped unit in one partition.
     *
     * @param held whether the partition holds its records back already
     */
    public record Standing(StopState state, boolean held) {
        /** Whether records of the unit must not be applied here: there is a hold, or the first to be met since the stop must write one. */
        public boolean isHeldBack() {
            return held || state != StopState.REPLAYING;
        }
    }

    /**
     * All stopped units, as one partition sees them. A statement of its own: one that waits for the lock on the progress shows what was
     * true before it waited.
     */
    public static Map<String, Standing> read(Connection transaction, String migration, int partition)
            throws SQLException {
        try (PreparedStatement select = transaction.prepareStatement("""
                select s.unit, s.state, h.unit is not null
                from crossfade.table_stop s
                left join crossfade.table_hold h on h.migration = s.migration and h.unit = s.unit and h.partition = ?
                where s.migration = ?""")) {
            select.setInt(1, partition);
            select.setString(2, migration);
            Map<String, Standing> stopped = new HashMap<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    stopped.put(row.getString(1), new Standing(StopState.valueOf(row.getString(2)), row.getBoolean(3)));
                }
            }
            return stopped;
        }
    }

    /**
     * Stops a unit, or stops it anew whatever it was about to do. One that must be copied stays so: what may be replayed besides is
     * part of the copy.
     */
    public static void stop(Connection transaction, Epoch epoch, Units units, String unit, Stop.Cause cause)
            throws SQLException {
        try (PreparedStatement insert = transaction.prepareStatement("""
                insert into crossfade.table_stop as s
                  (migration, unit, tables, id, reason, statement, position, replayable, state)
                values (?, ?, ?, ?, ?, ?, ?, ?, 'STOPPED')
                on conflict (migration, unit) do update
                set id = excluded.id, reason = excluded.reason, statement = excluded.statement,
                    position = excluded.position, replayable = excluded.replayable, state = excluded.state, since = now()
                where s.replayable or not excluded.replayable""")) {
            insert.setString(1, epoch.migration());
            insert.setString(2, unit);
            insert.setArray(
                    3,
                    transaction.createArrayOf(
                            "text",
                            units.sources(unit).stream().map(Object::toString).toArray()));
            insert.setString(4, cause.id());
            insert.setString(5, cause.reason());
            insert.setString(6, cause.statement());
            insert.setString(7, cause.position());
            insert.setBoolean(8, cause.replayable());
            insert.executeUpdate();
        }
    }

    /** Whether the tables of a unit are being copied again, as the transaction that begins or ends a copy asks. */
    public static boolean isCopying(Connection transaction, String migration, String unit) throws SQLException {
        try (PreparedStatement select = transaction.prepareStatement(
                "select 1 from crossfade.table_stop where migration = ? and unit = ? and state = 'COPYING'")) {
            select.setString(1, migration);
            select.setString(2, unit);
            try (ResultSet row = select.executeQuery()) {
                return row.next();
            }
        }
    }

    /** Holds back what a partition has of a unit from {@code from} on; keeps a hold that is there, which is an earlier one. */
    public static void hold(Connection transaction, Epoch epoch, String unit, int partition, long from)
            throws SQLException {
        try (PreparedStatement insert = transaction.prepareStatement("""
                insert into crossfade.table_hold (migration, unit, partition, held_from) values (?, ?, ?, ?)
                on conflict (migration, unit, partition) do nothing""")) {
            insert.setString(1, epoch.migration());
            insert.setString(2, unit);
            insert.setInt(3, partition);
            insert.setLong(4, from);
            insert.executeUpdate();
        }
    }
}
