package dev.crossfade.model;

import static java.util.Objects.requireNonNull;

/**
 * Opens a copy of all tables of an {@link OrderGroup}, read under one snapshot: their chunks follow, then one {@link CopyEnd}.
 * Whatever an earlier copy of the group brought is void.
 *
 * @param group the group's name
 * @param position where the snapshot stands in the source's log: it holds every transaction that begins before it, and no other
 */
public record CopyBegin(String group, BinlogPosition position) implements ChunkRecord {
    public CopyBegin {
        requireNonNull(group, "group");
        requireNonNull(position, "position");
    }

    @Override
    public <R> R fold(Cases<R> cases) {
        return cases.copyBegin(this);
    }
}
