package dev.crossfade.pipeline;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;

/** Where a topic ends, control records included. */
public final class LogEnds {
    private LogEnds() {}

    /** By partition, the offset behind the last record. */
    public static Map<Integer, Long> of(Map<String, String> kafka, String topic)
            throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(Map.<String, Object>copyOf(kafka))) {
            Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
            for (TopicDescription described :
                    admin.describeTopics(List.of(topic)).allTopicNames().get().values()) {
                described
                        .partitions()
                        .forEach(partition ->
                                asked.put(new TopicPartition(topic, partition.partition()), OffsetSpec.latest()));
            }
            Map<Integer, Long> ends = new TreeMap<>();
            admin.listOffsets(asked)
                    .all()
                    .get()
                    .forEach((partition, end) -> ends.put(partition.partition(), end.offset()));
            return ends;
        }
    }
}
