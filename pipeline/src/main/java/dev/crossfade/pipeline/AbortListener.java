package dev.crossfade.pipeline;

/** Told what an abort does, on the thread that calls it. */
public interface AbortListener {
    /** It is gone for good, or empty. */
    void removed(Removal removal);

    /** Something that a person should know, one line. */
    void message(String text);
}
