package dev.crossfade.app.screen;

import dev.crossfade.pipeline.MigrationProgress;
import dev.crossfade.pipeline.MigrationProgress.TableProgress;
import dev.crossfade.pipeline.Phase;
import dev.crossfade.pipeline.StoppedTables;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** A migration's progress as text. Pure: the same progress gives the same lines. */
public final class ProgressView {
    /** With its heading and its totals the block then fits a terminal of 24 lines with room for messages. */
    private static final int TABLES_SHOWN = 8;

    private static final int WIDEST_NAME = 32;
    private static final int WIDEST_BAR = 32;
    private static final int NARROWEST_BAR = 8;

    private ProgressView() {}

    /** One table's line, or that of several. */
    private record Line(String name, long copied, long expected, boolean complete) {
        double share() {
            if (complete) {
                return 1;
            }
            // The expectation comes from statistics and may be too low: 100 % is said only of what is complete.
            return expected <= 0 ? 0 : Math.min(0.99, (double) copied / expected);
        }

        String percent() {
            return (int) (share() * 100) + " %";
        }

        String rows() {
            return complete
                    ? Human.count(copied)
                    : Human.count(copied) + " of " + Human.count(Math.max(copied, expected));
        }
    }

    /** The block that is drawn over and over: a heading, bars while tables are copied, and a line of facts. */
    public static List<String> block(
            String migration, MigrationProgress progress, Duration elapsed, int width, Style style) {
        List<String> lines = new ArrayList<>();
        lines.add(heading(migration, PhaseWords.words(progress.phase()), Human.duration(elapsed), width, style));
        Line all = all(progress);
        if (progress.phase().isAtLeast(Phase.CATCHING_UP)) {
            lines.add("  "
                    + style.cut(
                            tables(progress) + style.separator() + Human.count(all.copied()) + " rows copied",
                            width - 2));
        } else {
            lines.addAll(bars(progress, all, width, style));
        }
        lines.add("  " + facts(progress, width - 2, style));
        lines.addAll(StopView.brief(progress.stopped(), width, style));
        return lines;
    }

    private static String heading(String migration, String phase, String elapsed, int width, Style style) {
        int separator = style.separator().length();
        String title =
                style.cut(migration, Math.max(width / 3, width - 2 * separator - phase.length() - elapsed.length()));
        boolean elapsedFits = title.length() + phase.length() + elapsed.length() + 2 * separator <= width;
        boolean phaseFits = title.length() + phase.length() + separator <= width;
        return style.bold(title)
                + (phaseFits ? style.separator() + style.bold(phase) : "")
                + (elapsedFits ? style.dim(style.separator() + elapsed) : "");
    }

    /** One line for a pipe or a log. */
    public static String line(MigrationProgress progress) {
        Line all = all(progress);
        StringBuilder line = new StringBuilder(PhaseWords.words(progress.phase()));
        if (progress.phase().isAtLeast(Phase.CATCHING_UP)) {
            line.append("  ").append(Human.count(all.copied())).append(" rows copied");
        } else {
            line.append("  ")
                    .append(all.percent())
                    .append("  ")
                    .append(all.rows())
                    .append(" rows");
        }
        for (String fact : factList(progress)) {
            line.append("  ").append(fact);
        }
        if (!progress.stopped().isEmpty()) {
            line.append("  stopped: ")
                    .append(progress.stopped().stream().map(StoppedTables::name).collect(Collectors.joining(", ")));
        }
        return line.toString();
    }

    private static List<String> bars(MigrationProgress progress, Line all, int width, Style style) {
        List<TableProgress> bySize = progress.tables().stream()
                .sorted(Comparator.comparingLong(
                                (TableProgress table) -> Math.max(table.rowsExpected(), table.rowsCopied()))
                        .reversed())
                .toList();
        List<Line> lines = new ArrayList<>();
        int shown = bySize.size() <= TABLES_SHOWN + 1 ? bySize.size() : TABLES_SHOWN;
        for (TableProgress table : bySize.subList(0, shown)) {
            lines.add(new Line(table.source().toString(), table.rowsCopied(), table.rowsExpected(), table.complete()));
        }
        if (shown < bySize.size()) {
            lines.add(
                    sum(Human.count(bySize.size() - shown) + " smaller tables", bySize.subList(shown, bySize.size())));
        }
        if (bySize.size() > 1) {
            lines.add(all);
        }
        int nameWidth = Math.min(
                Math.min(WIDEST_NAME, width / 3),
                lines.stream().mapToInt(line -> line.name().length()).max().orElse(0));
        int rowsWidth =
                lines.stream().mapToInt(line -> line.rows().length()).max().orElse(0);
        int barWidth = Math.min(WIDEST_BAR, width - 2 - nameWidth - 2 - 7 - 2 - rowsWidth);
        boolean rowsFit = barWidth >= NARROWEST_BAR;
        if (!rowsFit) {
            barWidth = Math.min(WIDEST_BAR, width - 2 - nameWidth - 2 - 7);
        }
        List<String> texts = new ArrayList<>();
        for (Line line : lines) {
            String name = pad(style.cut(line.name(), nameWidth), nameWidth);
            String bar = barWidth >= 1 ? style.bar(line.share(), barWidth) : "";
            String percent = " ".repeat(7 - line.percent().length()) + line.percent();
            texts.add("  " + name + "  " + bar + percent + (rowsFit ? "  " + style.dim(line.rows()) : ""));
        }
        return texts;
    }

    private static String facts(MigrationProgress progress, int width, Style style) {
        StringBuilder line = new StringBuilder();
        for (String fact : factList(progress)) {
            String next = line.isEmpty() ? fact : style.separator() + fact;
            if (line.length() + next.length() <= width) {
                line.append(next);
            }
        }
        return line.toString();
    }

    private static List<String> factList(MigrationProgress progress) {
        List<String> facts = new ArrayList<>();
        facts.add(Human.rate(progress.rowsPerSecond()));
        progress.eta().filter(eta -> eta.toMillis() > 0).ifPresent(eta -> facts.add("ETA " + Human.duration(eta)));
        progress.lag().ifPresent(lag -> facts.add("lag " + Human.duration(lag)));
        progress.waiting().ifPresent(reason -> facts.add("reading waits: " + reason));
        facts.add(
                progress.changesCaptured() == 0 && progress.changesApplied() == 0
                        ? "no changes yet"
                        : Human.count(progress.changesApplied()) + " of " + Human.count(progress.changesCaptured())
                                + " changes applied");
        return facts;
    }

    private static String tables(MigrationProgress progress) {
        return Human.count(progress.tables().size(), "table");
    }

    private static Line all(MigrationProgress progress) {
        return sum("all " + tables(progress), progress.tables());
    }

    private static Line sum(String name, List<TableProgress> tables) {
        return new Line(
                name,
                tables.stream().mapToLong(TableProgress::rowsCopied).sum(),
                tables.stream()
                        .mapToLong(table -> Math.max(table.rowsCopied(), table.rowsExpected()))
                        .sum(),
                tables.stream().allMatch(TableProgress::complete));
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.codePointCount(0, text.length())));
    }
}
