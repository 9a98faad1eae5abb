package dev.crossfade.capture.source;

/** The server behind a source: the two differ in GTIDs, privileges and what they write to the log. */
public enum SourceProduct {
    MARIADB("MariaDB"),
    MYSQL("MySQL");

    private final String displayName;

    SourceProduct(String displayName) {
        this.displayName = displayName;
    }

    /** The name as its makers write it, for messages. */
    public String displayName() {
        return displayName;
    }
}
