package dev.crossfade.transform;

import static java.util.Objects.requireNonNull;

import dev.crossfade.model.Fence;
import dev.crossfade.model.RowChange;
import dev.crossfade.model.RowDelete;
import dev.crossfade.model.RowRecord;
import dev.crossfade.model.RowUpsert;
import dev.crossfade.model.TableStop;
import dev.crossfade.model.codec.Partitioning;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.streams.processor.StreamPartitioner;

/**
 * A row goes to the partition of its key or of its group, by the same rule as the changes; a fence goes to every partition; the
 * stop of a table to the one where it stood among the changes.
 */
final class RowPartitioner implements StreamPartitioner<byte[], RowRecord> {
    private final Partitioning partitioning;

    RowPartitioner(Partitioning partitioning) {
        this.partitioning = requireNonNull(partitioning, "partitioning");
    }

    @Override
    public Optional<Set<Integer>> partitions(String topic, byte[] key, RowRecord row, int partitions) {
        return Optional.of(row.fold(new RowRecord.Cases<Set<Integer>>() {
            @Override
            public Set<Integer> upsert(RowUpsert upsert) {
                return Set.of(partitioning.ofRow(upsert.table(), key));
            }

            @Override
            public Set<Integer> delete(RowDelete delete) {
                return Set.of(partitioning.ofRow(delete.table(), key));
            }

            @Override
            public Set<Integer> change(RowChange change) {
                return Set.of(partitioning.ofRow(change.table(), key));
            }

            @Override
            public Set<Integer> fence(Fence fence) {
                return IntStream.range(0, partitioning.total()).boxed().collect(Collectors.toUnmodifiableSet());
            }

            @Override
            public Set<Integer> stop(TableStop stop) {
                return Set.of(partitioning.ofStop(stop.table()));
            }
        }));
    }
}
