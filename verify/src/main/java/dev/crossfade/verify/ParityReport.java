package dev.crossfade.verify;

import static java.util.Objects.requireNonNull;

import dev.crossfade.model.BinlogPosition;
import java.time.Instant;
import java.util.List;

/**
 * What a verification has shown.
 *
 * @param migration the migration's name
 * @param mappingHash the mapping that the target was held against
 * @param sourcePosition the place in the source's log that both snapshots show
 * @param targetPosition what the target's control tables said inside its snapshot
 * @param started when the verification began
 * @param ended when the last table was done
 * @param tables in the plan's order, at least one
 */
public record ParityReport(
        String migration,
        String mappingHash,
        BinlogPosition sourcePosition,
        TargetPosition targetPosition,
        Instant started,
        Instant ended,
        List<TableParity> tables) {
    /** The exit code of a verification that found differences. */
    public static final int DIFFERENCES_FOUND = 1;

    public ParityReport {
        requireNonNull(migration, "migration");
        requireNonNull(mappingHash, "mappingHash");
        requireNonNull(sourcePosition, "sourcePosition");
        requireNonNull(targetPosition, "targetPosition");
        requireNonNull(started, "started");
        requireNonNull(ended, "ended");
        tables = List.copyOf(tables);
        if (tables.isEmpty()) {
            throw new IllegalArgumentException("a report needs at least one table");
        }
    }

    /** Unread if any table is; else different if any table is; else equal. */
    public Verdict verdict() {
        if (tables.stream().anyMatch(table -> table.verdict() == Verdict.UNREAD)) {
            return Verdict.UNREAD;
        }
        boolean different = tables.stream().anyMatch(table -> table.verdict() == Verdict.DIFFERENT);
        return different ? Verdict.DIFFERENT : Verdict.EQUAL;
    }

    /** 0 for equal, {@value #DIFFERENCES_FOUND} for different; for unread that of the first side that failed: 3 source, 4 target. */
    public int exitCode() {
        return switch (verdict()) {
            case EQUAL -> 0;
            case DIFFERENT -> DIFFERENCES_FOUND;
            case UNREAD -> firstUnreadSide().errorKind().exitCode();
        };
    }

    private Side firstUnreadSide() {
        for (TableParity table : tables) {
            for (Finding finding : table.findings()) {
                if (finding instanceof UnreadRange range) {
                    return range.side();
                }
            }
        }
        throw new IllegalStateException("a table is unread without a finding that says why");
    }

    /** What this check cannot see, in sentences for a person who is to sign it. */
    public static List<String> blindSpots() {
        return List.of(
                "Objects other than rows: indexes, constraints, defaults, sequences, views, triggers, routines, privileges.",
                "Tables and columns that the mapping does not carry to the target, and tables of the target that it does not name.",
                "What happened on either side after the positions above.",
                "Rows that hash alike: rows are compared by 128 bits of SHA-256, and two tables of a billion rows that differ"
                        + " pass as equal with a probability below 1 in 10^20.",
                "Meaning beyond values: both sides are compared as stored, not as an application reads them.");
    }
}
