package dev.crossfade.model;

/** What stands in the tasks topic: chunks to read, and behind the last one of every partition the seal of the plan. */
public sealed interface TaskRecord permits ChunkTask, ChunkPlanSeal {
    <R> R fold(Cases<R> cases);

    /** One case per kind of record. */
    interface Cases<R> {
        R task(ChunkTask task);

        R seal(ChunkPlanSeal seal);
    }
}
