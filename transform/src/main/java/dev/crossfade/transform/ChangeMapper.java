package dev.crossfade.transform;

import static java.util.Objects.requireNonNull;

import dev.crossfade.model.ChangeRecord;
import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.FaultPoint;
import dev.crossfade.model.Faults;
import dev.crossfade.model.Fence;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.RowRecord;
import dev.crossfade.model.SourceChange;
import dev.crossfade.model.TableStop;
import dev.crossfade.model.codec.ChangeCodec;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/** Reads one record of the changes and forwards what it asks of the target, in order. One per task, on the task's thread. */
final class ChangeMapper implements Processor<byte[], byte[], byte[], RowRecord> {
    private final ChangeMapping mapping;
    private final LongAdder recordsMapped;
    private final Faults faults;
    private @Nullable ProcessorContext<byte[], RowRecord> context; // set by init, before the first record

    ChangeMapper(ChangeMapping mapping, LongAdder recordsMapped, Faults faults) {
        this.mapping = mapping;
        this.recordsMapped = recordsMapped;
        this.faults = faults;
    }

    @Override
    public void init(ProcessorContext<byte[], RowRecord> processorContext) {
        context = processorContext;
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        int changes = decode(record).fold(new ChangeRecord.Cases<Integer>() {
            @Override
            public Integer change(SourceChange change) {
                for (ChangeMapping.KeyedRow keyed : mapping.map(change)) {
                    forward(record, keyed.key(), keyed.row());
                }
                faults.reached(FaultPoint.TRANSFORM_WITHIN_TRANSACTION);
                return 1;
            }

            @Override
            public Integer fence(Fence fence) {
                checkOrigin(fence);
                forward(record, record.key(), fence);
                return 0;
            }

            @Override
            public Integer stop(TableStop stop) {
                forward(record, record.key(), stop);
                return 0;
            }
        });
        recordsMapped.add(changes);
    }

    private void forward(Record<byte[], byte[]> from, byte[] key, RowRecord row) {
        requireNonNull(context, "context").forward(from.withKey(key).withValue(row));
    }

    private ChangeRecord decode(Record<byte[], byte[]> record) {
        try {
            return ChangeCodec.decode(record.value());
        } catch (
                RuntimeException
                        e) { // too short, of another format, or no value at all: whatever it is, it is not ours
            throw new MigrationException(
                    ErrorKind.TRANSFORM,
                    "the record at " + place() + " is not a change record: " + e
                            + "; the transform stopped before it and passes over nothing",
                    e);
        }
    }

    /** A fence counts for the partition that it names: one in another partition would let rows pass it. */
    private void checkOrigin(Fence fence) {
        int partition = requireNonNull(context, "context").taskId().partition();
        if (fence.changePartition() != partition) {
            throw new MigrationException(
                    ErrorKind.TRANSFORM,
                    "the fence at " + place() + " names partition " + fence.changePartition()
                            + "; the transform stopped before it");
        }
    }

    private String place() {
        return requireNonNull(context, "context")
                .recordMetadata()
                .map(ChangeMapper::describe)
                .orElse("an unknown place");
    }

    private static String describe(RecordMetadata metadata) {
        return metadata.topic() + "-" + metadata.partition() + "@" + metadata.offset();
    }
}
