package dev.crossfade.sink.control;

import static java.util.Objects.requireNonNull;

import java.util.Map;

/**
 * Which log a migration began with. Offsets are valid numbers in any log; these ids are not.
 *
 * @param clusterId of the Kafka cluster
 * @param topicIds by the names of the migration's topics; a topic that is deleted and made again has another id
 */
public record LogIdentity(String clusterId, Map<String, String> topicIds) {
    public LogIdentity {
        requireNonNull(clusterId, "clusterId");
        topicIds = Map.copyOf(topicIds);
    }
}
