package dev.crossfade.pipeline;

import java.util.Optional;

/**
 * How long a run goes on.
 *
 * @param until ends the run, with everything durable, once this phase is reached; empty to run until stopped
 */
public record RunOptions(Optional<Phase> until) {
    public static final RunOptions UNTIL_STOPPED = new RunOptions(Optional.empty());

    public static RunOptions until(Phase phase) {
        return new RunOptions(Optional.of(phase));
    }
}
