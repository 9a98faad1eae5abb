package dev.crossfade.sink.control;

import static java.util.Objects.requireNonNull;

import dev.crossfade.model.ChunkEnd;
import dev.crossfade.model.ChunkId;
import dev.crossfade.model.ChunkPlanSeal;
import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.KeyRange;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.OrderGroup;
import dev.crossfade.model.RowKey;
import dev.crossfade.model.TableId;
import dev.crossfade.sink.target.Connections;
import dev.crossfade.sink.target.TargetErrors;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The chunks that are on the target. A chunk's row is written in the transaction that copies it, so the ledger holds exactly what
 * the tables hold. Any thread, any process.
 */
public final class BackfillLedger {
    private final Connections target;
    private final String migration;

    public BackfillLedger(Connections target, String migration) {
        this.target = requireNonNull(target, "target");
        this.migration = requireNonNull(migration, "migration");
    }

    /**
     * What is on the target of one source table.
     *
     * @param chunks number of chunks
     * @param rows rows in them
     * @param bytes encoded bytes of these rows
     */
    public record Applied(int chunks, long rows, long bytes) {}

    /** What is on the target, by source table; a table without any chunk is absent. */
    public Map<TableId, Applied> applied() {
        try (Connection connection = target.open();
                PreparedStatement select = connection.prepareStatement("""
                        select source_schema, source_table, count(*), sum(row_count), sum(byte_count)
                        from crossfade.chunk where migration = ? group by 1, 2""")) {
            select.setString(1, migration);
            Map<TableId, Applied> tables = new TreeMap<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    tables.put(
                            new TableId(row.getString(1), row.getString(2)),
                            new Applied(row.getInt(3), row.getLong(4), row.getLong(5)));
                }
            }
            return tables;
        } catch (SQLException e) {
            throw TargetErrors.of("read the chunk ledger of migration " + migration, e);
        }
    }

    /** Whether this table's chunks are all there. Cheap; for progress. {@link #isComplete} has the last word. */
    public static boolean isCounted(Applied applied, int sealedChunks) {
        return applied.chunks() == sealedChunks;
    }

    /**
     * Whether every table of the seal and every table of the groups, those that are copied under a snapshot, is complete: all its chunks are on the target, and their ranges, in
     * order of their numbers, follow one another without gap or overlap from the first key to the last. How many chunks the tables of
     * groups have is known once their copies have ended.
     *
     * @throws MigrationException of kind TRANSFORM if all chunks of a table are there and their ranges still do not fit, or if there
     *     are more than were sealed: never to be passed over
     */
    public boolean isComplete(ChunkPlanSeal seal, List<OrderGroup> groups) {
        Map<TableId, Integer> sealed = new TreeMap<>(seal.chunksByTable());
        Map<TableId, Integer> copied = sealedCopies();
        boolean complete = groups.stream().allMatch(group -> copied.keySet().containsAll(group.tables()));
        sealed.putAll(copied);
        Map<TableId, Applied> applied = applied();
        for (Map.Entry<TableId, Integer> table : sealed.entrySet()) {
            int present = Optional.ofNullable(applied.get(table.getKey()))
                    .map(Applied::chunks)
                    .orElse(0);
            if (present > table.getValue()) {
                throw broken(
                        table.getKey(), present + " chunks are on the target, " + table.getValue() + " were sealed");
            }
            complete &= present == table.getValue();
        }
        if (complete) {
            sealed.forEach(this::checkRanges);
        }
        return complete;
    }

    /** How many chunks each table of an order group has whose copy has ended, by source table; others are absent. */
    public Map<TableId, Integer> sealedCopies() {
        try (Connection connection = target.open()) {
            return GroupCopies.sealed(connection, migration);
        } catch (SQLException e) {
            throw TargetErrors.of("read the copies of groups of migration " + migration, e);
        }
    }

    private void checkRanges(TableId table, int chunks) {
        try (Connection connection = target.open();
                PreparedStatement select = connection.prepareStatement("""
                        select number, range_from, range_to from crossfade.chunk
                        where migration = ? and source_schema = ? and source_table = ? order by number""")) {
            select.setString(1, migration);
            select.setString(2, table.schema());
            select.setString(3, table.name());
            select.setFetchSize(1_000);
            try (ResultSet row = select.executeQuery()) {
                KeyRange previous = KeyRange.ALL;
                for (int number = 0; number < chunks; number++) {
                    if (!row.next() || row.getInt(1) != number) {
                        throw broken(table, "chunk " + number + " is missing");
                    }
                    KeyRange range = KeyRange.of(key(row, 2), key(row, 3));
                    boolean fits = number == 0 ? range.from().isEmpty() : previous.isFollowedBy(range);
                    if (!fits) {
                        throw broken(table, "chunk " + number + " does not begin where the one before it ends");
                    }
                    previous = range;
                }
                if (previous.to().isPresent()) {
                    throw broken(table, "the last chunk is not open-ended");
                }
            }
        } catch (SQLException e) {
            throw TargetErrors.of("read the chunk ledger of " + table, e);
        }
    }

    private static MigrationException broken(TableId table, String seen) {
        return new MigrationException(
                ErrorKind.TRANSFORM,
                "backfill of " + table + " does not cover the table: " + seen
                        + "; no key was built and no change was applied");
    }

    private static Optional<RowKey> key(ResultSet row, int column) throws SQLException {
        return Optional.ofNullable(row.getBytes(column)).map(RowKey::new);
    }

    /**
     * Writes the row of a chunk that begins, in the chunk's transaction. Waits for another transaction that has written it.
     *
     * @return false if the chunk is on the target already: its rows must not be copied again
     */
    public static boolean begin(Connection transaction, Epoch epoch, ChunkId chunk) throws SQLException {
        try (PreparedStatement insert = transaction.prepareStatement("""
                insert into crossfade.chunk
                  (migration, source_schema, source_table, number, row_count, byte_count, epoch)
                values (?, ?, ?, ?, 0, 0, ?)
                on conflict (migration, source_schema, source_table, number) do nothing""")) {
            bindId(insert, 1, epoch.migration(), chunk);
            insert.setLong(5, epoch.number());
            return insert.executeUpdate() == 1;
        }
    }

    /** Completes the row of a chunk, in the chunk's transaction. */
    public static void complete(Connection transaction, Epoch epoch, ChunkEnd end) throws SQLException {
        try (PreparedStatement update = transaction.prepareStatement("""
                update crossfade.chunk set range_from = ?, range_to = ?, row_count = ?, byte_count = ?, applied_at = now()
                where migration = ? and source_schema = ? and source_table = ? and number = ?""")) {
            update.setBytes(1, end.range().from().map(RowKey::bytes).orElse(null));
            update.setBytes(2, end.range().to().map(RowKey::bytes).orElse(null));
            update.setLong(3, end.rows());
            update.setLong(4, end.bytes());
            bindId(update, 5, epoch.migration(), end.chunk());
            update.executeUpdate();
        }
    }

    private static void bindId(PreparedStatement statement, int first, String migration, ChunkId chunk)
            throws SQLException {
        statement.setString(first, migration);
        statement.setString(first + 1, chunk.source().schema());
        statement.setString(first + 2, chunk.source().name());
        statement.setInt(first + 3, chunk.number());
    }
}
