package dev.crossfade.pipeline;

import dev.crossfade.model.TableId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A migration's state at one moment.
 *
 * @param phase where it stands
 * @param tables one per table, in the order of the plan
 * @param rowsPerSecond rows copied or applied per second over the last few seconds
 * @param changesCaptured changes written to Kafka since this process began
 * @param changesApplied changes applied to the target since this process began
 * @param lag how long a marker took, at last measurement, from its commit on the source to its application on the target; empty
 *     while none has come through
 * @param eta until all chunks are copied, from the work left and the mean speed; empty where unknown
 * @param waiting why the readers of the backfill wait; empty while they do not
 * @param stopped tables that have stopped while the others go on
 */
public record MigrationProgress(
        Phase phase,
        List<TableProgress> tables,
        double rowsPerSecond,
        long changesCaptured,
        long changesApplied,
        Optional<Duration> lag,
        Optional<Duration> eta,
        Optional<String> waiting,
        List<StoppedTables> stopped) {
    public MigrationProgress {
        tables = List.copyOf(tables);
        stopped = List.copyOf(stopped);
    }

    /** Progress of a migration whose readers do not wait, and of which no table has stopped, or that is not known here. */
    public MigrationProgress(
            Phase phase,
            List<TableProgress> tables,
            double rowsPerSecond,
            long changesCaptured,
            long changesApplied,
            Optional<Duration> lag,
            Optional<Duration> eta) {
        this(phase, tables, rowsPerSecond, changesCaptured, changesApplied, lag, eta, Optional.empty(), List.of());
    }

    /**
     * One table's backfill.
     *
     * @param rowsCopied rows in chunks that are durable on the target
     * @param rowsExpected an estimate from the source's statistics until the chunks are sealed and read
     */
    public record TableProgress(TableId source, TableId target, long rowsCopied, long rowsExpected, boolean complete) {}
}
