package dev.crossfade.model;

/**
 * What stands in the chunks topic. A chunk is a run of {@link ChunkBatch}es in key order, then one {@link ChunkEnd}; all of it was
 * committed in one Kafka transaction, and nothing of another chunk stands between them in its partition. The tables of an
 * {@link OrderGroup} have their chunks between a {@link CopyBegin} and a {@link CopyEnd}, each committed on its own.
 */
public sealed interface ChunkRecord permits ChunkBatch, ChunkEnd, CopyBegin, CopyEnd {
    <R> R fold(Cases<R> cases);

    /** One case per kind of record. */
    interface Cases<R> {
        R batch(ChunkBatch batch);

        R end(ChunkEnd end);

        R copyBegin(CopyBegin begin);

        R copyEnd(CopyEnd end);
    }
}
