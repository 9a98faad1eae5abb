package dev.crossfade.model;

import static java.util.Objects.requireNonNull;

/**
 * Names a chunk: the source table and the chunk's number in that table's sealed list, from 0 in key order. A chunk that is read
 * again after a crash keeps its id and its range.
 */
public record ChunkId(TableId source, int number) {
    public ChunkId {
        requireNonNull(source, "source");
        if (number < 0) {
            throw new IllegalArgumentException("chunk number " + number + " must not be negative");
        }
    }

    @Override
    public String toString() {
        return source + "#" + number;
    }
}
