package dev.crossfade.verify;

import static java.util.Objects.requireNonNull;

import dev.crossfade.model.TableId;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where the target stands in the stream, as its own control tables said inside the target snapshot.
 *
 * @param fence the token of the fence that every partition had passed
 * @param progress the position applied through, by {@code topic/partition}
 * @param stopped target tables that do not stand there, because their changes are held back, each with the reason
 */
public record TargetPosition(String fence, Map<String, Long> progress, Map<TableId, String> stopped) {
    public TargetPosition {
        requireNonNull(fence, "fence");
        progress = Collections.unmodifiableMap(new TreeMap<>(progress));
        stopped = Collections.unmodifiableMap(new TreeMap<>(stopped));
    }

    /** A position of all tables. */
    public TargetPosition(String fence, Map<String, Long> progress) {
        this(fence, progress, Map.of());
    }
}
