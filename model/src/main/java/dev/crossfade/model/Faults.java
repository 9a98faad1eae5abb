package dev.crossfade.model;

/** Told at every {@link FaultPoint}. The product runs with {@link #NONE}; the crash test kills the process in here. */
@FunctionalInterface
public interface Faults {
    /** Does nothing. */
    Faults NONE = point -> {};

    /** Called on the thread that does the step. */
    void reached(FaultPoint point);
}
