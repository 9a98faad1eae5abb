package dev.crossfade.capture.change;

import java.time.Duration;

/**
 * For how long a source may say nothing before it is taken for gone: three heartbeats, once it is heard. A server that looks for the
 * first event in its log is silent too, so each reading of the log that ends before its first record is given twice as long as the
 * one before it. Kept across the readings of one capture. Thread-safe.
 */
final class SilenceLimit {
    /** Also how long an engine may take to open the log: reading the schema of many tables brings no event. */
    static final Duration LONGEST = Duration.ofMinutes(3);

    private static final int INTERVALS = 3;

    private final Duration usual;
    private Duration afterOpening;

    SilenceLimit(Duration heartbeatInterval) {
        this.usual = heartbeatInterval.multipliedBy(INTERVALS);
        this.afterOpening = usual;
    }

    /** Once the reading has brought a record. */
    Duration usual() {
        return usual;
    }

    /** From the opening of the log to its first record. */
    synchronized Duration afterOpening() {
        return afterOpening;
    }

    /** A record came: the source finds its place in time. */
    synchronized void heard() {
        afterOpening = usual;
    }

    /** A reading of the log ended by silence before its first record. */
    synchronized void unheard() {
        Duration twice = afterOpening.multipliedBy(2);
        afterOpening = twice.compareTo(LONGEST) < 0 ? twice : longest();
    }

    private Duration longest() {
        return usual.compareTo(LONGEST) < 0 ? LONGEST : usual;
    }
}
