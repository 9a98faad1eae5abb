package dev.crossfade.pipeline;

/**
 * How a migration runs. All have defaults that suit one machine.
 *
 * @param changePartitions partitions of the changes and of the rows, 1..64; fixed for a migration once it has begun
 * @param readers chunk readers and chunk appliers, 1..64; fixed for a migration once it has begun
 * @param chunkBytes encoded bytes of one chunk, 1..256 MiB
 */
public record RunSettings(int changePartitions, int readers, int chunkBytes) {
    public static final RunSettings DEFAULT = new RunSettings(4, 2, 16 << 20);

    public RunSettings {
        if (changePartitions < 1 || changePartitions > 64 || readers < 1 || readers > 64 || chunkBytes < 1) {
            throw new IllegalArgumentException("run settings out of range");
        }
    }
}
