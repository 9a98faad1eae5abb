package dev.crossfade.pipeline;

import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.Problem;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;

/** A Kafka that belongs to somebody else: it is asked whether it answers, and left running. Immutable; its properties may hold secrets. */
final class GivenKafka implements KafkaSource {
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(10);
    private static final int ATTEMPT_EVERY_MILLIS = 2_000; // the client logs each

    private final Map<String, String> clientProperties;

    GivenKafka(Map<String, String> clientProperties) {
        this.clientProperties = Map.copyOf(clientProperties);
    }

    @Override
    public List<Problem> problems() {
        Map<String, Object> properties = new HashMap<>(clientProperties);
        properties.put(CommonClientConfigs.RECONNECT_BACKOFF_MS_CONFIG, ATTEMPT_EVERY_MILLIS);
        properties.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, ATTEMPT_EVERY_MILLIS);
        Admin admin;
        try {
            admin = Admin.create(properties);
        } catch (KafkaException e) {
            return unreachable("cannot be asked: " + (e.getCause() == null ? e : e.getCause()).getMessage());
        }
        try {
            admin.describeCluster(new DescribeClusterOptions().timeoutMs((int) ANSWER_WITHIN.toMillis()))
                    .nodes()
                    .get();
            return List.of();
        } catch (ExecutionException e) {
            return unreachable(
                    e.getCause() instanceof TimeoutException
                            ? "does not answer within " + ANSWER_WITHIN.toSeconds() + " s"
                            : "refuses: " + e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return unreachable("was not waited for");
        } finally {
            admin.close(Duration.ZERO); // else it waits a minute for a server that does not answer
        }
    }

    private List<Problem> unreachable(String seen) {
        return List.of(
                new Problem(
                        ErrorKind.TRANSFORM,
                        "KAFKA-UNREACHABLE",
                        "Kafka at " + clientProperties.get(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG),
                        "it " + seen,
                        "start it, or name one that runs in kafka.bootstrap.servers; without that key Crossfade brings its own"));
    }

    @Override
    public Session open() {
        return new Session() {
            @Override
            public Map<String, String> clientProperties() {
                return clientProperties;
            }

            @Override
            public void close() {}
        };
    }
}
