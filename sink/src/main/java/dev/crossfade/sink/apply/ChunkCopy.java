package dev.crossfade.sink.apply;

import dev.crossfade.model.ChunkBatch;
import dev.crossfade.model.ChunkEnd;
import dev.crossfade.model.ChunkId;
import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.KeyRange;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.TablePlan;
import dev.crossfade.sink.control.BackfillLedger;
import dev.crossfade.sink.control.Epoch;
import dev.crossfade.sink.target.SqlStates;
import dev.crossfade.sink.target.TargetErrors;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** One chunk in its open transaction, from its first batch to its end; checks that it is whole. */
final class ChunkCopy {
    private final Connection connection;
    private final Epoch epoch;
    private final TablePlan table;
    private final ChunkId chunk;
    private final long position;
    private final Optional<BinaryCopy> copy; // empty: the chunk is on the target already
    private final List<SentBatch> sent = new ArrayList<>();
    private long rows;
    private long bytes;

    private record SentBatch(KeyRange range, long rowsThrough) {}

    private ChunkCopy(
            Connection connection,
            Epoch epoch,
            TablePlan table,
            ChunkId chunk,
            long position,
            Optional<BinaryCopy> copy) {
        this.connection = connection;
        this.epoch = epoch;
        this.table = table;
        this.chunk = chunk;
        this.position = position;
        this.copy = copy;
    }

    /**
     * Opens the transaction: gate and epoch, ledger row, COPY.
     *
     * @param position where the chunk begins, for messages
     */
    static ChunkCopy begin(Connection connection, Epoch epoch, TablePlan table, ChunkId chunk, long position)
            throws SQLException {
        epoch.enter(connection);
        if (!BackfillLedger.begin(connection, epoch, chunk)) {
            return new ChunkCopy(connection, epoch, table, chunk, position, Optional.empty());
        }
        try {
            BinaryCopy copy = BinaryCopy.begin(connection, table.written());
            return new ChunkCopy(connection, epoch, table, chunk, position, Optional.of(copy));
        } catch (SQLException e) {
            if (SqlStates.isTransient(e)) {
                throw e;
            }
            throw TargetErrors.of("copy into " + table.target().id(), "progress stays at " + position, e);
        }
    }

    boolean isRepeated() {
        return copy.isEmpty();
    }

    /** Sends the batch's rows; whether it is the chunk's first batch. */
    boolean add(ChunkBatch batch) throws SQLException {
        if (!batch.chunk().equals(chunk)) {
            throw torn("it is followed by " + batch.chunk() + " before its end");
        }
        if (!sent.isEmpty() && !sent.get(sent.size() - 1).range().isFollowedBy(batch.range())) {
            throw torn("batch " + sent.size() + " does not begin where the one before it ends");
        }
        rows += batch.rows();
        bytes += batch.length();
        sent.add(new SentBatch(batch.range(), rows));
        if (copy.isPresent()) {
            try {
                copy.get().add(batch.bytes(), batch.offset(), batch.length());
            } catch (SQLException e) {
                throw refused(e);
            }
        }
        return sent.size() == 1;
    }

    /** Ends the COPY and completes the ledger row. */
    void end(ChunkEnd end) throws SQLException {
        check(end);
        if (copy.isEmpty()) {
            return;
        }
        long written;
        try {
            written = copy.get().end();
        } catch (SQLException e) {
            throw refused(e);
        }
        if (written != end.rows()) {
            throw torn("the target has written " + written + " rows, " + end.rows() + " were read");
        }
        BackfillLedger.complete(connection, epoch, end);
    }

    private void check(ChunkEnd end) {
        if (!end.chunk().equals(chunk)) {
            throw torn("it is followed by the end of " + end.chunk());
        }
        if (sent.size() != end.batches() || rows != end.rows() || bytes != end.bytes()) {
            throw torn("it has " + sent.size() + " batches, " + rows + " rows, " + bytes + " bytes; its end says "
                    + end.batches() + ", " + end.rows() + ", " + end.bytes());
        }
        if (!sent.isEmpty()
                && (!sent.get(0).range().from().equals(end.range().from())
                        || !sent.get(sent.size() - 1)
                                .range()
                                .to()
                                .equals(end.range().to()))) {
            throw torn("its batches do not cover its range");
        }
    }

    /** Ends a COPY that is still on; the caller rolls back. */
    void cancel() throws SQLException {
        if (copy.isPresent()) {
            copy.get().cancel();
        }
    }

    private MigrationException torn(String seen) {
        return new MigrationException(
                ErrorKind.TRANSFORM,
                "chunk " + chunk + " at position " + position + " is not whole: " + seen
                        + "; it was rolled back, nothing of it is on the target");
    }

    /** The message for a person, unless the failure may pass: then the failure itself goes on. */
    private MigrationException refused(SQLException failure) throws SQLException {
        if (SqlStates.isTransient(failure)) {
            throw failure;
        }
        String column = CopyError.column(failure, table.target())
                .map(name -> " in column " + name)
                .orElse("");
        return new MigrationException(
                ErrorKind.TARGET,
                "cannot copy into " + table.target().id() + " the rows of "
                        + table.source().id() + " "
                        + place(failure).describe(table.source().boundColumns()) + ": "
                        + SqlStates.describe(failure.getSQLState()) + column + "; chunk " + chunk.number()
                        + " was rolled back, progress stays at " + position,
                failure);
    }

    /** The range in which the failure lies: of one batch if the server names the row, else of what was sent. */
    private KeyRange place(SQLException failure) {
        OptionalLong row = CopyError.row(failure);
        if (row.isPresent()) {
            for (SentBatch batch : sent) {
                if (row.getAsLong() <= batch.rowsThrough()) {
                    return batch.range();
                }
            }
        }
        return KeyRange.of(
                sent.get(0).range().from(), sent.get(sent.size() - 1).range().to());
    }
}
