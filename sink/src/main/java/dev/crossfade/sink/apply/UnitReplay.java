package dev.crossfade.sink.apply;

import static java.util.Objects.requireNonNull;

import dev.crossfade.model.FaultPoint;
import dev.crossfade.model.Faults;
import dev.crossfade.model.MigrationPlan;
import dev.crossfade.sink.control.Epoch;
import dev.crossfade.sink.stop.Stops;
import dev.crossfade.sink.stop.UnitHold;
import dev.crossfade.sink.stop.Units;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies what one partition holds back of one unit, and hands the unit back to the partition's applier, which goes on all the while
 * and stands still only for the last step. {@link UnitHold} says why every record is applied once. Ends when the hold is gone or the
 * unit has stopped again. One thread.
 */
public final class UnitReplay implements PartitionWork {
    private static final Logger log = LoggerFactory.getLogger(UnitReplay.class);
    /** What is left for the last step at most, so that the applier waits for a moment only. */
    private static final int REST_RECORDS = 10_000;

    private final BatchWriter writer;
    private final Epoch epoch;
    private final Units units;
    private final UnitHold hold;
    private final Faults faults;
    private final Counters counters;

    public UnitReplay(MigrationPlan plan, Epoch epoch, UnitHold hold, Faults faults, Counters counters) {
        this.writer = new BatchWriter(plan, epoch, hold.partition(), faults);
        this.epoch = requireNonNull(epoch, "epoch");
        this.units = new Units(plan);
        this.hold = requireNonNull(hold, "hold");
        this.faults = requireNonNull(faults, "faults");
        this.counters = requireNonNull(counters, "counters");
    }

    @Override
    public void apply(Connection connection, PartitionReader reader, long position) throws SQLException {
        writer.readCopies(connection);
        connection.rollback();
        Run run = new Run(connection, reader, position);
        while (!reader.isStopping() && !run.over) {
            run.step();
        }
    }

    private final class Run {
        private final Connection connection;
        private final PartitionReader reader;
        private List<ConsumerRecord<byte[], byte[]>> polled = List.of(); // from the hold on, not applied
        private long position; // the hold
        private boolean over; // the position must be read again, if there still is one

        Run(Connection connection, PartitionReader reader, long position) {
            this.connection = connection;
            this.reader = reader;
            this.position = position;
        }

        void step() throws SQLException {
            long progress = hold.progress(connection);
            connection.rollback();
            if (isReached(progress)) {
                handOver();
                return;
            }
            poll();
            List<ConsumerRecord<byte[], byte[]>> due = before(progress);
            if (!due.isEmpty()) {
                replay(due);
            }
        }

        private void poll() {
            if (polled.isEmpty()) {
                polled = reader.poll();
            }
        }

        /** Polled records before an offset. */
        private List<ConsumerRecord<byte[], byte[]>> before(long end) {
            return polled.stream().filter(record -> record.offset() < end).toList();
        }

        /** Whether nothing that is not applied can stand before an offset, which is that behind a record. */
        private boolean isReached(long end) {
            return position >= end || (!polled.isEmpty() && polled.get(0).offset() >= end);
        }

        private void drop(List<ConsumerRecord<byte[], byte[]>> applied) {
            polled = polled.subList(applied.size(), polled.size());
        }

        private void replay(List<ConsumerRecord<byte[], byte[]>> due) throws SQLException {
            long next = due.get(due.size() - 1).offset() + 1;
            if (!hold.move(connection, position, next)) {
                connection.rollback();
                over = true;
                return;
            }
            Optional<RowBatch> written = write(due);
            if (written.isEmpty()) {
                return;
            }
            faults.reached(FaultPoint.REPLAY_BEFORE_COMMIT);
            connection.commit();
            faults.reached(FaultPoint.REPLAY_AFTER_COMMIT);
            counters.applied(written.get().changes());
            drop(due);
            position = next;
        }

        /** Applies the rest while the applier stands still; lets it go on at once if that is too much, or has not come yet. */
        private void handOver() throws SQLException {
            long progress = hold.lockProgress(connection);
            if (!pollThrough(progress)) {
                connection.rollback();
                return;
            }
            List<ConsumerRecord<byte[], byte[]>> rest = before(progress);
            long changes = 0;
            if (!rest.isEmpty()) {
                Optional<RowBatch> written = write(rest);
                if (written.isEmpty()) {
                    return;
                }
                changes = written.get().changes();
            }
            over = true;
            if (!hold.release(connection, position)) {
                connection.rollback();
                return;
            }
            faults.reached(FaultPoint.REPLAY_BEFORE_RELEASE);
            connection.commit();
            faults.reached(FaultPoint.REPLAY_AFTER_RELEASE);
            counters.applied(changes);
            log.atInfo()
                    .addKeyValue("unit", hold.unit())
                    .addKeyValue("partition", reader.partition())
                    .addKeyValue("position", progress)
                    .log("tables run again in a partition");
        }

        /** Polls until all before {@code end} is there; false if that would take long. */
        private boolean pollThrough(long end) {
            while (!isReached(end)
                    && (polled.isEmpty() || polled.get(polled.size() - 1).offset() < end - 1)) {
                List<ConsumerRecord<byte[], byte[]>> more = reader.poll();
                if (more.isEmpty()) {
                    return false;
                }
                List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>(polled);
                all.addAll(more);
                polled = all;
                if (polled.size() > REST_RECORDS) {
                    return false;
                }
            }
            return true;
        }

        /** The batch of the unit's records, written; empty if the target has refused it and the unit has stopped again. */
        private Optional<RowBatch> write(List<ConsumerRecord<byte[], byte[]>> records) throws SQLException {
            RowBatch batch =
                    writer.batch(records, table -> !units.ofTarget(table).equals(hold.unit()));
            Optional<RefusedRow> refusal = writer.write(connection, batch, position);
            if (refusal.isEmpty()) {
                return Optional.of(batch);
            }
            over = true;
            epoch.enter(connection);
            Stops.stop(
                    connection,
                    epoch,
                    units,
                    hold.unit(),
                    refusal.get().cause("rows partition " + hold.partition(), position));
            connection.commit();
            log.atWarn()
                    .addKeyValue("unit", hold.unit())
                    .addKeyValue("partition", reader.partition())
                    .log("the target refuses a row again, its tables have stopped again");
            return Optional.empty();
        }
    }
}
