package dev.crossfade.sink.apply;

import static java.util.Objects.requireNonNull;

import dev.crossfade.model.FaultPoint;
import dev.crossfade.model.Faults;
import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.TableId;
import dev.crossfade.model.TablePlan;
import dev.crossfade.sink.control.Epoch;
import dev.crossfade.sink.control.FenceBoard;
import dev.crossfade.sink.control.Progress;
import dev.crossfade.sink.target.SqlStates;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies one partition of the rows topic, all of a poll in one transaction of the target: progress first, then the rows, then the
 * fences that the poll has met. Rows of order groups are applied in the order of the source, each with what it sets off there. One
 * thread.
 *
 * <p>A fence is written with everything of its poll, also with what stands behind it: that a fence is passed says that everything
 * before it is there, not that nothing more is.
 */
public final class RowApplier implements PartitionWork {
    private static final Logger log = LoggerFactory.getLogger(RowApplier.class);

    private final Map<TableId, TableStatements> tables = new HashMap<>();
    private final MigrationPlan plan;
    private final ReferentialActions actions;
    private final UniqueValues uniqueValues;
    private final Epoch epoch;
    private final Progress progress;
    private final int rowsPartition;
    private final Faults faults;
    private final Counters counters;

    public RowApplier(
            MigrationPlan plan, Epoch epoch, Progress progress, int rowsPartition, Faults faults, Counters counters) {
        this.plan = plan;
        this.actions = new ReferentialActions(plan);
        this.uniqueValues = new UniqueValues(plan);
        for (TablePlan table : plan.tables()) {
            tables.put(table.target().id(), new TableStatements(table.target()));
        }
        this.epoch = requireNonNull(epoch, "epoch");
        this.progress = requireNonNull(progress, "progress");
        this.rowsPartition = rowsPartition;
        this.faults = requireNonNull(faults, "faults");
        this.counters = requireNonNull(counters, "counters");
    }

    @Override
    public void apply(Connection connection, PartitionReader reader, long position) throws SQLException {
        CopyPositions copies = CopyPositions.read(connection, epoch.migration(), plan);
        long applied = position;
        while (!reader.isStopping()) {
            List<ConsumerRecord<byte[], byte[]>> records = reader.poll();
            if (records.isEmpty()) {
                continue;
            }
            RowBatch batch = RowBatch.of(records, tables, actions, uniqueValues, copies);
            if (!applyBatch(connection, batch, applied)) {
                return;
            }
            applied = batch.next().offset();
            counters.applied(batch.changes());
            log.atDebug()
                    .addKeyValue("partition", reader.partition())
                    .addKeyValue("position", applied)
                    .addKeyValue("changes", batch.changes())
                    .log("batch applied");
        }
    }

    /** False if the position has moved under us: nothing was applied. */
    private boolean applyBatch(Connection connection, RowBatch batch, long expected) throws SQLException {
        if (!progress.move(connection, expected, batch.next())) {
            connection.rollback();
            return false;
        }
        faults.reached(FaultPoint.SINK_AFTER_PROGRESS);
        for (Segment segment : batch.segments()) {
            write(connection, segment.wishes(), expected);
            if (!segment.settingOff().isEmpty()) {
                faults.reached(FaultPoint.SINK_WITHIN_ACTIONS);
                actions.carryOut(connection, segment.settingOff());
            }
        }
        if (!batch.fences().isEmpty()) {
            FenceBoard.pass(connection, epoch, rowsPartition, batch.fences());
        }
        faults.reached(FaultPoint.SINK_BEFORE_COMMIT);
        connection.commit();
        faults.reached(FaultPoint.SINK_AFTER_COMMIT);
        return true;
    }

    private void write(Connection connection, List<Segment.Wish> wishes, long expected) throws SQLException {
        try {
            Wishes.apply(connection, wishes, tables);
        } catch (SQLException e) {
            if (SqlStates.isTransient(e)) {
                throw e;
            }
            connection.rollback();
            // The place for dead letters: a row that is refused by itself would go there, in order, and its key be held
            // back.
            throw RefusedRow.find(connection, epoch, wishes, tables, e)
                    .message("rows partition " + rowsPartition, expected);
        }
    }
}
