package dev.crossfade.verify;

import java.io.IOException;
import java.nio.file.Path;

/** Writes a report as {@code parity.json} for programs and {@code parity.md} for a person who signs it. */
public final class ParityFiles {
    private ParityFiles() {}

    /**
     * Writes both files into {@code directory}, which is created where it does not exist. Each file is replaced in one step, so a reader
     * sees the old report or the new one, never half of it.
     */
    public static void write(ParityReport report, Path directory) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** The report as {@code parity.json} holds it. */
    public static String json(ParityReport report) {
        throw new UnsupportedOperationException();
    }

    /** The report as {@code parity.md} holds it. */
    public static String markdown(ParityReport report) {
        throw new UnsupportedOperationException();
    }
}
