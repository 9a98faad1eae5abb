package dev.crossfade.verify;

/** Brings one value, as its server wrote it, into the form in which both sides are compared. Without state, so any thread may use it. */
@FunctionalInterface
interface ValueForm {
    /**
     * Appends the form of {@code value}; the caller truncates what was appended if the outcome is not {@link Outcome#VALUE}.
     *
     * @param value what the server sent, never SQL NULL
     */
    Outcome append(byte[] value, FormBuffer out);

    /** What became of a value. */
    enum Outcome {
        /** The form was appended. */
        VALUE,
        /** A zero or partial date: NULL on the target, by declaration. */
        ZERO_DATE,
        /** Not of the shape that its type must have: it equals nothing but the same bytes on the other side. */
        MALFORMED
    }
}
