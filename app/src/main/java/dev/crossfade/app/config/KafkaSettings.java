package dev.crossfade.app.config;

import dev.crossfade.model.NearestName;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** Reads {@code kafka:}. */
final class KafkaSettings {
    private static final String SERVERS = "bootstrap.servers";
    private static final String EXAMPLE = "kafka: embedded, or kafka: { bootstrap.servers: \"host:9092\" }";

    /** Each of these carries part of the guarantee, so they are not the user's to set. */
    private static final Set<String> OURS = Set.of(
            "acks",
            "auto.offset.reset",
            "client.id",
            "enable.auto.commit",
            "enable.idempotence",
            "group.id",
            "group.instance.id",
            "isolation.level",
            "key.deserializer",
            "key.serializer",
            "max.in.flight.requests.per.connection",
            "partitioner.class",
            "processing.guarantee",
            "retries",
            "transactional.id",
            "value.deserializer",
            "value.serializer");

    private KafkaSettings() {}

    /** Client properties; empty for the embedded broker. */
    static Map<String, String> read(Node node, FileProblems problems, Placeholders placeholders) {
        if (node instanceof ScalarNode scalar) {
            if (!scalar.getValue().equals("embedded")) {
                String seen = Shown.key(scalar.getValue());
                problems.add(
                        node,
                        "KAFKA",
                        "'kafka' is " + (seen.isEmpty() ? "empty" : "'" + seen + "'")
                                + ", must be 'embedded' or client properties"
                                + NearestName.hint(seen, List.of("embedded")),
                        "write " + EXAMPLE);
            }
            return Map.of();
        }
        Optional<FileMapping> mapping = FileMapping.of(node, "kafka", EXAMPLE, problems, placeholders);
        Map<String, String> properties = new LinkedHashMap<>();
        mapping.ifPresent(given -> given.entries().forEach((key, entry) -> {
            if (OURS.contains(key)) {
                problems.add(
                        entry.key(),
                        "KAFKA",
                        "'kafka." + key + "' is set by Crossfade, its promises rest on it",
                        "leave it out");
            }
            given.text(key, entry.value(), "\"" + Shown.key(key) + "\": \"value\"")
                    .ifPresent(text -> properties.put(key, text.value()));
        }));
        mapping.ifPresent(given -> checkServers(given, problems));
        return properties;
    }

    private static void checkServers(FileMapping given, FileProblems problems) {
        FileMapping.Entry servers = given.entries().get(SERVERS);
        if (servers == null) {
            Optional<String> nearest = NearestName.of(SERVERS, given.entries().keySet());
            problems.add(
                    nearest.map(name -> given.entry(name).key()).orElse(given.node()),
                    "KAFKA",
                    "'kafka' has no '" + SERVERS + "'"
                            + nearest.map(name -> "; '" + Shown.key(name) + "' looks like it")
                                    .orElse(""),
                    "add bootstrap.servers: \"host:9092\", or write kafka: embedded");
            return;
        }
        // Resolved once more, silently: complaints about placeholders were made when the properties were read.
        if (servers.value() instanceof ScalarNode scalar && !scalar.getValue().contains("${")) {
            for (String server : scalar.getValue().split(",", -1)) {
                String trimmed = server.strip();
                int colon = trimmed.lastIndexOf(':');
                if (colon < 1 || !JdbcUrls.isPort(trimmed.substring(colon + 1))) {
                    problems.add(
                            servers.value(),
                            "PORT",
                            "'kafka.bootstrap.servers' has '" + Shown.key(trimmed.replace(':', '.'))
                                    + "', must be host:port with a port in 1..65535",
                            "write bootstrap.servers: \"host:9092\"");
                }
            }
        }
    }
}
