package dev.crossfade.broker;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.BrokerIdNotRegisteredException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.utils.Time;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the node's former life out of the metadata, before the node starts again: starts the controller alone and has it unregister
 * the broker, so that no partition has a leader until the node leads again.
 *
 * <p>Without it Kafka 4.3.1 loses transactions whose COMMIT it has acknowledged, if it was killed before it wrote their markers. The
 * new life begins with the old metadata, in which the dead broker still leads: its transaction coordinator tries to write the markers
 * to itself, is refused because it does not listen yet, and asks again for the leader at the moment when the former life loses its
 * session; {@code KRaftMetadataCache.getPartitionLeaderEndpoint} then answers with nothing, which
 * {@code TransactionMarkerChannelManager} takes for a deleted partition, and the transaction is held for complete. The records stay
 * invisible for ever, to every partition of it.
 */
final class FormerLife {
    private static final Logger log = LoggerFactory.getLogger(FormerLife.class);
    private static final int ANSWER_SECONDS = 60;
    private static final int RETRY_MILLIS = 20;

    private FormerLife() {}

    /**
     * Ends the former life of the node that has {@code logs}; waits until it is durable in the metadata. Harmless if it had ended.
     *
     * @throws IllegalStateException if the controller does not start or does not answer; nothing but metadata was written
     */
    static void end(Path logs, int controllerPort) {
        long started = System.nanoTime();
        KafkaRaftServer controller = new KafkaRaftServer(
                KafkaConfig.fromProps(BrokerSettings.ofControllerAlone(logs, controllerPort), false), Time.SYSTEM);
        try {
            controller.startup();
            unregister(controllerPort);
        } finally {
            controller.shutdown();
            controller.awaitShutdown();
        }
        log.atDebug()
                .addKeyValue("millis", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started))
                .log("former life of the node ended");
    }

    private static void unregister(int controllerPort) {
        try (Admin admin = Admin.create(Map.of(
                "bootstrap.controllers",
                BrokerSettings.HOST + ":" + controllerPort,
                "default.api.timeout.ms",
                ANSWER_SECONDS * 1_000))) {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(ANSWER_SECONDS);
            while (!isUnregistered(admin)) {
                if (System.nanoTime() - deadline > 0) {
                    throw new IllegalStateException(
                            "Kafka's controller has not read its metadata after " + ANSWER_SECONDS + " s");
                }
                TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("Kafka's controller does not end the former life of its node", e);
        } catch (TimeoutException e) {
            throw new IllegalStateException("Kafka's controller does not answer at its start", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while Kafka was starting", e);
        }
    }

    /** False while the controller has not read the metadata: it then holds itself for one of an older version. */
    private static boolean isUnregistered(Admin admin)
            throws ExecutionException, InterruptedException, TimeoutException {
        try {
            admin.unregisterBroker(BrokerSettings.NODE_ID).all().get(ANSWER_SECONDS, TimeUnit.SECONDS);
            return true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof BrokerIdNotRegisteredException) {
                return true;
            }
            if (e.getCause() instanceof UnsupportedVersionException) {
                return false;
            }
            throw e;
        }
    }
}
