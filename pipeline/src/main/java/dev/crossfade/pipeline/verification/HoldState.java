package dev.crossfade.pipeline.verification;

import java.util.Locale;

/**
 * Where one hold stands. The comparing process asks ({@link #HOLD}, {@link #PUBLISH}, {@link #RELEASE}), the running process answers
 * ({@link #HELD}, {@link #PASSED}, {@link #DONE}, {@link #FAILED}).
 */
enum HoldState {
    /** Asked: publish nothing more. */
    HOLD,
    /** Answered: nothing is being published. */
    HELD,
    /** Asked: publish exactly what lies before the given position, then a fence. */
    PUBLISH,
    /** Answered: the fence has passed on the target; still nothing is being published. */
    PASSED,
    /** Asked: publish again. */
    RELEASE,
    /** Answered: publishing again. */
    DONE,
    /** Answered: the hold ended by itself, for the reason in the row; publishing again. */
    FAILED;

    /** Whether nothing can happen to it any more. */
    boolean isOver() {
        return this == DONE || this == FAILED;
    }

    String stored() {
        return name().toLowerCase(Locale.ROOT);
    }

    static HoldState of(String stored) {
        return valueOf(stored.toUpperCase(Locale.ROOT));
    }
}
