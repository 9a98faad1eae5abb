package dev.crossfade.bench;

import dev.crossfade.bench.FenceTimes.Timed;
import dev.crossfade.bench.StageClock.Stages;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** The result of a fence measurement as a table in Markdown. */
final class FenceTable {
    private static final String HEAD = "| | n | p50 ms | p90 ms | p99 ms | max ms |";
    private static final String RULE = "| --- | --- | --- | --- | --- | --- |";

    private FenceTable() {}

    /** The fence by itself, and the marker before it. */
    static List<String> of(List<Timed> fences) {
        return List.of(
                HEAD,
                RULE,
                line("**marker committed → passed on the target**", fences(fences)),
                line("marker written → committed", nanos(fences, Timed::commitNanos)));
    }

    static Latencies fences(List<Timed> fences) {
        return nanos(fences, Timed::fenceNanos);
    }

    /** Where the time went, of those fences that the clock has seen in whole. */
    static List<String> stages(List<Timed> fences, Function<String, Optional<Stages>> clock) {
        List<Long> toChanges = new ArrayList<>();
        List<Long> toRows = new ArrayList<>();
        List<Long> toTarget = new ArrayList<>();
        for (Timed fence : fences) {
            clock.apply(fence.token()).ifPresent(stages -> {
                toChanges.add(Math.max(0, stages.changesAtNanos() - fence.committedAtNanos()));
                toRows.add(Math.max(0, stages.rowsAtNanos() - stages.changesAtNanos()));
                // The clock reads the rows beside the sink, and may be the later one.
                toTarget.add(Math.max(0, fence.passedAtNanos() - stages.rowsAtNanos()));
            });
        }
        if (toChanges.isEmpty()) {
            return List.of();
        }
        return List.of(
                line("capture: committed → in all changes partitions", Latencies.ofNanos(toChanges)),
                line("transform: → in all rows partitions", Latencies.ofNanos(toRows)),
                line("sink: → passed on the target", Latencies.ofNanos(toTarget)));
    }

    private static Latencies nanos(List<Timed> fences, Function<Timed, Long> time) {
        return Latencies.ofNanos(fences.stream().map(time).toList());
    }

    private static String line(String name, Latencies latencies) {
        return String.format(
                Locale.ROOT,
                "| %s | %d | %.0f | %.0f | %.0f | %.0f |",
                name,
                latencies.count(),
                latencies.percentileMillis(50),
                latencies.percentileMillis(90),
                latencies.percentileMillis(99),
                latencies.maxMillis());
    }
}
