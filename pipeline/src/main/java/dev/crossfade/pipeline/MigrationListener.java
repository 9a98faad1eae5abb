package dev.crossfade.pipeline;

/** Told what a run does. Calls come from one thread at a time and must return at once. */
public interface MigrationListener {
    /** The phase that was just entered, durable on the target. Also called once for the phase that a run begins in. */
    void phase(Phase phase);

    /** About every half second. */
    void progress(MigrationProgress progress);

    /** Something that a person should know, one line. */
    void message(String text);
}
