package dev.crossfade.model;

import static java.util.Objects.requireNonNull;

/**
 * A chunk to be read.
 *
 * @param chunk its id
 * @param range its keys; the first chunk of a table is open below, the last one above
 * @param estimatedRows for progress only
 */
public record ChunkTask(ChunkId chunk, KeyRange range, long estimatedRows) implements TaskRecord {
    public ChunkTask {
        requireNonNull(chunk, "chunk");
        requireNonNull(range, "range");
    }

    @Override
    public <R> R fold(Cases<R> cases) {
        return cases.task(this);
    }
}
