package dev.crossfade.transform;

import dev.crossfade.model.Fence;
import dev.crossfade.model.RowChange;
import dev.crossfade.model.RowDelete;
import dev.crossfade.model.RowRecord;
import dev.crossfade.model.RowUpsert;
import dev.crossfade.model.codec.RecordKeys;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.streams.processor.StreamPartitioner;

/** A row goes to the partition of its key, by the same function as the changes; a fence goes to every partition. */
final class RowPartitioner implements StreamPartitioner<byte[], RowRecord> {
    @Override
    public Optional<Set<Integer>> partitions(String topic, byte[] key, RowRecord row, int partitions) {
        return Optional.of(row.fold(new RowRecord.Cases<Set<Integer>>() {
            @Override
            public Set<Integer> upsert(RowUpsert upsert) {
                return Set.of(RecordKeys.partition(key, partitions));
            }

            @Override
            public Set<Integer> delete(RowDelete delete) {
                return Set.of(RecordKeys.partition(key, partitions));
            }

            @Override
            public Set<Integer> change(RowChange change) {
                throw new IllegalStateException("changes of order groups are not mapped yet");
            }

            @Override
            public Set<Integer> fence(Fence fence) {
                return IntStream.range(0, partitions).boxed().collect(Collectors.toUnmodifiableSet());
            }
        }));
    }
}
