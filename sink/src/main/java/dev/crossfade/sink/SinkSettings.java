package dev.crossfade.sink;

/**
 * How the sink is divided. Both are fixed for a migration once it has begun.
 *
 * @param rowsPartitions partitions of the rows topic; one row applier each
 * @param chunksPartitions partitions of the chunks topic; one chunk applier each
 */
public record SinkSettings(int rowsPartitions, int chunksPartitions) {
    public SinkSettings {
        if (rowsPartitions < 1 || chunksPartitions < 1) {
            throw new IllegalArgumentException(
                    "partitions must be positive, seen " + rowsPartitions + " and " + chunksPartitions);
        }
    }
}
