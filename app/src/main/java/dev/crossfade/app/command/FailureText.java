package dev.crossfade.app.command;

import dev.crossfade.app.screen.Style;
import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.Problem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A failure as a calm block of text: what, what was seen and is needed, what is true now, how to mend it. Pure. */
final class FailureText {
    private static final String HINT = "Hint: ";
    private static final int WIDEST = 110;

    private final Style style;
    private final int width;

    FailureText(Style style, int width) {
        this.style = style;
        this.width = Math.min(WIDEST, width) - 1;
    }

    /** The world stands in the way. */
    List<String> of(String command, MigrationException failure, Optional<Path> log) {
        List<String> lines = new ArrayList<>();
        lines.add(style.bad(
                command + ": " + what(failure.kind(), failure.problems().isEmpty())));
        lines.add("");
        if (failure.problems().isEmpty()) {
            single(lines, String.valueOf(failure.getMessage()));
        } else {
            failure.problems().forEach(problem -> problem(lines, problem));
        }
        if (!failure.problems().isEmpty()) {
            heading(failure).ifPresent(heading -> lines.addAll(wrap("  ", "  ", heading)));
            lines.add("");
        }
        log.ifPresent(path -> lines.add("  " + style.dim("log   " + path)));
        lines.add("  " + style.dim("exit  " + failure.kind().exitCode()));
        return lines;
    }

    /** A mistake in Crossfade itself. */
    List<String> ofBug(String command, Throwable failure, Path log) {
        List<String> lines = new ArrayList<>();
        lines.add(style.bad(command + ": this is a mistake in Crossfade"));
        lines.add("");
        String message = failure.getMessage();
        // Only our own exceptions are known not to quote rows; all of it is in the log.
        boolean ours = failure.getStackTrace().length > 0
                && failure.getStackTrace()[0].getClassName().startsWith("dev.crossfade.")
                && message != null;
        lines.addAll(wrap("  ", "  ", failure.getClass().getSimpleName() + (ours ? ": " + message : "")));
        lines.addAll(wrap(
                "  ",
                "  ",
                "Every step is either durable or undone: the same command goes on from the last one. If it fails again, please"
                        + " report it with the log."));
        lines.add("");
        lines.add("  " + style.dim("log   " + log));
        lines.add("  " + style.dim("exit  " + ExitCodes.BUG));
        return lines;
    }

    private static String what(ErrorKind kind, boolean single) {
        String side =
                switch (kind) {
                    case PLAN -> "the command or the plan";
                    case SOURCE -> "the source";
                    case TARGET -> "the target";
                    case TRANSFORM -> "the way between source and target";
                };
        return single ? side + " stands in the way" : "not possible as it is";
    }

    /** The first line of the message of a check: how many problems, and what is true now. */
    private static Optional<String> heading(MigrationException failure) {
        String first = String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
        int semicolon = first.indexOf("; ");
        return semicolon < 0 ? Optional.empty() : Optional.of(first);
    }

    private void single(List<String> lines, String message) {
        int hint = message.indexOf(HINT);
        String seen = hint < 0 ? message : message.substring(0, hint).strip();
        seen.lines().forEach(line -> lines.addAll(wrap("  ", "  ", line)));
        if (hint >= 0) {
            mend(lines, "  ", message.substring(hint + HINT.length()));
        }
        lines.add("");
    }

    private void problem(List<String> lines, Problem problem) {
        lines.add("  " + style.bold(problem.subject()) + "  " + style.dim(problem.code()));
        problem.seen().lines().forEach(line -> lines.addAll(wrap("    ", "    ", line)));
        if (!problem.remedy().isEmpty()) {
            mend(lines, "    ", problem.remedy());
        }
        lines.add("");
    }

    /** A statement to copy is not wrapped. */
    private void mend(List<String> lines, String indent, String text) {
        List<String> parts = text.lines().toList();
        for (int i = 0; i < parts.size(); i++) {
            lines.add(indent + (i == 0 ? style.good("mend") + "  " : "      ") + parts.get(i));
        }
    }

    private List<String> wrap(String firstIndent, String indent, String text) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder(firstIndent);
        boolean empty = true;
        for (String word : text.split(" ", -1)) {
            if (!empty && line.length() + 1 + word.length() > width) {
                lines.add(line.toString());
                line = new StringBuilder(indent);
                empty = true;
            }
            line.append(empty ? "" : " ").append(word);
            empty = false;
        }
        lines.add(line.toString());
        return lines;
    }
}
