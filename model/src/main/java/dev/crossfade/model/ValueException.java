package dev.crossfade.model;

/**
 * A value that its logical type cannot hold. The message says why and never holds the value; whoever knows the table, the key and
 * the column adds them.
 */
public final class ValueException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ValueException(String reason) {
        super(reason);
    }
}
