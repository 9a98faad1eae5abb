package dev.crossfade.sink.apply;

import static java.util.Objects.requireNonNull;

import dev.crossfade.model.FaultPoint;
import dev.crossfade.model.Faults;
import dev.crossfade.model.MigrationPlan;
import dev.crossfade.sink.control.Epoch;
import dev.crossfade.sink.control.FenceBoard;
import dev.crossfade.sink.control.LogPosition;
import dev.crossfade.sink.control.Progress;
import dev.crossfade.sink.stop.PartitionStops;
import dev.crossfade.sink.stop.Stop;
import dev.crossfade.sink.stop.Units;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies one partition of the rows topic, all of a poll in one transaction of the target: progress first, then the rows, then the
 * fences that the poll has met. Tables that have stopped are passed over and held back, and a table of which the target refuses a row
 * stops. One thread.
 *
 * <p>A fence is written with everything of its poll, also with what stands behind it: that a fence is passed says that everything
 * before it is there, of all tables that have not stopped, not that nothing more is.
 */
public final class RowApplier implements PartitionWork {
    private static final Logger log = LoggerFactory.getLogger(RowApplier.class);

    private final BatchWriter writer;
    private final PartitionStops stops;
    private final Epoch epoch;
    private final Progress progress;
    private final int rowsPartition;
    private final Faults faults;
    private final Counters counters;
    private Optional<Set<String>> held = Optional.empty(); // when the copies of groups were read; empty before

    public RowApplier(
            MigrationPlan plan, Epoch epoch, Progress progress, int rowsPartition, Faults faults, Counters counters) {
        this.writer = new BatchWriter(plan, epoch, rowsPartition, faults);
        this.stops = new PartitionStops(epoch, new Units(plan), rowsPartition);
        this.epoch = requireNonNull(epoch, "epoch");
        this.progress = requireNonNull(progress, "progress");
        this.rowsPartition = rowsPartition;
        this.faults = requireNonNull(faults, "faults");
        this.counters = requireNonNull(counters, "counters");
    }

    @Override
    public void apply(Connection connection, PartitionReader reader, long position) throws SQLException {
        held = Optional.empty();
        long applied = position;
        while (!reader.isStopping()) {
            List<ConsumerRecord<byte[], byte[]>> records = reader.poll();
            if (records.isEmpty()) {
                continue;
            }
            LogPosition next = PartitionReader.behind(records.get(records.size() - 1));
            if (!applyBatch(connection, records, applied, next)) {
                return;
            }
            applied = next.offset();
            log.atDebug()
                    .addKeyValue("partition", reader.partition())
                    .addKeyValue("position", applied)
                    .log("batch applied");
        }
    }

    /** False if the position has moved under us: nothing was applied. Tried again without each unit that the target refuses. */
    private boolean applyBatch(
            Connection connection, List<ConsumerRecord<byte[], byte[]>> records, long expected, LogPosition next)
            throws SQLException {
        Map<String, Stop.Cause> refused = new LinkedHashMap<>();
        while (progress.move(connection, expected, next)) {
            faults.reached(FaultPoint.SINK_AFTER_PROGRESS);
            Set<String> passedOver = stops.holdBack(connection, refused, expected);
            if (!held.equals(Optional.of(passedOver))) {
                writer.readCopies(connection); // a unit that runs again may have been copied since
                held = Optional.of(passedOver);
            }
            RowBatch batch = writer.batch(records, table -> passedOver.contains(stops.unit(table)));
            Optional<RefusedRow> refusal = writer.write(connection, batch, expected);
            if (refusal.isPresent()) {
                RefusedRow row = refusal.get();
                refused.put(stops.unit(row.table()), row.cause("rows partition " + rowsPartition, expected));
                continue;
            }
            stops.stop(connection, batch.stops(), next.offset());
            if (!batch.fences().isEmpty()) {
                FenceBoard.pass(connection, epoch, rowsPartition, batch.fences());
            }
            commit(connection, !refused.isEmpty() || !batch.stops().isEmpty());
            counters.applied(batch.changes());
            tell(refused, batch);
            return true;
        }
        connection.rollback();
        return false;
    }

    private void commit(Connection connection, boolean stopsTables) throws SQLException {
        if (stopsTables) {
            faults.reached(FaultPoint.SINK_BEFORE_STOP_COMMIT);
        }
        faults.reached(FaultPoint.SINK_BEFORE_COMMIT);
        connection.commit();
        faults.reached(FaultPoint.SINK_AFTER_COMMIT);
        if (stopsTables) {
            faults.reached(FaultPoint.SINK_AFTER_STOP);
        }
    }

    private static void tell(Map<String, Stop.Cause> refused, RowBatch batch) {
        refused.forEach((unit, cause) -> log.atWarn()
                .addKeyValue("unit", unit)
                .addKeyValue("reason", cause.reason())
                .addKeyValue("position", cause.position())
                .log("the target refuses a row, its tables have stopped"));
        batch.stops().forEach(stop -> log.atWarn()
                .addKeyValue("table", stop.table())
                .addKeyValue("id", stop.id())
                .addKeyValue("position", stop.position())
                .log("a table cannot be followed, it has stopped"));
    }
}
