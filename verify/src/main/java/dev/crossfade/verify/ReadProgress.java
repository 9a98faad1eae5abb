package dev.crossfade.verify;

import java.util.concurrent.atomic.AtomicLong;

/** What the two reading threads of one table and the one that waits for them share. */
final class ReadProgress {
    private final AtomicLong sourceRows = new AtomicLong();
    private final AtomicLong targetRows = new AtomicLong();
    private volatile boolean stopped;

    void read(Side side, long rowsSoFar) {
        (side == Side.SOURCE ? sourceRows : targetRows).set(rowsSoFar);
    }

    long rows(Side side) {
        return (side == Side.SOURCE ? sourceRows : targetRows).get();
    }

    /** One side has failed: the other need not go on. */
    void stop() {
        stopped = true;
    }

    boolean isStopped() {
        return stopped;
    }
}
