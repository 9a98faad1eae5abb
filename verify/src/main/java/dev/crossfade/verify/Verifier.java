package dev.crossfade.verify;

import static java.util.Objects.requireNonNull;

import java.time.Clock;

/**
 * Compares source and target row by row, from one pair of snapshots, while both go on being written. It shares nothing with the parts
 * that copy rows: its own connections, its own reading of values, its own form to compare them in.
 */
public final class Verifier {
    private final Clock clock;

    public Verifier(Clock clock) {
        this.clock = requireNonNull(clock, "clock");
    }

    /**
     * Opens the pair of snapshots, then compares every table of the request. Returns for every outcome of the comparison; a connection
     * that breaks while rows are read makes the rest <em>unread</em>. Blocks until done; nothing is written on either side.
     *
     * @throws dev.crossfade.model.MigrationException if the pair of snapshots could not be opened; nothing was compared, and capture has
     *     been resumed
     */
    public ParityReport verify(VerificationRequest request, SnapshotPairing pairing) {
        throw new UnsupportedOperationException(clock.toString());
    }
}
