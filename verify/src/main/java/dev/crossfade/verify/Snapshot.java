package dev.crossfade.verify;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One side's open snapshot. Tables are read from it one at a time, by one thread at a time, as often as needed: each reading shows the
 * same rows. Once its connection broke, the snapshot is gone and every further reading fails.
 */
final class Snapshot implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Snapshot.class);
    /** Rows of one round trip to begin with: 8 MiB each at most. */
    private static final int FIRST_FETCH_ROWS = 16;

    private static final int MAX_FETCH_ROWS = 4096;
    /** A table with long values may turn from short rows to long ones at any place. */
    private static final int MAX_FETCH_ROWS_UNBOUNDED = 256;
    /** What a round trip may bring, judged by the longest row so far. */
    private static final int FETCH_BYTES = 8 << 20;

    private static final Executor AT_ONCE = Runnable::run;

    private final Side side;
    private final Connection connection;
    private volatile boolean broken;

    /** Takes over a connection inside its snapshot transaction. */
    Snapshot(Side side, Connection connection) {
        this.side = side;
        this.connection = connection;
    }

    Side side() {
        return side;
    }

    Connection connection() {
        return connection;
    }

    /** Whether nothing more can be read from it. */
    boolean isBroken() {
        return broken;
    }

    /**
     * Reads a whole table.
     *
     * @throws ReadFailure if not every row was read; also if {@code progress} was stopped
     */
    void read(TableQuery query, RowVisitor visitor, ReadProgress progress) throws ReadFailure {
        if (broken) {
            throw new ReadFailure(side, 0, "the " + side.word() + "'s connection had broken before");
        }
        RowCount count = new RowCount();
        try {
            Savepoint savepoint = connection.setSavepoint();
            try {
                stream(query, visitor, progress, count);
            } catch (SQLException | ReadFailure e) {
                recover(savepoint, e);
                throw e;
            }
            connection.releaseSavepoint(savepoint);
        } catch (SQLException e) {
            broken = broken || isConnectionFailure(e);
            log.atWarn()
                    .addKeyValue("side", side.word())
                    .addKeyValue("sqlState", e.getSQLState())
                    .addKeyValue("rows", count.rows)
                    .addKeyValue("connectionBroken", broken)
                    .log("table not read to its end");
            throw new ReadFailure(side, count.rows, e);
        } finally {
            progress.read(side, count.rows);
        }
    }

    private void stream(TableQuery query, RowVisitor visitor, ReadProgress progress, RowCount count)
            throws SQLException, ReadFailure {
        int maxFetchRows = query.hasUnboundedValues() ? MAX_FETCH_ROWS_UNBOUNDED : MAX_FETCH_ROWS;
        try (Statement statement =
                connection.createStatement(ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY)) {
            statement.setFetchSize(FIRST_FETCH_ROWS);
            try (ResultSet rows = statement.executeQuery(query.sql())) {
                CanonicalRow row = new CanonicalRow(query.columns().size());
                int longestRow = 1;
                long nextAdjustment = FIRST_FETCH_ROWS;
                while (rows.next()) {
                    fill(row, rows, query.columns(), visitor);
                    visitor.row(row);
                    count.rows++;
                    longestRow = Math.max(longestRow, row.size());
                    if (count.rows == nextAdjustment) {
                        int fetchRows = Math.max(1, Math.min(maxFetchRows, FETCH_BYTES / longestRow));
                        rows.setFetchSize(fetchRows);
                        nextAdjustment += fetchRows;
                        progress.read(side, count.rows);
                        if (progress.isStopped()) {
                            throw new ReadFailure(side, count.rows, "stopped, because the other side failed");
                        }
                    }
                }
            }
        }
    }

    private static void fill(CanonicalRow row, ResultSet rows, List<ColumnReading> columns, RowVisitor visitor)
            throws SQLException {
        row.clear();
        for (int i = 0; i < columns.size(); i++) {
            ColumnReading column = columns.get(i);
            if (row.add(column.form(), value(rows, i + 1, column)) == ValueForm.Outcome.ZERO_DATE) {
                visitor.zeroDate(i);
            }
        }
    }

    private static byte @Nullable [] value(ResultSet rows, int place, ColumnReading column) throws SQLException {
        return switch (column.fetch()) {
            case BYTES -> rows.getBytes(place);
            case TEXT -> {
                String text = rows.getString(place);
                yield text == null ? null : text.getBytes(StandardCharsets.UTF_8);
            }
        };
    }

    /** A statement failed; if the transaction can go back to before it, the snapshot lives on. */
    private void recover(Savepoint savepoint, Exception cause) {
        try {
            connection.rollback(savepoint);
        } catch (SQLException e) {
            broken = true;
            cause.addSuppressed(e);
        }
    }

    private static boolean isConnectionFailure(SQLException e) {
        String state = e.getSQLState();
        return state != null && (state.startsWith("08") || state.startsWith("57P"));
    }

    /** Ends the snapshot; rows still on their way are not waited for. */
    @Override
    public void close() {
        try {
            connection.abort(AT_ONCE);
        } catch (SQLException e) {
            log.atDebug().addKeyValue("side", side.word()).setCause(e).log("connection was not closed cleanly");
        }
    }

    /** A count that outlives the failure of its reading. */
    private static final class RowCount {
        private long rows;
    }
}
