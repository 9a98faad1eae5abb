package dev.crossfade.pipeline;

/** Where a migration stands. Phases only move forward. */
public enum Phase {
    /** Checked and planned; the control schema exists, nothing else was written. */
    PLANNED,
    /** Changes are captured; chunks are read and copied. */
    BACKFILLING,
    /** All chunks are on the target and its keys are built; changes since the start are being applied. */
    CATCHING_UP,
    /** The target follows the source. */
    SHADOWING;

    public boolean isAtLeast(Phase other) {
        return compareTo(other) >= 0;
    }
}
