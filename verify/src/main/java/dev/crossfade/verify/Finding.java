package dev.crossfade.verify;

/**
 * One way in which the target is not what the source says it should be. Both sides were read from one pair of snapshots, so a finding
 * is final: no write on its way explains it.
 */
public sealed interface Finding permits MissingRow, ExtraRow, DifferentRow, UnreadRange {
    <R> R fold(Cases<R> cases);

    /** Decides by kind of finding. */
    interface Cases<R> {
        R missing(MissingRow row);

        R extra(ExtraRow row);

        R different(DifferentRow row);

        R unread(UnreadRange range);
    }
}
