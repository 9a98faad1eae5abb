package dev.crossfade.sink.stop;

import static java.util.Objects.requireNonNull;

import dev.crossfade.sink.control.Epoch;
import dev.crossfade.sink.target.Connections;
import dev.crossfade.sink.target.TargetErrors;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The stopped units of a migration, for those who look at them and those who take them up again. Any thread, any process. */
public final class StopBoard {
    private final Connections target;
    private final String migration;

    public StopBoard(Connections target, String migration) {
        this.target = requireNonNull(target, "target");
        this.migration = requireNonNull(migration, "migration");
    }

    /** All stopped units, by name. */
    public List<Stop> read() {
        try (Connection connection = target.open()) {
            return read(connection, migration);
        } catch (SQLException e) {
            throw TargetErrors.of("read which tables of migration " + migration + " have stopped", e);
        }
    }

    /** The same, as {@code connection}'s snapshot sees them; none where an older Crossfade made the control schema. */
    public static List<Stop> read(Connection connection, String migration) throws SQLException {
        try (Statement ask = connection.createStatement();
                ResultSet known = ask.executeQuery("select to_regclass('crossfade.table_stop') is not null")) {
            known.next();
            if (!known.getBoolean(1)) {
                return List.of();
            }
        }
        try (PreparedStatement select = connection.prepareStatement("""
                select unit, tables, id, reason, statement, position, replayable, state, since
                from crossfade.table_stop where migration = ? order by unit""")) {
            select.setString(1, migration);
            List<Stop> stops = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    stops.add(new Stop(
                            row.getString("unit"),
                            texts(row.getArray("tables")),
                            new Stop.Cause(
                                    row.getString("id"),
                                    row.getString("reason"),
                                    row.getString("statement"),
                                    row.getString("position"),
                                    row.getBoolean("replayable")),
                            StopState.valueOf(row.getString("state")),
                            requireNonNull(row.getObject("since", Timestamp.class), "since")
                                    .toInstant()));
                }
            }
            return stops;
        }
    }

    private static List<String> texts(Array array) throws SQLException {
        return List.of((String[]) array.getArray());
    }

    /** One stopped unit; empty if it runs. */
    public Optional<Stop> read(String unit) {
        return read().stream().filter(stop -> stop.unit().equals(unit)).findFirst();
    }

    /** From which offset on each partition holds the unit back. */
    public Map<Integer, Long> holds(String unit) {
        try (Connection connection = target.open();
                PreparedStatement select = connection.prepareStatement(
                        "select partition, held_from from crossfade.table_hold where migration = ? and unit = ?")) {
            select.setString(1, migration);
            select.setString(2, unit);
            Map<Integer, Long> holds = new TreeMap<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    holds.put(row.getInt(1), row.getLong(2));
                }
            }
            return holds;
        } catch (SQLException e) {
            throw TargetErrors.of("read the holds of " + unit, e);
        }
    }

    /**
     * Asks that a unit be taken up again, from any process.
     *
     * @return false if it is not stopped, or is on its way back already
     */
    public boolean want(String unit) {
        try (Connection connection = target.open()) {
            return move(connection, unit, StopState.STOPPED, StopState.WANTED);
        } catch (SQLException e) {
            throw TargetErrors.of("ask that " + unit + " be taken up again", e);
        }
    }

    private boolean move(Connection connection, String unit, StopState from, StopState to) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(
                "update crossfade.table_stop set state = ? where migration = ? and unit = ? and state = ?")) {
            update.setString(1, to.name());
            update.setString(2, migration);
            update.setString(3, unit);
            update.setString(4, from.name());
            return update.executeUpdate() == 1;
        }
    }

    /**
     * Lets the replay of a unit begin that was wanted, in one transaction: a partition that has met nothing of it since the stop gets its
     * hold now, where its progress stands, so that from here on the absence of a hold means that the unit runs there.
     *
     * @param rowsTopic whose progress is meant
     * @param partitions those of the unit; each has a progress
     * @return false if the unit is in another state; nothing was changed then
     */
    public boolean beginReplay(Epoch epoch, String unit, String rowsTopic, Set<Integer> partitions) {
        try (Connection connection = target.open()) {
            connection.setAutoCommit(false);
            epoch.enter(connection);
            for (Map.Entry<Integer, Long> progress :
                    lockProgress(connection, rowsTopic, partitions).entrySet()) {
                Stops.hold(connection, epoch, unit, progress.getKey(), progress.getValue());
            }
            return end(connection, move(connection, unit, StopState.WANTED, StopState.REPLAYING));
        } catch (SQLException e) {
            throw TargetErrors.of("begin the replay of " + unit, e);
        }
    }

    /**
     * Lets the tables of a unit be copied again that was wanted.
     *
     * @return false if the unit is in another state; nothing was changed then
     */
    public boolean beginCopy(Epoch epoch, String unit) {
        try (Connection connection = target.open()) {
            connection.setAutoCommit(false);
            epoch.enter(connection);
            return end(connection, move(connection, unit, StopState.WANTED, StopState.COPYING));
        } catch (SQLException e) {
            throw TargetErrors.of("begin the copy of " + unit, e);
        }
    }

    /**
     * Moves everything that is held back of a unit to where its partitions stand now: what stands before was committed on the source
     * before the snapshot of the copy that follows, so that the copy holds it. To be called between a fence, which has passed since
     * capture publishes the unit again, and the opening of that snapshot.
     *
     * @return false if the unit is not being copied any more; nothing was changed then
     */
    public boolean holdFromHere(Epoch epoch, String unit, String rowsTopic, Set<Integer> partitions) {
        try (Connection connection = target.open()) {
            connection.setAutoCommit(false);
            epoch.enter(connection);
            Map<Integer, Long> progress = lockProgress(connection, rowsTopic, partitions);
            try (PreparedStatement insert = connection.prepareStatement("""
                    insert into crossfade.table_hold (migration, unit, partition, held_from) values (?, ?, ?, ?)
                    on conflict (migration, unit, partition) do update set held_from = excluded.held_from""")) {
                for (Map.Entry<Integer, Long> position : progress.entrySet()) {
                    insert.setString(1, migration);
                    insert.setString(2, unit);
                    insert.setInt(3, position.getKey());
                    insert.setLong(4, position.getValue());
                    insert.executeUpdate();
                }
            }
            return end(connection, move(connection, unit, StopState.COPYING, StopState.COPYING));
        } catch (SQLException e) {
            throw TargetErrors.of("move what is held back of " + unit, e);
        }
    }

    /**
     * Lets the replay begin of a unit whose copy is complete on the target; from now on it may be replayed whatever stops it.
     *
     * @return false if the unit is not being copied any more; nothing was changed then
     */
    public boolean endCopy(Epoch epoch, String unit) {
        try (Connection connection = target.open()) {
            connection.setAutoCommit(false);
            epoch.enter(connection);
            boolean ended = move(connection, unit, StopState.COPYING, StopState.REPLAYING);
            if (ended) {
                try (PreparedStatement update = connection.prepareStatement(
                        "update crossfade.table_stop set replayable = true where migration = ? and unit = ?")) {
                    update.setString(1, migration);
                    update.setString(2, unit);
                    update.executeUpdate();
                }
            }
            return end(connection, ended);
        } catch (SQLException e) {
            throw TargetErrors.of("end the copy of " + unit, e);
        }
    }

    /** Stops a unit anew that could not be copied; one that has stopped meanwhile keeps its own reason. */
    public void giveUpCopy(Epoch epoch, Units units, String unit, Stop.Cause cause) {
        try (Connection connection = target.open()) {
            connection.setAutoCommit(false);
            epoch.enter(connection);
            boolean isCopying = move(connection, unit, StopState.COPYING, StopState.COPYING);
            if (isCopying) {
                Stops.stop(connection, epoch, units, unit, cause);
            }
            var unused = end(connection, isCopying);
        } catch (SQLException e) {
            throw TargetErrors.of("give up the copy of " + unit, e);
        }
    }

    private static boolean end(Connection transaction, boolean done) throws SQLException {
        if (done) {
            transaction.commit();
        } else {
            transaction.rollback();
        }
        return done;
    }

    /** An applier has locked one progress and may wait for a stop's row, so the progress comes first here, too. */
    private Map<Integer, Long> lockProgress(Connection transaction, String rowsTopic, Set<Integer> partitions)
            throws SQLException {
        try (PreparedStatement select = transaction.prepareStatement("""
                select partition, position from crossfade.progress
                where migration = ? and topic = ? and partition = any(?) order by partition for update""")) {
            select.setString(1, migration);
            select.setString(2, rowsTopic);
            select.setArray(3, transaction.createArrayOf("int4", partitions.toArray()));
            Map<Integer, Long> positions = new TreeMap<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    positions.put(row.getInt(1), row.getLong(2));
                }
            }
            if (!positions.keySet().equals(Set.copyOf(partitions))) {
                throw new IllegalStateException("rows partitions " + partitions + " are not all applied");
            }
            return positions;
        }
    }
}
