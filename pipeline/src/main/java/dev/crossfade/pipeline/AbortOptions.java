package dev.crossfade.pipeline;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Optional;

/**
 * How to abort.
 *
 * @param targetTables what becomes of the target's tables
 * @param stopWithin how long a running process is waited for
 * @param confirmed what somebody has seen and agreed to: no other table is touched; empty to take away whatever is found
 */
public record AbortOptions(TargetTables targetTables, Duration stopWithin, Optional<AbortPlan> confirmed) {
    private static final Duration STOP_WITHIN = Duration.ofSeconds(60);

    /** Everything that is found, and a minute for a running process to end. */
    public static final AbortOptions ALL = new AbortOptions(TargetTables.REMOVE, STOP_WITHIN, Optional.empty());

    /** What becomes of the target's tables. */
    public enum TargetTables {
        /** Those that Crossfade created are dropped, those that were there are emptied. */
        REMOVE,
        /** All stay as they are, with their rows and keys. */
        KEEP
    }

    public AbortOptions {
        requireNonNull(targetTables, "targetTables");
        requireNonNull(stopWithin, "stopWithin");
        requireNonNull(confirmed, "confirmed");
    }
}
