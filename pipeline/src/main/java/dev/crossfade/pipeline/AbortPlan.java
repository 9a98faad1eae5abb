package dev.crossfade.pipeline;

import static java.util.Objects.requireNonNull;

import dev.crossfade.pipeline.Removal.Place;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What an abort would take away, and what of the migration it would leave.
 *
 * @param migration its name
 * @param runBy the process that runs the migration now and would be stopped first; empty if none does
 * @param removals in the order in which they are taken away; none if nothing of the migration is left
 * @param stays what stays and why, one line each
 */
public record AbortPlan(String migration, Optional<String> runBy, List<Removal> removals, List<String> stays) {
    public AbortPlan {
        requireNonNull(migration, "migration");
        requireNonNull(runBy, "runBy");
        removals = List.copyOf(removals);
        stays = List.copyOf(stays);
    }

    /** Whether there is nothing to take away. */
    public boolean isEmpty() {
        return removals.isEmpty();
    }

    /** What this plan takes from the target's tables and {@code other} does not: whoever confirmed the other one has not seen it. */
    public Set<String> onTargetBeyond(AbortPlan other) {
        Set<String> beyond = onTarget();
        beyond.removeAll(other.onTarget());
        return beyond;
    }

    private Set<String> onTarget() {
        return removals.stream()
                .filter(removal -> removal.place() == Place.TARGET)
                .map(Removal::object)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
