package dev.crossfade.pipeline.stop;

import static java.util.Objects.requireNonNull;

import dev.crossfade.capture.backfill.Recopy;
import dev.crossfade.model.FaultPoint;
import dev.crossfade.model.Faults;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.TableId;
import dev.crossfade.model.TopicNames;
import dev.crossfade.sink.Sink;
import dev.crossfade.sink.control.Epoch;
import dev.crossfade.sink.stop.Stop;
import dev.crossfade.sink.stop.StopBoard;
import dev.crossfade.sink.stop.Units;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies the tables of a stopped unit again, from a snapshot of their own, while all others go on. The order of the steps is what makes
 * it exact; each may be done twice, so after a death all of them are done again:
 *
 * <ol>
 *   <li>capture publishes the unit again;
 *   <li>a fence behind that passes, with everything before it;
 *   <li>what is held back begins anew where each partition stands then: all that stands before was committed before the fence;
 *   <li>a snapshot is opened, behind the fence, so it shows all that; the tables are emptied and filled from it;
 *   <li>the replay begins: it passes over what the snapshot shows, where order counts, and applies the rest.
 * </ol>
 *
 * <p>One thread copies; {@link #close} is for any.
 */
final class UnitCopying implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(UnitCopying.class);
    private static final long LOOK_EVERY_MILLIS = 50;

    private final StopBoard board;
    private final Units units;
    private final Epoch epoch;
    private final Sink sink;
    private final CopySource source;
    private final TopicNames topics;
    private final int rowsPartitions;
    private final Faults faults;
    private final AtomicReference<@Nullable Recopy> underWay = new AtomicReference<>(); // null between copies
    private volatile boolean closed;

    UnitCopying(
            StopBoard board,
            Units units,
            Epoch epoch,
            Sink sink,
            CopySource source,
            int rowsPartitions,
            Faults faults) {
        this.board = requireNonNull(board, "board");
        this.units = requireNonNull(units, "units");
        this.epoch = requireNonNull(epoch, "epoch");
        this.sink = requireNonNull(sink, "sink");
        this.source = requireNonNull(source, "source");
        this.topics = new TopicNames(epoch.migration());
        this.rowsPartitions = rowsPartitions;
        this.faults = requireNonNull(faults, "faults");
    }

    /** Copies a unit in state COPYING; on return it is replayed, or has stopped again, or the run ends. */
    void copy(Stop stop) throws InterruptedException {
        List<TableId> tables = units.sources(stop.unit());
        try {
            Optional<String> difference = source.difference(tables);
            if (difference.isPresent()) {
                stopAgain(stop, "ALTERED", difference.get() + "; it moves as it was planned or not at all");
                return;
            }
            source.takeUp(Set.copyOf(tables));
            String fence = source.fence();
            await(() -> source.hasPassed(fence));
            if (!closed && holdFromHere(stop.unit()) && fill(stop.unit())) {
                if (board.endCopy(epoch, stop.unit())) {
                    faults.reached(FaultPoint.RECOPY_AFTER_END);
                    log.atInfo().addKeyValue("unit", stop.unit()).log("stopped tables are copied again");
                }
            }
        } catch (MigrationException e) {
            log.atWarn().addKeyValue("unit", stop.unit()).setCause(e).log("stopped tables cannot be copied");
            stopAgain(stop, "COPY", "its tables could not be copied: " + e.getMessage());
        }
    }

    private boolean holdFromHere(String unit) {
        boolean held = board.holdFromHere(epoch, unit, topics.rows(), units.partitions(unit, rowsPartitions));
        if (held) {
            faults.reached(FaultPoint.RECOPY_AFTER_HOLD);
        }
        return held;
    }

    /** Copies through Kafka, as everything else comes to the target; false if the run ends. */
    private boolean fill(String unit) throws InterruptedException {
        AtomicReference<@Nullable RuntimeException> refused = new AtomicReference<>(); // null while the applier is well
        Recopy recopy = source.recopy();
        underWay.set(recopy);
        try {
            if (closed) {
                return false;
            }
            sink.startRecopy(recopy.end(), failure -> {
                refused.set(failure);
                recopy.stop();
            });
            if (recopy.copy(units.group(unit))) {
                long last = recopy.lastRecord();
                await(() -> refused.get() != null || sink.recopied() > last);
            }
            RuntimeException failure = refused.get();
            if (failure != null) {
                throw failure;
            }
            return !closed;
        } finally {
            underWay.set(null);
            sink.stopRecopy();
        }
    }

    private void stopAgain(Stop stop, String id, String reason) {
        board.giveUpCopy(
                epoch,
                units,
                stop.unit(),
                new Stop.Cause(id, reason, "", stop.cause().position(), false));
    }

    @FunctionalInterface
    private interface Condition {
        boolean holds();
    }

    private void await(Condition condition) throws InterruptedException {
        while (!closed && !condition.holds()) {
            TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MILLIS);
        }
    }

    /** Breaks off what is under way; the next run does it from the beginning. Does not wait. */
    @Override
    public void close() {
        closed = true;
        Recopy recopy = underWay.get();
        if (recopy != null) {
            recopy.stop();
        }
    }
}
