package dev.crossfade.sink.control;

import static java.util.Objects.requireNonNull;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How far each partition of a topic has been applied to the target: the offset of the next record that has not. It moves only by
 * compare-and-set in the transaction that holds the work itself, so a replay, an unknown COMMIT outcome and a run that was replaced
 * are all the same harmless case: the set finds another position or another epoch, and the work is rolled back.
 */
public final class Progress {
    private static final String GATE_AND_MOVE = """
            select pg_advisory_xact_lock_shared(?);
            update crossfade.progress set position = ?, leader_epoch = ?, epoch = ?
            where migration = ? and topic = ? and partition = ? and position = ?
              and exists (select 1 from crossfade.run_lock l where l.migration = ? and l.epoch = ?)""";

    private final Epoch epoch;
    private final String topic;
    private final int partition;

    public Progress(Epoch epoch, String topic, int partition) {
        this.epoch = requireNonNull(epoch, "epoch");
        this.topic = requireNonNull(topic, "topic");
        this.partition = partition;
    }

    /** Makes the row with position 0 if there is none; to be followed by commit. */
    public void create(Connection transaction) throws SQLException {
        epoch.enter(transaction);
        try (PreparedStatement insert = transaction.prepareStatement("""
                insert into crossfade.progress (migration, topic, partition, position, epoch) values (?, ?, ?, 0, ?)
                on conflict (migration, topic, partition) do nothing""")) {
            insert.setString(1, epoch.migration());
            insert.setString(2, topic);
            insert.setInt(3, partition);
            insert.setLong(4, epoch.number());
            insert.executeUpdate();
        }
    }

    /** The position; empty if the row was never made. */
    public Optional<LogPosition> position(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("""
                select position, leader_epoch from crossfade.progress
                where migration = ? and topic = ? and partition = ?""")) {
            select.setString(1, epoch.migration());
            select.setString(2, topic);
            select.setInt(3, partition);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? Optional.of(new LogPosition(row.getLong(1), row.getInt(2))) : Optional.empty();
            }
        }
    }

    /**
     * Moves the position, as the first statements of a transaction, in one round trip. It also passes the gate, see {@link Epoch}:
     * the gate is taken in a statement of its own, so the second statement's snapshot is younger.
     *
     * @return false if the position is not {@code expected} any more: somebody has done this work; roll back and read it again
     * @throws dev.crossfade.model.MigrationException if another run has taken over; roll back and end
     */
    public boolean move(Connection transaction, long expected, LogPosition next) throws SQLException {
        try (PreparedStatement move = transaction.prepareStatement(GATE_AND_MOVE)) {
            move.setLong(1, AdvisoryKeys.gate(epoch.migration()));
            move.setLong(2, next.offset());
            move.setInt(3, next.leaderEpoch());
            move.setLong(4, epoch.number());
            move.setString(5, epoch.migration());
            move.setString(6, topic);
            move.setInt(7, partition);
            move.setLong(8, expected);
            move.setString(9, epoch.migration());
            move.setLong(10, epoch.number());
            move.execute();
            move.getMoreResults();
            if (move.getUpdateCount() == 1) {
                return true;
            }
        }
        epoch.enter(transaction); // tells a replaced run from a position that has moved
        return false;
    }

    /** Passes over what stands before {@code offset} and is void; to be followed by {@link #commitToDisk}. */
    public void skipTo(Connection transaction, long offset) throws SQLException {
        create(transaction);
        try (PreparedStatement update = transaction.prepareStatement("""
                update crossfade.progress set position = ?, leader_epoch = ?, epoch = ?
                where migration = ? and topic = ? and partition = ? and position < ?""")) {
            update.setLong(1, offset);
            update.setInt(2, LogPosition.NO_EPOCH);
            update.setLong(3, epoch.number());
            update.setString(4, epoch.migration());
            update.setString(5, topic);
            update.setInt(6, partition);
            update.setLong(7, offset);
            update.executeUpdate();
        }
    }

    /**
     * Commits a transaction that moved a position before which the log is deleted: returns, and shows the position to others, when it
     * is on the target's disk, also where {@code synchronous_commit} is off.
     */
    public static void commitToDisk(Connection transaction) throws SQLException {
        try (Statement flush = transaction.createStatement()) {
            flush.execute("select set_config('synchronous_commit', 'on', true)"
                    + " where current_setting('synchronous_commit') = 'off'");
        }
        transaction.commit();
    }

    /** All positions of a migration's topic, by partition, as {@code connection}'s snapshot sees them. */
    public static Map<Integer, LogPosition> positions(Connection connection, String migration, String topic)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "select partition, position, leader_epoch from crossfade.progress where migration = ? and topic = ?")) {
            select.setString(1, migration);
            select.setString(2, topic);
            Map<Integer, LogPosition> positions = new TreeMap<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    positions.put(row.getInt(1), new LogPosition(row.getLong(2), row.getInt(3)));
                }
            }
            return positions;
        }
    }
}
