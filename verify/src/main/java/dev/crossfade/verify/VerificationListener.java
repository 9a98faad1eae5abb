package dev.crossfade.verify;

import dev.crossfade.model.TableId;

/**
 * Hears how a verification goes on. Called from the verifier's own threads, one call at a time; a method that is slow slows the
 * verification.
 */
public interface VerificationListener {
    /** Hears nothing. */
    VerificationListener NONE = new VerificationListener() {};

    /** Both snapshots are open, capture goes on, reading begins. */
    default void paired(int tables) {}

    /** Reading of a table goes on; about every half second, and once at its end. */
    default void rowsRead(TableId target, long sourceRows, long targetRows) {}

    /** A table is done. */
    default void compared(TableParity table) {}
}
