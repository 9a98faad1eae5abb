package dev.crossfade.pipeline;

/**
 * How a migration runs. All have defaults that suit one machine.
 *
 * @param changePartitions partitions of the changes and of the rows, 1..64; fixed for a migration once it has begun
 * @param readers chunk readers and chunk appliers, 1..64; fixed for a migration once it has begun
 * @param chunkBytes encoded bytes of one chunk, about: 1 or more
 * @param batchBytes encoded bytes of one record of a chunk, unless a single row is larger: 1 or more
 * @param unappliedBytes encoded bytes of chunks that may be in Kafka and not on the target yet; each reader may add one chunk to it: 1
 *     or more
 */
public record RunSettings(int changePartitions, int readers, int chunkBytes, int batchBytes, long unappliedBytes) {
    /** The sizes are measured: see docs/decisions/0001-backfill-through-the-log.md. */
    public static final RunSettings DEFAULT = new RunSettings(4, 2, 16 << 20, 512 << 10, 4L << 30);

    public RunSettings {
        if (changePartitions < 1
                || changePartitions > 64
                || readers < 1
                || readers > 64
                || chunkBytes < 1
                || batchBytes < 1
                || unappliedBytes < 1) {
            throw new IllegalArgumentException("run settings out of range");
        }
    }

    /** With the default limit of what is not applied. */
    public RunSettings(int changePartitions, int readers, int chunkBytes, int batchBytes) {
        this(changePartitions, readers, chunkBytes, batchBytes, DEFAULT.unappliedBytes);
    }

    /** With the default limit, and batches of the default size. */
    public RunSettings(int changePartitions, int readers, int chunkBytes) {
        this(changePartitions, readers, chunkBytes, DEFAULT.batchBytes);
    }
}
