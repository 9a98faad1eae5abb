package dev.crossfade.app.screen;

import dev.crossfade.verify.DifferentRow;
import dev.crossfade.verify.ExtraRow;
import dev.crossfade.verify.Finding;
import dev.crossfade.verify.MissingRow;
import dev.crossfade.verify.ParityReport;
import dev.crossfade.verify.TableParity;
import dev.crossfade.verify.UnreadRange;
import dev.crossfade.verify.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a verification has shown, as a table for a person. Pure. */
public final class ParityTable {
    private static final int FINDINGS_SHOWN = 5;
    private static final int CHECKSUM_DIGITS = 8;

    private static final Finding.Cases<String> WORDS = new Finding.Cases<>() {
        @Override
        public String missing(MissingRow row) {
            return "missing    " + row.key();
        }

        @Override
        public String extra(ExtraRow row) {
            return "extra      " + row.key();
        }

        @Override
        public String different(DifferentRow row) {
            return "different  " + row.key() + " in " + String.join(", ", row.columns());
        }

        @Override
        public String unread(UnreadRange range) {
            return "unread     " + range.side().name().toLowerCase(Locale.ROOT) + " " + range.range() + ": "
                    + range.reason();
        }
    };

    private ParityTable() {}

    /** One line per table, findings below the tables that have some, the verdict last. */
    public static List<String> lines(ParityReport report, int width, Style style) {
        List<String> lines = new ArrayList<>();
        int names = report.tables().stream()
                .mapToInt(table -> names(table, style).length())
                .max()
                .orElse(0);
        int nameWidth = Math.max("table".length(), Math.min(names, Math.max(20, width - 60)));
        int counts = report.tables().stream()
                .mapToInt(table -> Math.max(
                        Human.count(table.sourceRows()).length(),
                        Human.count(table.targetRows()).length()))
                .max()
                .orElse(0);
        int countWidth = Math.max("source rows".length(), counts);
        String row = "  %-" + nameWidth + "s  %" + countWidth + "s  %" + countWidth + "s  %-" + CHECKSUM_DIGITS + "s  ";
        lines.add(style.bold(String.format(row + "%s", "table", "source rows", "target rows", "checksum", "verdict")));
        for (TableParity table : report.tables()) {
            lines.add(String.format(
                            row,
                            style.cut(names(table, style), nameWidth),
                            Human.count(table.sourceRows()),
                            Human.count(table.targetRows()),
                            checksum(table))
                    + verdict(table, style));
            table.findings().stream()
                    .limit(FINDINGS_SHOWN)
                    .forEach(finding -> lines.add("      " + style.dim(style.cut(finding.fold(WORDS), width - 7))));
            long more = table.findingsTotal()
                    - Math.min(FINDINGS_SHOWN, table.findings().size());
            if (more > 0) {
                lines.add("      "
                        + style.dim("and " + (table.findingsCountedExactly() ? "" : "at least ") + Human.count(more)
                                + " more"));
            }
            table.caveats().forEach(caveat -> lines.add("      " + style.dim(caveat)));
        }
        lines.add("");
        lines.add(summary(report, style));
        return lines;
    }

    private static String names(TableParity table, Style style) {
        return table.source().name().equals(table.target().name())
                ? table.target().toString()
                : table.source() + " " + style.arrow() + " " + table.target();
    }

    private static String checksum(TableParity table) {
        String checksum = table.targetChecksum().isEmpty() ? table.sourceChecksum() : table.targetChecksum();
        return checksum.substring(0, Math.min(CHECKSUM_DIGITS, checksum.length()));
    }

    private static String verdict(TableParity table, Style style) {
        String declared = table.declaredDifferences().isEmpty()
                ? ""
                : style.dim(" (" + Human.count(table.declaredDifferences().size(), "column") + " changed as declared)");
        return switch (table.verdict()) {
            case EQUAL -> style.good(table.verdict().word()) + declared;
            case DIFFERENT ->
                style.bad(table.verdict().word()) + ", "
                        + (table.findingsCountedExactly() ? "" : "at least ")
                        + Human.count(table.findingsTotal(), "finding") + declared;
            case UNREAD -> style.bad(table.verdict().word()) + declared;
        };
    }

    private static String summary(ParityReport report, Style style) {
        long rows = report.tables().stream().mapToLong(TableParity::sourceRows).sum();
        String what = Human.count(report.tables().size(), "table") + style.separator() + Human.count(rows) + " rows"
                + style.separator() + Human.duration(Duration.between(report.started(), report.ended()))
                + style.separator()
                + "source at " + report.sourcePosition().file() + ":"
                + report.sourcePosition().offset();
        String sign = report.verdict() == Verdict.EQUAL ? style.yes() : style.no();
        return sign + " " + style.bold(report.verdict().word()) + style.dim(style.separator() + what);
    }
}
