package dev.crossfade.pipeline;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What the target's control schema knows of a migration, whether it runs or not.
 *
 * @param migration its name
 * @param mappingHash hash of the mapping that it began with
 * @param phase where it stands
 * @param running whether a process holds the run lock now
 * @param owner the process that holds the run lock; empty if none does
 * @param reportedAt when the running process last reported
 * @param progress what it reported last; empty if it never did
 * @param stopped tables that have stopped while the others go on, as the target has them now
 */
public record MigrationStatus(
        String migration,
        String mappingHash,
        Phase phase,
        boolean running,
        String owner,
        Optional<Instant> reportedAt,
        Optional<MigrationProgress> progress,
        List<StoppedTables> stopped) {
    public MigrationStatus {
        requireNonNull(migration, "migration");
        requireNonNull(mappingHash, "mappingHash");
        requireNonNull(phase, "phase");
        requireNonNull(owner, "owner");
        stopped = List.copyOf(stopped);
    }
}
