package dev.crossfade.verify;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * Bounds of a verification.
 *
 * @param maxFindingsListed findings that are listed per table; all are counted
 * @param maxRowsHeld rows, of both sides together, that one further reading of a table holds to compare them key by key: 32 bytes each
 * @param maxReadings further readings of a table whose sums differ; if they do not suffice, the count of findings is a lower bound
 * @param holdAtMost how long capture may be held while the snapshots are opened
 * @param silenceAtMost how long a database may send nothing before its connection counts as broken
 */
public record VerificationLimits(
        int maxFindingsListed, int maxRowsHeld, int maxReadings, Duration holdAtMost, Duration silenceAtMost) {
    /** 100 findings, 64 MiB of rows, 8 readings, 30 seconds, 5 minutes. */
    public static final VerificationLimits DEFAULT =
            new VerificationLimits(100, 2_000_000, 8, Duration.ofSeconds(30), Duration.ofMinutes(5));

    public VerificationLimits {
        requireNonNull(holdAtMost, "holdAtMost");
        requireNonNull(silenceAtMost, "silenceAtMost");
        if (maxFindingsListed < 1 || maxRowsHeld < 1 || maxReadings < 1) {
            throw new IllegalArgumentException(
                    "limits must be positive, seen " + maxFindingsListed + ", " + maxRowsHeld + ", " + maxReadings);
        }
        if (holdAtMost.isNegative() || holdAtMost.isZero() || silenceAtMost.toMillis() < 1) {
            throw new IllegalArgumentException("durations must be positive, seen " + holdAtMost + ", " + silenceAtMost);
        }
    }
}
