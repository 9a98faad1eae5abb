package dev.crossfade.pipeline.run;

import dev.crossfade.pipeline.RunSettings;
import dev.crossfade.pipeline.plan.Planning;

/**
 * How many partitions a migration's topics have; fixed once it has begun.
 *
 * @param changes of the changes, and of the rows
 * @param tasks of the chunk tasks: one per reader
 * @param chunks of the chunks: one per reader, and one for copies under snapshots: of order groups, and of tables that have stopped
 */
record PartitionCounts(int changes, int tasks, int chunks) {
    static PartitionCounts of(Planning planning, RunSettings settings) {
        return new PartitionCounts(planning.partitioning(settings).total(), settings.readers(), settings.readers() + 1);
    }
}
