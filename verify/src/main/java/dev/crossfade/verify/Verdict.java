package dev.crossfade.verify;

/** What a check has shown, of a table or of all of them. */
public enum Verdict {
    /** Every row of both sides was read, and they are the same rows. */
    EQUAL("equal"),
    /** Every row of both sides was read, and they are not the same rows. */
    DIFFERENT("different"),
    /** Something could not be read, so nothing is known about it; never equal. */
    UNREAD("unread");

    private final String word;

    Verdict(String word) {
        this.word = word;
    }

    /** As reports write it: {@code equal}. */
    public String word() {
        return word;
    }
}
