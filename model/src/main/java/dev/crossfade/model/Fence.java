package dev.crossfade.model;

import static java.util.Objects.requireNonNull;

/**
 * A mark in the stream: everything before it is complete. Capture writes one into every partition of the changes in one
 * transaction; the transform forwards each to every partition of the rows; a target partition has passed the fence once it has
 * applied one from every change partition.
 *
 * @param token names the fence, at most 64 characters, unique within the migration
 * @param changePartition the partition of the changes that this one was written to
 */
public record Fence(String token, int changePartition) implements ChangeRecord, RowRecord {
    public Fence {
        requireNonNull(token, "token");
        if (token.isEmpty() || token.length() > 64) {
            throw new IllegalArgumentException("a fence's token has 1..64 characters, seen " + token.length());
        }
    }

    @Override
    public <R> R fold(ChangeRecord.Cases<R> cases) {
        return cases.fence(this);
    }

    @Override
    public <R> R fold(RowRecord.Cases<R> cases) {
        return cases.fence(this);
    }
}
