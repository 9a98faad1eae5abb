package dev.crossfade.model;

import static java.util.Objects.requireNonNull;

/**
 * One thing that stands in a migration's way. Checks collect all of them before anything is written.
 *
 * @param kind which part of the world must be mended
 * @param code stable id of the check, such as {@code BINLOG-FORMAT}
 * @param subject what it is about: a line of the file, a server, a table, a column
 * @param seen what was found and what is needed instead: {@code binlog_format is 'MIXED', must be 'ROW'}
 * @param remedy the statement or the change that mends it; empty where there is no single one
 */
public record Problem(ErrorKind kind, String code, String subject, String seen, String remedy) {
    public Problem {
        requireNonNull(kind, "kind");
        requireNonNull(code, "code");
        requireNonNull(subject, "subject");
        requireNonNull(seen, "seen");
        requireNonNull(remedy, "remedy");
    }

    @Override
    public String toString() {
        return subject + ": " + seen + " [" + code + "]" + (remedy.isEmpty() ? "" : "\n      mend: " + remedy);
    }
}
