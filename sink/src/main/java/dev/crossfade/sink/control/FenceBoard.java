package dev.crossfade.sink.control;

import static java.util.Objects.requireNonNull;

import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.Fence;
import dev.crossfade.model.MigrationException;
import dev.crossfade.sink.target.Connections;
import dev.crossfade.sink.target.SqlStates;
import dev.crossfade.sink.target.TargetErrors;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Which fences the target has passed. The row applier of each rows partition writes one row per change partition, in the
 * transaction that applies what came before it; a fence is passed when all P times P rows are there, and then everything before it
 * in the source's log is on the target. Any thread, any process.
 */
public final class FenceBoard {
    private static final Duration POLL_INTERVAL = Duration.ofMillis(10);

    private final Connections target;
    private final String migration;
    private final int partitions;

    /**
     * A board.
     *
     * @param partitions P, of the changes and of the rows
     */
    public FenceBoard(Connections target, String migration, int partitions) {
        this.target = requireNonNull(target, "target");
        this.migration = requireNonNull(migration, "migration");
        this.partitions = partitions;
    }

    /**
     * Waits until the target has passed the fence. Reads the board every 10 ms on one connection, and goes on over a broken
     * connection until the deadline.
     *
     * @return the position behind the fence in each partition of the rows
     * @throws MigrationException of kind TRANSFORM after {@code patience}, naming what is missing; of kind TARGET if the target cannot
     *     be read
     */
    public Map<Integer, Long> awaitPassed(String token, Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            try (Connection connection = target.open()) {
                return awaitPassed(connection, token, patience, deadline);
            } catch (SQLException e) {
                if (!SqlStates.isTransient(e) || System.nanoTime() - deadline >= 0) {
                    throw TargetErrors.of("wait for fence " + token, e);
                }
                TimeUnit.MILLISECONDS.sleep(POLL_INTERVAL.toMillis());
            }
        }
    }

    private Map<Integer, Long> awaitPassed(Connection connection, String token, Duration patience, long deadline)
            throws SQLException, InterruptedException {
        try (PreparedStatement count =
                connection.prepareStatement("select count(*) from crossfade.fence where migration = ? and token = ?")) {
            count.setString(1, migration);
            count.setString(2, token);
            while (true) {
                try (ResultSet row = count.executeQuery()) {
                    row.next();
                    if (row.getInt(1) == partitions * partitions) {
                        return positionsAt(connection, token);
                    }
                }
                if (System.nanoTime() - deadline >= 0) {
                    throw late(connection, token, patience);
                }
                TimeUnit.MILLISECONDS.sleep(POLL_INTERVAL.toMillis());
            }
        }
    }

    /** Whether the target has passed the fence. */
    public boolean isPassed(String token) {
        try (Connection connection = target.open()) {
            return passed(connection, token).size() == partitions * partitions;
        } catch (SQLException e) {
            throw TargetErrors.of("look for fence " + token, e);
        }
    }

    /** The position behind the fence's last record in each partition of the rows that has met one. */
    public Map<Integer, Long> positionsAt(String token) {
        try (Connection connection = target.open()) {
            return positionsAt(connection, token);
        } catch (SQLException e) {
            throw TargetErrors.of("read the positions of fence " + token, e);
        }
    }

    /**
     * Deletes the rows of fences that were passed longer ago than {@code age}. One that is not passed in every partition keeps all
     * its rows, however old they are: a partition may be hours behind another, and a fence that has lost a row is never passed.
     */
    public void forgetOlderThan(Duration age) {
        try (Connection connection = target.open();
                PreparedStatement delete = connection.prepareStatement("""
                        delete from crossfade.fence where migration = ? and token in (
                          select token from crossfade.fence where migration = ?
                          group by token
                          having count(*) = ? and max(passed_at) < now() - make_interval(secs => ?))""")) {
            delete.setString(1, migration);
            delete.setString(2, migration);
            delete.setInt(3, partitions * partitions);
            delete.setDouble(4, age.toMillis() / 1_000.0);
            delete.executeUpdate();
        } catch (SQLException e) {
            throw TargetErrors.of("delete old fences", e);
        }
    }

    private Map<Integer, Long> positionsAt(Connection connection, String token) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("""
                select rows_partition, max(position) from crossfade.fence
                where migration = ? and token = ? group by 1""")) {
            select.setString(1, migration);
            select.setString(2, token);
            Map<Integer, Long> positions = new TreeMap<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    positions.put(row.getInt(1), row.getLong(2));
                }
            }
            return positions;
        }
    }

    private record Pair(int rowsPartition, int changePartition) {}

    private Set<Pair> passed(Connection connection, String token) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "select rows_partition, change_partition from crossfade.fence where migration = ? and token = ?")) {
            select.setString(1, migration);
            select.setString(2, token);
            Set<Pair> pairs = new HashSet<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    pairs.add(new Pair(row.getInt(1), row.getInt(2)));
                }
            }
            return pairs;
        }
    }

    private MigrationException late(Connection connection, String token, Duration patience) throws SQLException {
        Set<Pair> passed = passed(connection, token);
        List<String> missing = new ArrayList<>();
        for (int rows = 0; rows < partitions; rows++) {
            Set<Integer> changes = new TreeSet<>();
            for (int change = 0; change < partitions; change++) {
                if (!passed.contains(new Pair(rows, change))) {
                    changes.add(change);
                }
            }
            if (!changes.isEmpty()) {
                missing.add("rows partition " + rows + " has not met it from change partition"
                        + (changes.size() == 1 ? " " : "s ")
                        + changes.stream().map(String::valueOf).collect(Collectors.joining(", ")));
            }
        }
        return new MigrationException(
                ErrorKind.TRANSFORM,
                "the target has not passed fence " + token + " within " + patience.toMillis() + " ms: "
                        + String.join("; ", missing) + "; nothing was changed by waiting");
    }

    /**
     * Writes fences that a rows partition has met, in the transaction that applies what came before them.
     *
     * @param positions for each fence the position behind its record
     */
    public static void pass(Connection transaction, Epoch epoch, int rowsPartition, Map<Fence, Long> positions)
            throws SQLException {
        try (PreparedStatement insert = transaction.prepareStatement("""
                insert into crossfade.fence (migration, token, rows_partition, change_partition, position)
                select ?, f.token, ?, f.change_partition, f.position
                from unnest(?::text[], ?::int[], ?::bigint[]) as f (token, change_partition, position)
                on conflict (migration, token, rows_partition, change_partition) do nothing""")) {
            Object[] tokens = positions.keySet().stream().map(Fence::token).toArray();
            Object[] changes =
                    positions.keySet().stream().map(Fence::changePartition).toArray();
            insert.setString(1, epoch.migration());
            insert.setInt(2, rowsPartition);
            insert.setArray(3, transaction.createArrayOf("text", tokens));
            insert.setArray(4, transaction.createArrayOf("int4", changes));
            insert.setArray(
                    5, transaction.createArrayOf("int8", positions.values().toArray()));
            insert.executeUpdate();
        }
    }
}
