package dev.crossfade.verify;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A report for a person who reads and signs it. */
final class ParityMarkdown {
    private static final Finding.Cases<String> ENTRY = new Finding.Cases<>() {
        @Override
        public String missing(MissingRow row) {
            return cells("missing", escaped(row.key()), "on the source, not on the target");
        }

        @Override
        public String extra(ExtraRow row) {
            return cells("extra", escaped(row.key()), "on the target, not on the source");
        }

        @Override
        public String different(DifferentRow row) {
            return cells("different", escaped(row.key()), columns(row));
        }

        @Override
        public String unread(UnreadRange range) {
            String what = range.side().word() + ", after " + number(range.rowsRead()) + " rows: " + range.reason();
            return cells("unread", escaped(range.range()), escaped(what));
        }
    };

    private final StringBuilder text = new StringBuilder();

    private ParityMarkdown() {}

    static String of(ParityReport report) {
        ParityMarkdown page = new ParityMarkdown();
        page.head(report);
        page.tables(report);
        report.tables().stream()
                .filter(table -> table.verdict() != Verdict.EQUAL)
                .forEach(page::findings);
        page.declared(report);
        page.caveats(report);
        page.foot();
        return page.text.toString();
    }

    private void head(ParityReport report) {
        line("# Parity of " + escaped(report.migration()) + ": **"
                + report.verdict().word() + "**");
        line("");
        line(
                switch (report.verdict()) {
                    case EQUAL -> "Every row of both sides was read, and both hold the same rows.";
                    case DIFFERENT -> "Every row of both sides was read, and they do not hold the same rows.";
                    case UNREAD -> "Not everything could be read. What was not read is unknown; it is not equal.";
                });
        line("");
        line("| | |");
        line("| --- | --- |");
        row("Mapping (SHA-256)", code(report.mappingHash()));
        row("Source position", code(report.sourcePosition().toString()));
        row("Target position", "fence " + code(report.targetPosition().fence()));
        for (Map.Entry<String, Long> entry : report.targetPosition().progress().entrySet()) {
            row("", code(entry.getKey()) + " applied through " + entry.getValue());
        }
        row("Started", report.started().toString());
        row("Ended", report.ended().toString());
        line("");
        line(
                "Both sides were read from one pair of snapshots: the target had applied everything that the source's log holds before the"
                        + " source position, and nothing after it.");
    }

    private void tables(ParityReport report) {
        heading("Tables");
        line(
                "| source | target | verdict | rows, source | rows, target | findings | checksum, source | checksum, target | time |");
        line("| --- | --- | --- | ---: | ---: | ---: | --- | --- | ---: |");
        for (TableParity table : report.tables()) {
            row(
                    escaped(table.source().toString()),
                    escaped(table.target().toString()),
                    table.verdict().word(),
                    number(table.sourceRows()),
                    number(table.targetRows()),
                    total(table),
                    code(table.sourceChecksum()),
                    code(table.targetChecksum()),
                    seconds(table.took()));
        }
    }

    private void findings(TableParity table) {
        heading("Findings in " + escaped(table.target().toString()));
        if (table.findings().size() < table.findingsTotal() || !table.findingsCountedExactly()) {
            line(table.findings().size() + " listed of " + total(table) + ".");
            line("");
        }
        line("| kind | key | what |");
        line("| --- | --- | --- |");
        for (Finding finding : table.findings()) {
            line(finding.fold(ENTRY));
        }
    }

    private static String columns(DifferentRow row) {
        StringBuilder what = new StringBuilder();
        for (int i = 0; i < row.columns().size(); i++) {
            what.append(i == 0 ? "" : ", ").append(escaped(row.columns().get(i)));
            if (!row.values().isEmpty()) {
                what.append(": ")
                        .append(escaped(row.values().get(i).source()))
                        .append(" became ")
                        .append(escaped(row.values().get(i).target()));
            }
        }
        return what.toString();
    }

    private void declared(ParityReport report) {
        boolean none = report.tables().stream()
                .allMatch(table -> table.declaredDifferences().isEmpty());
        heading("Declared differences");
        if (none) {
            line("None.");
            return;
        }
        line("Values that the target cannot hold and that the plan changes. They are expected, and are not findings.");
        line("");
        line("| table | column | rule | rows |");
        line("| --- | --- | --- | ---: |");
        for (TableParity table : report.tables()) {
            for (DeclaredDifference difference : table.declaredDifferences()) {
                row(
                        escaped(table.target().toString()),
                        escaped(difference.column()),
                        difference.id(),
                        number(difference.count()));
            }
        }
    }

    private void caveats(ParityReport report) {
        List<TableParity> weakened = report.tables().stream()
                .filter(table -> !table.caveats().isEmpty())
                .toList();
        if (weakened.isEmpty()) {
            return;
        }
        heading("Caveats");
        for (TableParity table : weakened) {
            table.caveats().forEach(caveat -> line("- " + escaped(table.target() + ": " + caveat)));
        }
    }

    private void foot() {
        heading("What this check cannot see");
        ParityReport.blindSpots().forEach(spot -> line("- " + spot));
        heading("Sign-off");
        line("| name | date | signature |");
        line("| --- | --- | --- |");
        line("| | | |");
    }

    private void heading(String heading) {
        line("");
        line("## " + heading);
        line("");
    }

    private void row(String... cells) {
        line(cells(cells));
    }

    private static String cells(String... cells) {
        return "| " + String.join(" | ", cells) + " |";
    }

    private void line(String line) {
        text.append(line).append('\n');
    }

    private static String total(TableParity table) {
        return (table.findingsCountedExactly() ? "" : "at least ") + number(table.findingsTotal());
    }

    private static String number(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    private static String seconds(Duration took) {
        return String.format(Locale.ROOT, "%.1f s", took.toMillis() / 1000.0);
    }

    private static String code(String text) {
        return text.isEmpty() ? "" : "`" + text + "`";
    }

    /** Keys and names come from the databases: nothing in them may become markup or break a table's row. */
    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        text.codePoints().forEach(c -> {
            if (c < ' ') {
                escaped.append(String.format("\\\\u%04x", c));
            } else if (c == '<') {
                escaped.append("&lt;");
            } else if (c == '&') {
                escaped.append("&amp;");
            } else {
                if ("\\`*_{}[]#|>!~".indexOf(c) >= 0) {
                    escaped.append('\\');
                }
                escaped.appendCodePoint(c);
            }
        });
        return escaped.toString();
    }
}
