package dev.crossfade.sink.apply;

import java.util.concurrent.atomic.LongAdder;

/** What the appliers of this process have committed. Any thread. */
public final class Counters {
    private final LongAdder chunks = new LongAdder();
    private final LongAdder rows = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final LongAdder changes = new LongAdder();

    void copied(long moreRows, long moreBytes) {
        chunks.increment();
        rows.add(moreRows);
        bytes.add(moreBytes);
    }

    void applied(long moreChanges) {
        changes.add(moreChanges);
    }

    public long chunks() {
        return chunks.sum();
    }

    public long rows() {
        return rows.sum();
    }

    public long bytes() {
        return bytes.sum();
    }

    public long changes() {
        return changes.sum();
    }
}
