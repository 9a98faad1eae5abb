package dev.crossfade.pipeline.run;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** How many bytes of chunks stand in the log that the target has not applied yet. Any thread. */
final class Backlog {
    private final Map<Integer, Deque<Entry>> partitions = new HashMap<>();
    private long bytes;

    private record Entry(long offset, long bytes) {}

    /**
     * Something is in the log: behind what was added to its partition before, if that is not applied.
     *
     * @param offset of its last record
     */
    synchronized void add(int partition, long offset, long added) {
        partitions.computeIfAbsent(partition, unused -> new ArrayDeque<>()).addLast(new Entry(offset, added));
        bytes += added;
    }

    /** The target has applied everything of the partition before {@code position}. */
    synchronized void applied(int partition, long position) {
        Deque<Entry> entries = partitions.getOrDefault(partition, new ArrayDeque<>());
        while (!entries.isEmpty() && entries.getFirst().offset() < position) {
            bytes -= entries.removeFirst().bytes();
        }
    }

    /** Leaves nothing here. */
    synchronized void moveTo(Backlog other) {
        partitions.forEach(
                (partition, entries) -> entries.forEach(entry -> other.add(partition, entry.offset(), entry.bytes())));
        partitions.clear();
        bytes = 0;
    }

    synchronized long bytes() {
        return bytes;
    }
}
