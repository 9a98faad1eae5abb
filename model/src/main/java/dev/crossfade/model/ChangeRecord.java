package dev.crossfade.model;

/** What stands in the changes topic. */
public sealed interface ChangeRecord permits SourceChange, Fence, TableStop {
    <R> R fold(Cases<R> cases);

    /** One case per kind of record. */
    interface Cases<R> {
        R change(SourceChange change);

        R fence(Fence fence);

        R stop(TableStop stop);
    }
}
