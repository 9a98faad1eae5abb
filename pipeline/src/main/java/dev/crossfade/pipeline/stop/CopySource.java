package dev.crossfade.pipeline.stop;

import dev.crossfade.capture.backfill.Recopy;
import dev.crossfade.model.TableId;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What the source's side of a run does when tables that have stopped are copied again. Called by the desk's thread alone. */
public interface CopySource {
    /** In what the tables cannot be read as they were planned; empty if they can. */
    Optional<String> difference(List<TableId> tables);

    /** Publishes the changes of these tables again; what is fenced from then on stands behind it. */
    void takeUp(Set<TableId> tables);

    /** Makes a fence and returns its token. */
    String fence();

    /** Whether the target has passed the fence. */
    boolean hasPassed(String token);

    /** A copy whose snapshots are opened from now on. */
    Recopy recopy();
}
