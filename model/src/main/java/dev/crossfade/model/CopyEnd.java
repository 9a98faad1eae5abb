package dev.crossfade.model;

import static java.util.Objects.requireNonNull;

import java.util.Map;

/**
 * Closes the copy of an {@link OrderGroup}: all its chunks stand between the last {@link CopyBegin} of the group and this record, in
 * one partition.
 *
 * @param group the group's name
 * @param chunksByTable for each source table of the group the number of its chunks, at least 1: an empty table has one, open at
 *     both ends
 */
public record CopyEnd(String group, Map<TableId, Integer> chunksByTable) implements ChunkRecord {
    public CopyEnd {
        requireNonNull(group, "group");
        chunksByTable = Map.copyOf(chunksByTable);
    }

    @Override
    public <R> R fold(Cases<R> cases) {
        return cases.copyEnd(this);
    }
}
