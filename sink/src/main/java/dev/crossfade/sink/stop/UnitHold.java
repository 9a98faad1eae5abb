package dev.crossfade.sink.stop;

import static java.util.Objects.requireNonNull;

import dev.crossfade.sink.control.Epoch;
import dev.crossfade.sink.control.LogPosition;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/**
 * What one partition holds back of one unit while it is replayed. It moves by compare-and-set in the transaction that applies the
 * records that it passes, as progress does. One thread at a time.
 *
 * <h2>Why every record is applied once</h2>
 *
 * Let h be the hold and p the progress of the partition. Of the unit, records before h are applied, and none from h on; the
 * applier of the partition passes over all that it meets while there is a hold. The replay reads p, applies [h, p) and moves h, as often
 * as it likes: p only rises, so what it applies has been passed over for good. The last step locks the progress row. Then no batch is
 * under way, and none begins: an applier sets the progress before anything else. The step applies what is left of [h, p), deletes the
 * hold and commits. A batch that waited for the lock begins at p, and asks for holds in its next statement, which sees that there is
 * none: it applies [p, …). A crash at any place leaves the whole step done or none of it.
 */
public final class UnitHold {
    private final Epoch epoch;
    private final String unit;
    private final String rowsTopic;
    private final int partition;

    public UnitHold(Epoch epoch, String unit, String rowsTopic, int partition) {
        this.epoch = requireNonNull(epoch, "epoch");
        this.unit = requireNonNull(unit, "unit");
        this.rowsTopic = requireNonNull(rowsTopic, "rowsTopic");
        this.partition = partition;
    }

    public String unit() {
        return unit;
    }

    public int partition() {
        return partition;
    }

    /** Where the replay goes on; empty if it is over here, or the unit has stopped again. */
    public Optional<LogPosition> position(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("""
                select h.held_from from crossfade.table_hold h
                join crossfade.table_stop s on s.migration = h.migration and s.unit = h.unit and s.state = 'REPLAYING'
                where h.migration = ? and h.unit = ? and h.partition = ?""")) {
            bind(select, 1);
            try (ResultSet row = select.executeQuery()) {
                // The progress, which is never before it, knows the epoch of the log.
                return row.next()
                        ? Optional.of(new LogPosition(row.getLong(1), LogPosition.NO_EPOCH))
                        : Optional.empty();
            }
        }
    }

    /**
     * Moves the hold, as the first statement of a transaction.
     *
     * @return false if it is not where it was expected, or the unit has stopped again: roll back, and read it again
     */
    public boolean move(Connection transaction, long expected, long next) throws SQLException {
        epoch.enter(transaction);
        try (PreparedStatement update = transaction.prepareStatement("""
                update crossfade.table_hold h set held_from = ?
                from crossfade.table_stop s
                where s.migration = h.migration and s.unit = h.unit and s.state = 'REPLAYING'
                  and h.migration = ? and h.unit = ? and h.partition = ? and h.held_from = ?""")) {
            update.setLong(1, next);
            bind(update, 2);
            update.setLong(5, expected);
            return update.executeUpdate() == 1;
        }
    }

    /** The partition's progress; everything before it that is held has been passed over. */
    public long progress(Connection connection) throws SQLException {
        return progress(connection, "");
    }

    /** The same, as the first statement of a transaction until whose end the partition's applier stands still. */
    public long lockProgress(Connection transaction) throws SQLException {
        epoch.enter(transaction);
        return progress(transaction, " for update");
    }

    private long progress(Connection connection, String lock) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "select position from crossfade.progress where migration = ? and topic = ? and partition = ?" + lock)) {
            select.setString(1, epoch.migration());
            select.setString(2, rowsTopic);
            select.setInt(3, partition);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    throw new IllegalStateException("rows partition " + partition + " has no progress");
                }
                return row.getLong(1);
            }
        }
    }

    /**
     * Deletes the hold and, with the last one, the stop, in a transaction that has locked the progress and applies everything up to it.
     *
     * @return false if the unit has stopped again: roll back, and end
     */
    public boolean release(Connection transaction, long expected) throws SQLException {
        // Two last holds that go at once must see each other: the stop's row lets one come after the other.
        try (PreparedStatement lock = transaction.prepareStatement("""
                select 1 from crossfade.table_stop
                where migration = ? and unit = ? and state = 'REPLAYING' for update""")) {
            lock.setString(1, epoch.migration());
            lock.setString(2, unit);
            try (ResultSet row = lock.executeQuery()) {
                if (!row.next()) {
                    return false;
                }
            }
        }
        try (PreparedStatement delete = transaction.prepareStatement("""
                delete from crossfade.table_hold
                where migration = ? and unit = ? and partition = ? and held_from = ?""")) {
            bind(delete, 1);
            delete.setLong(4, expected);
            if (delete.executeUpdate() != 1) {
                return false;
            }
        }
        try (PreparedStatement delete = transaction.prepareStatement("""
                delete from crossfade.table_stop s
                where migration = ? and unit = ? and not exists (
                  select 1 from crossfade.table_hold h where h.migration = s.migration and h.unit = s.unit)""")) {
            delete.setString(1, epoch.migration());
            delete.setString(2, unit);
            delete.executeUpdate();
        }
        return true;
    }

    private void bind(PreparedStatement statement, int first) throws SQLException {
        statement.setString(first, epoch.migration());
        statement.setString(first + 1, unit);
        statement.setInt(first + 2, partition);
    }
}
