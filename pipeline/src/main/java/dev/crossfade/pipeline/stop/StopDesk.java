package dev.crossfade.pipeline.stop;

import static java.util.Objects.requireNonNull;

import dev.crossfade.model.FaultPoint;
import dev.crossfade.model.Faults;
import dev.crossfade.model.TopicNames;
import dev.crossfade.sink.Sink;
import dev.crossfade.sink.control.Epoch;
import dev.crossfade.sink.stop.Stop;
import dev.crossfade.sink.stop.StopBoard;
import dev.crossfade.sink.stop.Units;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes stopped tables up again when that is asked for, one unit at a time, while the run goes on: a copy keeps the caller until it is
 * done. Each step is durable before the next one, and found again by the next run. Call {@link #tick} every few milliseconds from one
 * thread, from when rows are applied.
 */
public final class StopDesk implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(StopDesk.class);

    private final StopBoard board;
    private final Units units;
    private final Epoch epoch;
    private final Sink sink;
    private final String rowsTopic;
    private final int rowsPartitions;
    private final Runnable tablesRunAgain;
    private final Faults faults;
    private final UnitCopying copying;
    private Set<String> stopped = Set.of(); // units, when they were looked at last

    /**
     * A desk that has not looked yet.
     *
     * @param sink whose row appliers run
     * @param source where tables are copied from again
     * @param rowsPartitions all partitions of the rows
     * @param tablesRunAgain told, on the caller's thread, that a unit runs that had stopped
     */
    public StopDesk(
            StopBoard board,
            Units units,
            Epoch epoch,
            Sink sink,
            CopySource source,
            int rowsPartitions,
            Runnable tablesRunAgain,
            Faults faults) {
        this.board = requireNonNull(board, "board");
        this.units = requireNonNull(units, "units");
        this.epoch = requireNonNull(epoch, "epoch");
        this.sink = requireNonNull(sink, "sink");
        this.rowsTopic = new TopicNames(epoch.migration()).rows();
        this.rowsPartitions = rowsPartitions;
        this.tablesRunAgain = requireNonNull(tablesRunAgain, "tablesRunAgain");
        this.faults = requireNonNull(faults, "faults");
        this.copying = new UnitCopying(board, units, epoch, sink, source, rowsPartitions, faults);
    }

    /** Looks once, and takes the next step of the first unit that waits for one. */
    public void tick() throws InterruptedException {
        if (sink.isReplaying()) {
            return;
        }
        List<Stop> stops = board.read();
        tellWhatRunsAgain(stops);
        for (Stop stop : stops) {
            boolean taken =
                    switch (stop.state()) {
                        case STOPPED -> false;
                        case WANTED -> stop.cause().replayable() ? beginReplay(stop) : beginCopy(stop);
                        case COPYING -> copy(stop);
                        case REPLAYING -> replay(stop);
                    };
            if (taken) {
                return;
            }
        }
    }

    private void tellWhatRunsAgain(List<Stop> stops) {
        Set<String> before = stopped;
        stopped = stops.stream().map(Stop::unit).collect(Collectors.toSet());
        if (!stopped.containsAll(before)) {
            tablesRunAgain.run();
        }
    }

    private boolean beginReplay(Stop stop) {
        boolean begun = board.beginReplay(epoch, stop.unit(), rowsTopic, units.partitions(stop.unit(), rowsPartitions));
        if (begun) {
            faults.reached(FaultPoint.REPLAY_AFTER_BEGIN);
            log.atInfo().addKeyValue("unit", stop.unit()).log("what stopped tables have missed is applied");
        }
        return begun;
    }

    private boolean beginCopy(Stop stop) {
        boolean begun = board.beginCopy(epoch, stop.unit());
        if (begun) {
            faults.reached(FaultPoint.RECOPY_AFTER_BEGIN);
        }
        return begun;
    }

    private boolean copy(Stop stop) throws InterruptedException {
        copying.copy(stop);
        return true;
    }

    private boolean replay(Stop stop) {
        sink.startReplay(stop.unit(), board.holds(stop.unit()).keySet());
        return true;
    }

    /** Breaks a copy off that is under way; replays end with the sink. Does not wait. Any thread. */
    @Override
    public void close() {
        copying.close();
    }
}
