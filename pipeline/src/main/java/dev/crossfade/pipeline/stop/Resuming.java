package dev.crossfade.pipeline.stop;

import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.NearestName;
import dev.crossfade.model.Problem;
import dev.crossfade.pipeline.StoppedTables;
import dev.crossfade.pipeline.StoppedTables.State;
import dev.crossfade.sink.control.RunLock;
import dev.crossfade.sink.stop.Stop;
import dev.crossfade.sink.stop.StopBoard;
import dev.crossfade.sink.target.Connections;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Asks the run of a migration, wherever it is, to take stopped tables up again. Any process. */
public final class Resuming {
    private static final long LOOK_EVERY_MILLIS = 100;

    private final Connections target;
    private final String migration;
    private final StopBoard board;

    public Resuming(Connections target, String migration) {
        this.target = target;
        this.migration = migration;
        this.board = new StopBoard(target, migration);
    }

    /**
     * Writes the wish, and waits for what becomes of it while a process runs the migration.
     *
     * @param table the name of a stopped source table
     * @return how the tables stand then; empty if they run again
     * @throws MigrationException of kind PLAN if the table has not stopped
     */
    public Optional<StoppedTables> resume(String table, Duration patience) throws InterruptedException {
        List<Stop> stops = board.read();
        String unit = stops.stream()
                .filter(stop -> stop.tables().contains(table))
                .map(Stop::unit)
                .findFirst()
                .orElseThrow(() -> notStopped(table, stops));
        board.want(unit);
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            Optional<StoppedTables> now = board.read(unit).map(StopReading::of);
            boolean isDecided = now.isEmpty() || now.get().state() == State.STOPPED;
            if (isDecided
                    || System.nanoTime() - deadline >= 0
                    || RunLock.holder(target, migration).isEmpty()) {
                return now;
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MILLIS);
        }
    }

    private static MigrationException notStopped(String table, List<Stop> stops) {
        List<String> known =
                stops.stream().flatMap(stop -> stop.tables().stream()).toList();
        return MigrationException.of(
                List.of(new Problem(
                        ErrorKind.PLAN,
                        "TABLE-NOT-STOPPED",
                        "--table " + table,
                        "no source table of this name has stopped" + NearestName.hint(table, known),
                        "crossfade status -c FILE shows which have")),
                "nothing was changed");
    }
}
