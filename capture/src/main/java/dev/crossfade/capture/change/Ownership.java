package dev.crossfade.capture.change;

/**
 * Says whether this process still runs the migration, or another one has taken over. The answer may be out of date when it arrives.
 * Any thread may ask.
 */
@FunctionalInterface
public interface Ownership {
    /** What can be known at a moment. */
    enum State {
        OURS,
        /** For good: this process must end. */
        TAKEN_OVER,
        /** Whoever knows it cannot be asked now. */
        UNKNOWN
    }

    State state();
}
