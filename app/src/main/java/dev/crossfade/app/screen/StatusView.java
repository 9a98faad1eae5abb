package dev.crossfade.app.screen;

import dev.crossfade.pipeline.MigrationProgress;
import dev.crossfade.pipeline.MigrationProgress.TableProgress;
import dev.crossfade.pipeline.MigrationStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A migration's status as text. Pure. */
public final class StatusView {
    private StatusView() {}

    /** A heading, a line per table with the rows that are on the target, the facts. */
    public static List<String> lines(
            String name, Optional<MigrationStatus> found, Instant now, int width, Style style) {
        if (found.isEmpty()) {
            return List.of(style.bold(name) + "  has not begun: the target knows nothing of it");
        }
        MigrationStatus status = found.get();
        List<String> lines = new ArrayList<>();
        String phase = PhaseWords.words(status.phase());
        String running = status.running() ? style.good("running") + ", " + status.owner() : style.bad("not running");
        String reported = status.reportedAt()
                .map(at ->
                        style.dim(style.separator() + "reported " + Human.duration(Duration.between(at, now)) + " ago"))
                .orElse("");
        lines.add(style.bold(name) + style.separator() + style.bold(phase) + style.separator() + running + reported);
        status.progress().ifPresent(progress -> {
            table(lines, progress, width, style);
            facts(lines, progress, style);
        });
        lines.addAll(StopView.lines(status.stopped(), style));
        return lines;
    }

    private static void table(List<String> lines, MigrationProgress progress, int width, Style style) {
        int widest = progress.tables().stream()
                .mapToInt(table -> names(table, style).length())
                .max()
                .orElse(0);
        int nameWidth = Math.max("table".length(), Math.min(widest, Math.max(20, width - 40)));
        String row = "  %-" + nameWidth + "s  %15s  %15s  %s";
        lines.add("");
        lines.add(style.bold(String.format(row, "table", "rows copied", "rows expected", "")));
        for (TableProgress table : progress.tables()) {
            lines.add(String.format(
                    row,
                    style.cut(names(table, style), nameWidth),
                    Human.count(table.rowsCopied()),
                    Human.count(Math.max(table.rowsCopied(), table.rowsExpected())),
                    table.complete() ? style.yes() : ""));
        }
        lines.add("");
    }

    private static String names(TableProgress table, Style style) {
        return table.source() + " " + style.arrow() + " " + table.target();
    }

    private static void facts(List<String> lines, MigrationProgress progress, Style style) {
        List<String> facts = new ArrayList<>();
        facts.add(Human.rate(progress.rowsPerSecond()));
        progress.eta().ifPresent(eta -> facts.add("ETA " + Human.duration(eta)));
        progress.lag().ifPresent(lag -> facts.add("lag " + Human.duration(lag)));
        progress.waiting().ifPresent(reason -> facts.add("reading waits: " + reason));
        facts.add(Human.count(progress.changesApplied()) + " of " + Human.count(progress.changesCaptured())
                + " changes applied since the run began");
        lines.add("  " + String.join(style.separator(), facts));
    }
}
