package dev.crossfade.model;

import java.util.Map;

/**
 * The chunk plan is complete: there will be no other chunk. Written in the transaction of the tasks themselves, into every
 * partition.
 *
 * @param chunksByTable for each source table the number of its chunks, at least 1: an empty table has one, open at both ends
 */
public record ChunkPlanSeal(Map<TableId, Integer> chunksByTable) implements TaskRecord {
    public ChunkPlanSeal {
        chunksByTable = Map.copyOf(chunksByTable);
    }

    @Override
    public <R> R fold(Cases<R> cases) {
        return cases.seal(this);
    }
}
