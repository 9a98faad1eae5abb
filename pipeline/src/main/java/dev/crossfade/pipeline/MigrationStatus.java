package dev.crossfade.pipeline;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Optional;

/**
 * What the target's control schema knows of a migration, whether it runs or not.
 *
 * @param migration its name
 * @param mappingHash hash of the mapping that it began with
 * @param running whether a process holds the run lock now
 * @param owner who holds or last held the run lock: host, process id
 * @param reportedAt when the running process last reported
 * @param progress what it reported last; empty if it never did
 */
public record MigrationStatus(
        String migration,
        String mappingHash,
        boolean running,
        String owner,
        Optional<Instant> reportedAt,
        Optional<MigrationProgress> progress) {
    public MigrationStatus {
        requireNonNull(migration, "migration");
        requireNonNull(mappingHash, "mappingHash");
        requireNonNull(owner, "owner");
    }
}
