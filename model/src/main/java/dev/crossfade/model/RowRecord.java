package dev.crossfade.model;

/** What stands in the rows topic: the wanted state of one target row, a change to be applied in order, a fence, or the
 * stop of a table. */
public sealed interface RowRecord permits RowUpsert, RowDelete, RowChange, Fence, TableStop {
    <R> R fold(Cases<R> cases);

    /** One case per kind of record. */
    interface Cases<R> {
        R upsert(RowUpsert upsert);

        R delete(RowDelete delete);

        R change(RowChange change);

        R fence(Fence fence);

        R stop(TableStop stop);
    }
}
