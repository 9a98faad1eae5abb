package dev.crossfade.pipeline.run;

import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.TableId;
import dev.crossfade.model.TablePlan;
import dev.crossfade.pipeline.MigrationProgress;
import dev.crossfade.pipeline.MigrationProgress.TableProgress;
import dev.crossfade.pipeline.Phase;
import dev.crossfade.pipeline.StoppedTables;
import dev.crossfade.sink.control.BackfillLedger.Applied;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes a picture of the progress from what the parts have counted. One thread. */
final class ProgressBoard {
    private static final Duration SPEED_WINDOW = Duration.ofSeconds(5);

    private final MigrationPlan plan;
    private final Map<TableId, Long> estimates = new HashMap<>();
    private final Deque<Sample> samples = new ArrayDeque<>();
    private long firstRows = -1;
    private long firstNanos;

    private record Sample(long nanos, long rows) {}

    /** What the parts have counted. */
    record Counts(
            Map<TableId, Applied> applied,
            Map<TableId, Integer> sealed,
            long captured,
            long changes,
            Optional<String> waiting,
            List<StoppedTables> stopped) {}

    /** Progress of {@code plan}; {@code estimates} are the source's estimates of rows, by source table. */
    ProgressBoard(MigrationPlan plan, Map<TableId, Long> estimates) {
        this.plan = plan;
        this.estimates.putAll(estimates);
    }

    MigrationProgress at(long nanos, Phase phase, Counts counts, Optional<Duration> lag) {
        List<TableProgress> tables = new ArrayList<>();
        long copied = 0;
        long left = 0;
        for (TablePlan table : plan.tables()) {
            TableProgress progress = progress(table, phase, counts);
            tables.add(progress);
            copied += progress.rowsCopied();
            left += progress.complete() ? 0 : Math.max(0, progress.rowsExpected() - progress.rowsCopied());
        }
        double speed = speed(nanos, copied + counts.changes());
        return new MigrationProgress(
                phase,
                tables,
                speed,
                counts.captured(),
                counts.changes(),
                lag,
                eta(nanos, copied, left, phase),
                counts.waiting(),
                counts.stopped());
    }

    private TableProgress progress(TablePlan table, Phase phase, Counts counts) {
        TableId source = table.source().id();
        Applied applied = counts.applied().get(source);
        long rows = applied == null ? 0 : applied.rows();
        Integer sealed = counts.sealed().get(source);
        boolean complete =
                phase.isAtLeast(Phase.CATCHING_UP) || (applied != null && sealed != null && applied.chunks() == sealed);
        long expected = complete ? rows : Math.max(rows, estimates.getOrDefault(source, 0L));
        return new TableProgress(source, table.target().id(), rows, expected, complete);
    }

    private double speed(long nanos, long rows) {
        samples.addLast(new Sample(nanos, rows));
        while (samples.size() > 2 && nanos - samples.getFirst().nanos() > SPEED_WINDOW.toNanos()) {
            samples.removeFirst();
        }
        Sample first = samples.getFirst();
        double seconds = (nanos - first.nanos()) / 1e9;
        // The copy of an order group that begins again takes back what it had copied.
        return seconds <= 0 ? 0 : Math.max(0, (rows - first.rows()) / seconds);
    }

    /** From the work left and the mean speed of this process. */
    private Optional<Duration> eta(long nanos, long copied, long left, Phase phase) {
        if (firstRows < 0) {
            firstRows = copied;
            firstNanos = nanos;
        }
        double seconds = (nanos - firstNanos) / 1e9;
        double mean = seconds <= 0 ? 0 : (copied - firstRows) / seconds;
        if (phase != Phase.BACKFILLING || mean <= 0) {
            return Optional.empty();
        }
        return Optional.of(Duration.ofMillis((long) (left / mean * 1_000)));
    }
}
