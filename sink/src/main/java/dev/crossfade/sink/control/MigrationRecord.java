package dev.crossfade.sink.control;

import java.time.Instant;

/**
 * What the target knows of a migration.
 *
 * @param migration its name
 * @param mappingHash the mapping under which it began
 * @param plan text of the plan, as it was stored
 * @param phase where it stands, in the words of the pipeline
 * @param phaseSince since when
 * @param wanted what a command asked of the runner; empty if nothing
 * @param status JSON text that the runner last reported
 * @param statusAt when it did
 * @param createdAt when the migration was planned
 */
public record MigrationRecord(
        String migration,
        String mappingHash,
        String plan,
        String phase,
        Instant phaseSince,
        String wanted,
        String status,
        Instant statusAt,
        Instant createdAt) {
    static final String WANTED_ABORTED = "aborted";

    /** Whether an abort has begun: part of the migration may be gone, and only another abort goes on from there. */
    public boolean isBeingAborted() {
        return wanted.equals(WANTED_ABORTED);
    }
}
