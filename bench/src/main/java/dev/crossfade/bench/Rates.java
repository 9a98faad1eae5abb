package dev.crossfade.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * What one round has measured.
 *
 * @param backfill rows per second from the begin of the backfill until the keys are built
 * @param mapped changes per second from the first write on the source until all are in the rows, while the sink stands still
 * @param applied changes per second from there until all are on the target
 */
record Rates(double backfill, double mapped, double applied) {
    private static final List<String> HEAD = List.of(
            "| | backfill, rows/s | capture and transform, changes/s | sink, changes/s |", "| --- | --- | --- | --- |");

    /** The rounds in their order, and the median of each column, as a table in Markdown. At least one round. */
    static List<String> table(List<Rates> rounds) {
        List<String> lines = new ArrayList<>(HEAD);
        for (int i = 0; i < rounds.size(); i++) {
            lines.add(rounds.get(i).line("round " + (i + 1)));
        }
        lines.add(median(rounds).line("**median**"));
        return lines;
    }

    /** Each column by itself; of an even number the lower one of the two in the middle, which is one that was measured. */
    static Rates median(List<Rates> rounds) {
        return new Rates(
                median(rounds, Rates::backfill), median(rounds, Rates::mapped), median(rounds, Rates::applied));
    }

    private static double median(List<Rates> rounds, ToDoubleFunction<Rates> column) {
        double[] sorted = rounds.stream().mapToDouble(column).toArray();
        Arrays.sort(sorted);
        return sorted[(sorted.length - 1) / 2];
    }

    private String line(String name) {
        return String.format(Locale.ROOT, "| %s | %,.0f | %,.0f | %,.0f |", name, backfill, mapped, applied);
    }
}
