package dev.crossfade.pipeline.run;

import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;

/**
 * Whether Kafka keeps what a migration leaves in it for as long as it may stand still. Reads only. Transactional ids that Kafka forgets
 * do no harm: one is forgotten only without an open transaction, and the next run makes it again.
 */
final class Retention {
    /** What each topic of a migration has: records go when the migration deletes them, and at no other time. */
    static final Map<String, String> SETTINGS = Map.of(
            TopicConfig.CLEANUP_POLICY_CONFIG,
            TopicConfig.CLEANUP_POLICY_DELETE,
            TopicConfig.RETENTION_MS_CONFIG,
            "-1",
            TopicConfig.RETENTION_BYTES_CONFIG,
            "-1");

    private static final String OFFSETS = "offsets.retention.minutes";

    /** A migration that stands still for longer than this is taken for given up. */
    private static final Duration LONG_ENOUGH = Duration.ofDays(90);

    private Retention() {}

    /** Topics that delete records by themselves, of those that exist. None if Kafka does not let us ask. */
    static List<Problem> problems(Admin admin, Set<String> topics) {
        List<ConfigResource> resources = topics.stream()
                .map(topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic))
                .toList();
        List<Problem> problems = new ArrayList<>();
        new TreeMap<>(configs(admin, resources)).forEach((topic, config) -> differences(config)
                .ifPresent(seen -> problems.add(new Problem(
                        ErrorKind.TRANSFORM,
                        "LOG-RETENTION",
                        "topic " + topic,
                        "it has " + seen + ": records that were not read yet could be deleted",
                        "kafka-configs.sh --alter --entity-type topics --entity-name " + topic + " --add-config "
                                + join(SETTINGS)))));
        return problems;
    }

    private static Optional<String> differences(Config config) {
        Map<String, String> different = new HashMap<>();
        SETTINGS.forEach((name, wanted) -> {
            String seen = value(config, name).orElse(wanted);
            if (!seen.equals(wanted)) {
                different.put(name, seen);
            }
        });
        return different.isEmpty() ? Optional.empty() : Optional.of(join(different));
    }

    private static String join(Map<String, String> settings) {
        return new TreeMap<>(settings)
                .entrySet().stream()
                        .map(setting -> setting.getKey() + "=" + setting.getValue())
                        .collect(Collectors.joining(","));
    }

    /** What somebody should know who stops the migration for a while; empty if Kafka keeps everything, or does not let us ask. */
    static Optional<String> advice(Map<String, String> clientProperties) {
        try (Admin admin = Topics.admin(clientProperties)) {
            return advice(admin);
        }
    }

    private static Optional<String> advice(Admin admin) {
        List<ConfigResource> nodes = Topics.get(admin.describeCluster().nodes(), "ask for the cluster's nodes").stream()
                .limit(1)
                .map(Node::idString)
                .map(id -> new ConfigResource(ConfigResource.Type.BROKER, id))
                .toList();
        return configs(admin, nodes).values().stream()
                .flatMap(config -> value(config, OFFSETS).stream())
                .findFirst()
                .flatMap(minutes -> advice(Duration.ofMinutes(Long.parseLong(minutes))));
    }

    /** Of a Kafka that keeps the offsets of a group without members for so long. */
    static Optional<String> advice(Duration kept) {
        return kept.compareTo(LONG_ENOUGH) >= 0
                ? Optional.empty()
                : Optional.of("Kafka forgets how far a group has read " + kept.toHours()
                        + " hours after it came to a standstill: a migration that is stopped for longer must begin anew."
                        + " Hint: set " + OFFSETS + " of the brokers to " + Integer.MAX_VALUE);
    }

    private static Map<String, Config> configs(Admin admin, List<ConfigResource> resources) {
        try {
            Map<String, Config> configs = new HashMap<>();
            Topics.get(admin.describeConfigs(resources).all(), "read settings")
                    .forEach((resource, config) -> configs.put(resource.name(), config));
            return configs;
        } catch (MigrationException e) {
            if (e.getCause() instanceof AuthorizationException) {
                return Map.of(); // our own topics are as we made them, unless somebody has changed them since
            }
            throw e;
        }
    }

    private static Optional<String> value(Config config, String name) {
        return Optional.ofNullable(config.get(name)).map(ConfigEntry::value);
    }
}
