package dev.crossfade.verify;

import static java.util.Objects.requireNonNull;

import dev.crossfade.model.TableId;
import dev.crossfade.model.TablePlan;
import java.time.Duration;
import java.util.List;

/**
 * What was found in one table.
 *
 * @param verdict equal, different or unread
 * @param sourceRows rows read on the source; not the whole table if it is unread
 * @param targetRows rows read on the target, of a table with a contribution store those of the store; not the whole table if it is unread
 * @param sourceChecksum 32 hex digits: the sum of all row hashes modulo 2^128; equal data has equal checksums in every run. Empty if
 *     the side was not read to its end
 * @param targetChecksum as {@code sourceChecksum}
 * @param findings the findings that are listed, at most the request's limit
 * @param findingsTotal how many there are
 * @param findingsCountedExactly false if rows that differ were too many to tell apart: {@code findingsTotal} is then a lower bound
 * @param declaredDifferences values that the plan changes, by column
 * @param caveats what weakens the statement for this table, in words; empty as a rule
 * @param took how long reading and comparing took
 */
public record TableParity(
        TableId source,
        TableId target,
        Verdict verdict,
        long sourceRows,
        long targetRows,
        String sourceChecksum,
        String targetChecksum,
        List<Finding> findings,
        long findingsTotal,
        boolean findingsCountedExactly,
        List<DeclaredDifference> declaredDifferences,
        List<String> caveats,
        Duration took) {
    public TableParity {
        requireNonNull(source, "source");
        requireNonNull(target, "target");
        requireNonNull(verdict, "verdict");
        requireNonNull(sourceChecksum, "sourceChecksum");
        requireNonNull(targetChecksum, "targetChecksum");
        findings = List.copyOf(findings);
        declaredDifferences = List.copyOf(declaredDifferences);
        caveats = List.copyOf(caveats);
        requireNonNull(took, "took");
        if (verdict == Verdict.EQUAL && (findingsTotal != 0 || sourceRows != targetRows)) {
            throw new IllegalArgumentException("table " + target + " is not equal: " + findingsTotal + " findings, "
                    + sourceRows + " and " + targetRows + " rows");
        }
    }

    /** A table of which nothing is known beyond why that is so. */
    static TableParity unread(
            TablePlan plan, UnreadRange range, long sourceRows, long targetRows, List<String> caveats, Duration took) {
        return new TableParity(
                plan.source().id(),
                plan.target().id(),
                Verdict.UNREAD,
                sourceRows,
                targetRows,
                "",
                "",
                List.of(range),
                1,
                false,
                List.of(),
                caveats,
                took);
    }
}
