package dev.crossfade.pipeline.run;

import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.TableId;
import dev.crossfade.sink.TargetSchema;
import dev.crossfade.sink.control.Epoch;
import dev.crossfade.sink.stop.Stop;
import dev.crossfade.sink.stop.StopBoard;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Builds the plan's unique indexes on tables that run. A table that has stopped may hold a value in two rows, because changes that
 * moved it are held back; its indexes are built when it runs again, by this run or by the next one. Thread-safe; one thread builds.
 */
final class UniqueIndexWork {
    private final TargetSchema schema;
    private final Epoch epoch;
    private final MigrationPlan plan;
    private final StopBoard stops;
    private boolean isAllowed; // a fence past the last chunk has passed

    UniqueIndexWork(TargetSchema schema, Epoch epoch, MigrationPlan plan, StopBoard stops) {
        this.schema = schema;
        this.epoch = epoch;
        this.plan = plan;
        this.stops = stops;
    }

    /** To be called once a fence past the last chunk has passed; from then on tables that run again get theirs. */
    synchronized void begin() {
        isAllowed = true;
        build();
    }

    /** Tables run again that had stopped. Builds nothing before {@link #begin}, which will. */
    synchronized void tablesRunAgain() {
        if (isAllowed) {
            build();
        }
    }

    private void build() {
        Set<String> stopped = new HashSet<>();
        for (Stop stop : stops.read()) {
            stopped.addAll(stop.tables());
        }
        Set<TableId> without = plan.tables().stream()
                .map(table -> table.source().id())
                .filter(table -> stopped.contains(table.toString()))
                .collect(Collectors.toSet());
        schema.buildUniqueIndexes(epoch, plan.without(without));
    }
}
