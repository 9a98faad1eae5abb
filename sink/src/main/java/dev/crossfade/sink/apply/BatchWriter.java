package dev.crossfade.sink.apply;

import static java.util.Objects.requireNonNull;

import dev.crossfade.model.FaultPoint;
import dev.crossfade.model.Faults;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.TableId;
import dev.crossfade.model.TablePlan;
import dev.crossfade.sink.control.Epoch;
import dev.crossfade.sink.stop.Units;
import dev.crossfade.sink.target.SqlStates;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Makes batches of a partition's records and writes their rows, those of order groups in the order of the source, each with what it
 * sets off there. One thread.
 */
final class BatchWriter {
    private final Map<TableId, TableStatements> tables = new HashMap<>();
    private final MigrationPlan plan;
    private final Units units;
    private final ReferentialActions actions;
    private final UniqueValues uniqueValues;
    private final Epoch epoch;
    private final int rowsPartition;
    private final Faults faults;
    private CopyPositions copies;

    BatchWriter(MigrationPlan plan, Epoch epoch, int rowsPartition, Faults faults) {
        this.plan = plan;
        this.units = new Units(plan);
        this.actions = new ReferentialActions(plan);
        this.uniqueValues = new UniqueValues(plan);
        for (TablePlan table : plan.tables()) {
            tables.put(table.target().id(), new TableStatements(table));
        }
        this.epoch = requireNonNull(epoch, "epoch");
        this.rowsPartition = rowsPartition;
        this.faults = requireNonNull(faults, "faults");
        this.copies = CopyPositions.none(plan);
    }

    /** Reads the positions of the copies of groups. They stay as they are while nothing of a group is held back. */
    void readCopies(Connection connection) throws SQLException {
        copies = CopyPositions.read(connection, epoch.migration(), plan);
    }

    /**
     * The batch of at least one record.
     *
     * @param heldBack target tables whose records are passed over
     */
    RowBatch batch(List<ConsumerRecord<byte[], byte[]>> records, Predicate<TableId> heldBack) {
        return RowBatch.of(records, tables, actions, uniqueValues, copies, heldBack);
    }

    /**
     * Writes the rows of a batch, in a transaction that stays open.
     *
     * @param position for messages: where the partition stands if nothing of it is applied
     * @return what the target has refused of one table: the transaction has been rolled back then
     * @throws SQLException if the target failed otherwise
     */
    Optional<RefusedRow> write(Connection transaction, RowBatch batch, long position) throws SQLException {
        for (Segment segment : batch.segments()) {
            try {
                Wishes.apply(transaction, segment.wishes(), tables);
            } catch (MissingRows e) {
                transaction.rollback();
                return Optional.of(RefusedRow.missing(e));
            } catch (SQLException e) {
                if (SqlStates.isTransient(e)) {
                    throw e;
                }
                transaction.rollback();
                return Optional.of(RefusedRow.find(transaction, epoch, segment.wishes(), tables, units, e)
                        .ofOneUnit("rows partition " + rowsPartition, position));
            }
            if (segment.settingOff().isEmpty()) {
                continue;
            }
            faults.reached(FaultPoint.SINK_WITHIN_ACTIONS);
            try {
                actions.carryOut(transaction, segment.settingOff());
            } catch (MigrationException e) {
                if (!(e.getCause() instanceof SQLException refusal) || !SqlStates.isRefusedByTable(refusal)) {
                    throw e;
                }
                transaction.rollback();
                return Optional.of(
                        RefusedRow.whatFollows(segment.settingOff().get(0).table(), e));
            }
        }
        return Optional.empty();
    }
}
