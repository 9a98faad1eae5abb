package dev.crossfade.capture.backfill;

import dev.crossfade.capture.source.KeyPredicate;
import dev.crossfade.capture.source.SourceRowReader;
import dev.crossfade.capture.source.SourceTable;
import dev.crossfade.model.ChunkId;
import dev.crossfade.model.ChunkTask;
import dev.crossfade.model.KeyRange;
import dev.crossfade.model.RowKey;
import dev.crossfade.model.codec.RowWriter;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Cuts one table into ranges of nearly equal numbers of rows, whatever its keys look like: it walks the primary key's index in key
 * order and keeps every n-th key. The walk reads each of the index's pages once and sends keys only (about 5 million a second on
 * one core); it runs as statements of {@value #KEYS_PER_STATEMENT} keys each, so no read view lives long. Rows that come and go
 * meanwhile make chunks uneven, not wrong: the ranges cover all keys by construction.
 */
final class ChunkCutter {
    private static final int KEYS_PER_STATEMENT = 500_000;
    private static final int FETCH_ROWS = 2_000;
    private static final int SAMPLED_ROWS = 200;

    private final Connection connection;
    private final SourceTable table;
    private final List<String> columns;
    private final long chunkBytes;

    /**
     * A cutter of one table.
     *
     * @param columns names of the columns that are carried
     */
    ChunkCutter(Connection connection, SourceTable table, List<String> columns, long chunkBytes) {
        this.connection = connection;
        this.table = table;
        this.columns = List.copyOf(columns);
        this.chunkBytes = chunkBytes;
    }

    /** The table's chunks in key order; at least one, the first open below, the last open above. */
    List<ChunkTask> cut() throws SQLException {
        List<ChunkTask> tasks = new ArrayList<>();
        if (!new KeyPredicate(table).isIndexed()) {
            tasks.add(new ChunkTask(new ChunkId(table.id(), 0), KeyRange.ALL, table.estimatedRows()));
            return tasks;
        }
        long rowsPerChunk = Math.max(1, chunkBytes / rowBytes());
        Walk walk = new Walk(rowsPerChunk);
        walk.run();
        @Nullable RowKey from = null; // null: from the first key on
        for (RowKey to : walk.borders) {
            tasks.add(task(tasks.size(), from, to, rowsPerChunk));
            from = to;
        }
        tasks.add(task(tasks.size(), from, null, walk.keys - walk.borders.size() * rowsPerChunk));
        return tasks;
    }

    private ChunkTask task(int number, @Nullable RowKey from, @Nullable RowKey to, long rows) {
        KeyRange range = KeyRange.of(Optional.ofNullable(from), Optional.ofNullable(to));
        return new ChunkTask(new ChunkId(table.id(), number), range, rows);
    }

    /** Bytes of a row by the server's statistics; where it has none yet, those of the first rows. */
    private long rowBytes() throws SQLException {
        if (table.estimatedRows() > 0 && table.dataBytes() > 0) {
            return Math.max(1, table.dataBytes() / table.estimatedRows());
        }
        KeyPredicate predicate = new KeyPredicate(table);
        SourceRowReader reader = SourceRowReader.of(table, columns);
        RowWriter writer = new RowWriter(64 * 1024);
        long rows = 0;
        long bytes = 0;
        String sql =
                "select " + reader.selectList() + predicate.from() + predicate.orderBy() + " limit " + SAMPLED_ROWS;
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                writer.clear();
                reader.append(row, writer);
                bytes += writer.size();
                rows++;
            }
        }
        return rows == 0 ? 1 : Math.max(1, bytes / rows);
    }

    /** One walk over the key's index. */
    private final class Walk {
        private final long rowsPerChunk;
        private final KeyPredicate predicate = new KeyPredicate(table);
        private final SourceRowReader reader = SourceRowReader.of(table, List.of());
        private final List<RowKey> borders = new ArrayList<>();
        private long keys;

        Walk(long rowsPerChunk) {
            this.rowsPerChunk = rowsPerChunk;
        }

        void run() throws SQLException {
            Optional<RowKey> last = statement(Optional.empty());
            while (last.isPresent()) {
                last = statement(last);
            }
        }

        /** Walks on behind {@code after}; returns the last key seen if there may be more. */
        private Optional<RowKey> statement(Optional<RowKey> after) throws SQLException {
            String sql = "select " + reader.selectList() + predicate.from()
                    + after.map(predicate::whereAfter).orElse("") + predicate.orderBy() + " limit "
                    + KEYS_PER_STATEMENT;
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setFetchSize(FETCH_ROWS);
                if (after.isPresent()) {
                    predicate.bindAfter(statement, after.get());
                }
                int seen = 0;
                try (ResultSet row = statement.executeQuery()) {
                    while (row.next()) {
                        if (keys > 0 && keys % rowsPerChunk == 0) {
                            borders.add(reader.key(row));
                        }
                        keys++;
                        if (++seen == KEYS_PER_STATEMENT) {
                            return Optional.of(reader.key(row));
                        }
                    }
                }
                return Optional.empty();
            }
        }
    }
}
