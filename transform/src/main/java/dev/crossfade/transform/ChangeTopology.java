package dev.crossfade.transform;

import dev.crossfade.model.Faults;
import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.RowRecord;
import dev.crossfade.model.TopicNames;
import dev.crossfade.model.codec.Partitioning;
import dev.crossfade.model.codec.RowRecordCodec;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.WallclockTimestampExtractor;

/** The way of a change: source topic, mapper, sink topic. No state, no internal topic. */
final class ChangeTopology {
    private ChangeTopology() {}

    static Topology of(MigrationPlan plan, Partitioning partitioning, LongAdder recordsMapped, Faults faults) {
        TopicNames topics = new TopicNames(plan.migration());
        ChangeMapping mapping = new ChangeMapping(plan);
        Serializer<RowRecord> rows = (topic, row) -> RowRecordCodec.encode(row);
        return new Topology()
                .addSource(
                        AutoOffsetReset.none(),
                        "changes",
                        // Order is that of the partition alone: a record's own time is never looked at, however odd it
                        // is.
                        new WallclockTimestampExtractor(),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer(),
                        topics.changes())
                .addProcessor("map", () -> new ChangeMapper(mapping, recordsMapped, faults), "changes")
                .addSink(
                        "rows",
                        topics.rows(),
                        new ByteArraySerializer(),
                        rows,
                        new RowPartitioner(partitioning),
                        "map");
    }
}
