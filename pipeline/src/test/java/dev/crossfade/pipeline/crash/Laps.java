package dev.crossfade.pipeline.crash;

import java.util.StringJoiner;
import java.util.concurrent.TimeUnit;

/** Where the time of a round goes. One thread. */
final class Laps {
    private final StringJoiner laps = new StringJoiner(", ");
    private long last = System.nanoTime();

    /** What was done since the last lap. */
    void lap(String what) {
        long now = System.nanoTime();
        laps.add(what + " " + TimeUnit.NANOSECONDS.toMillis(now - last) / 1e3);
        last = now;
    }

    /** In seconds. */
    @Override
    public String toString() {
        return laps.toString();
    }
}
