package dev.crossfade.pipeline.stop;

import dev.crossfade.pipeline.StoppedTables;
import dev.crossfade.sink.stop.Stop;
import dev.crossfade.sink.stop.StopBoard;
import dev.crossfade.sink.target.Connections;
import java.util.List;

/** The stops of a migration as the library tells them. */
public final class StopReading {
    private StopReading() {}

    /** What the target has now; the control schema must be there. */
    public static List<StoppedTables> stopped(Connections target, String migration) {
        return new StopBoard(target, migration)
                .read().stream().map(StopReading::of).toList();
    }

    static StoppedTables of(Stop stop) {
        return new StoppedTables(
                stop.tables(),
                stop.cause().id(),
                stop.cause().reason(),
                stop.cause().statement(),
                stop.cause().position(),
                stop.cause().replayable(),
                StoppedTables.State.valueOf(stop.state().name()),
                stop.since());
    }
}
