package dev.crossfade.model;

import static java.util.Objects.requireNonNull;

/**
 * Closes a chunk and says what it must have held.
 *
 * @param chunk the chunk
 * @param range the chunk's whole range
 * @param batches number of batches before this record, 0 or more
 * @param rows rows in all batches
 * @param bytes encoded bytes of all rows
 */
public record ChunkEnd(ChunkId chunk, KeyRange range, int batches, long rows, long bytes) implements ChunkRecord {
    public ChunkEnd {
        requireNonNull(chunk, "chunk");
        requireNonNull(range, "range");
    }

    @Override
    public <R> R fold(Cases<R> cases) {
        return cases.end(this);
    }
}
