package dev.crossfade.verify;

import dev.crossfade.model.ErrorKind;

/** One of the two databases that are compared. */
public enum Side {
    SOURCE("source", ErrorKind.SOURCE),
    TARGET("target", ErrorKind.TARGET);

    private final String word;
    private final ErrorKind errorKind;

    Side(String word, ErrorKind errorKind) {
        this.word = word;
        this.errorKind = errorKind;
    }

    /** As reports write it: {@code source}. */
    public String word() {
        return word;
    }

    /** The kind of error that this side's failure is. */
    public ErrorKind errorKind() {
        return errorKind;
    }
}
