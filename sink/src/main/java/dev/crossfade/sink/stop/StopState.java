package dev.crossfade.sink.stop;

/** How far a stopped unit is on its way back; a unit that is on none runs. */
public enum StopState {
    /** Nothing of it is applied, and nobody has asked for more. */
    STOPPED,
    /** Somebody says that the cause is mended; the run has not begun to act. */
    WANTED,
    /** Its tables are copied once more. Nothing of it is applied. */
    COPYING,
    /** What was held is applied; in partitions without a hold the unit runs again. */
    REPLAYING
}
