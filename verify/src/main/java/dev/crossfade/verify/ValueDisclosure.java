package dev.crossfade.verify;

/** Whether a report may show what differing columns hold. Keys are always shown. */
public enum ValueDisclosure {
    /** Names of columns only. */
    KEYS_ONLY,
    /** The values of both sides too, shortened. */
    VALUES
}
