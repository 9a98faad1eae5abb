package dev.crossfade.verify;

import dev.crossfade.model.BinlogPosition;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/**
 * How the verifier gets a snapshot of each side that show the same instant of the source. The pipeline implements it.
 *
 * <p>One thread calls, in this order: {@link #hold}, then a source snapshot is opened, {@link #publishThrough} with the snapshot's
 * position in the log, then a target snapshot is opened, {@link #proveTarget} inside it. {@link #resume} follows in every case, also
 * after a failure and also if {@link #hold} itself failed. Every method may throw {@link dev.crossfade.model.MigrationException}; it
 * reaches the caller of the verifier, and nothing has been compared then.
 */
public interface SnapshotPairing {
    /**
     * Makes capture hold at a commit of the source: from the return on, no change behind it is published.
     *
     * @param atMost the hold must end by itself after this time, should nobody call {@link #resume}
     */
    void hold(Duration atMost);

    /**
     * Publishes exactly the transactions that are in the log before {@code sourcePosition}, then a fence, and returns once the target
     * has applied all of it. Nothing after {@code sourcePosition} is published until {@link #resume}.
     *
     * @param sourcePosition the place in the log that the source snapshot shows, between two transactions
     */
    void publishThrough(BinlogPosition sourcePosition);

    /**
     * Checks, inside the target snapshot, that it shows the fence passed in every partition and nothing applied beyond it.
     *
     * @param targetSnapshot an open read-only transaction in REPEATABLE READ; only to be queried, neither ended nor closed
     * @return the position that it shows
     * @throws dev.crossfade.model.MigrationException if it shows anything else
     */
    TargetPosition proveTarget(Connection targetSnapshot) throws SQLException;

    /** Lets capture go on. Harmless if it is not held. */
    void resume();
}
