package dev.crossfade.verify;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where the target stands in the stream, as its own control tables said inside the target snapshot.
 *
 * @param fence the token of the fence that every partition had passed
 * @param progress the position applied through, by {@code topic/partition}
 */
public record TargetPosition(String fence, Map<String, Long> progress) {
    public TargetPosition {
        requireNonNull(fence, "fence");
        progress = Collections.unmodifiableMap(new TreeMap<>(progress));
    }
}
