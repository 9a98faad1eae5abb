package dev.crossfade.broker;

import java.nio.file.Path;
import java.util.Properties;

/** The settings of the embedded node: little memory, few threads, and nothing that is deleted by age. */
final class BrokerSettings {
    static final int NODE_ID = 1;
    static final String CONTROLLER_LISTENER = "CONTROLLER";
    static final String HOST = "127.0.0.1";

    private static final int MIB = 1024 * 1024;
    /** A row of 8 MiB in a batch with its keys and headers, with room to spare. */
    private static final int MAX_MESSAGE_BYTES = 32 * MIB;
    /** Kafka keeps these times in 32-bit numbers. */
    private static final String FOR_EVER = Integer.toString(Integer.MAX_VALUE);

    private BrokerSettings() {}

    static Properties of(Path directory, int port, int controllerPort) {
        Properties settings = new Properties();
        identity(settings, directory, port, controllerPort);
        nothingExpires(settings);
        single(settings);
        small(settings);
        return settings;
    }

    /** Sends whoever asks the node for its address to another port of this machine. */
    static void advertise(Properties settings, int port) {
        settings.setProperty("advertised.listeners", "PLAINTEXT://" + HOST + ":" + port);
    }

    /** The same node without its broker: it answers questions about the metadata, and no client. */
    static Properties ofControllerAlone(Path directory, int controllerPort) {
        Properties settings = of(directory, 0, controllerPort);
        settings.setProperty("process.roles", "controller");
        settings.setProperty("listeners", CONTROLLER_LISTENER + "://" + HOST + ":" + controllerPort);
        settings.remove("inter.broker.listener.name");
        return settings;
    }

    private static void identity(Properties settings, Path directory, int port, int controllerPort) {
        settings.setProperty("process.roles", "broker,controller");
        settings.setProperty("node.id", Integer.toString(NODE_ID));
        settings.setProperty(
                "listeners",
                "PLAINTEXT://" + HOST + ":" + port + "," + CONTROLLER_LISTENER + "://" + HOST + ":" + controllerPort);
        settings.setProperty("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        settings.setProperty("inter.broker.listener.name", "PLAINTEXT");
        settings.setProperty("controller.listener.names", CONTROLLER_LISTENER);
        settings.setProperty("controller.quorum.voters", NODE_ID + "@" + HOST + ":" + controllerPort);
        settings.setProperty("log.dirs", directory.toString());
    }

    /** A migration may be paused for weeks. */
    private static void nothingExpires(Properties settings) {
        settings.setProperty("log.retention.ms", "-1");
        settings.setProperty("log.retention.bytes", "-1");
        settings.setProperty("offsets.retention.minutes", FOR_EVER);
        settings.setProperty("transactional.id.expiration.ms", FOR_EVER);
        // 2^31 ms are 25 days only; an expired id is forgotten by this sweep, so it does not run either.
        settings.setProperty("transaction.remove.expired.transaction.cleanup.interval.ms", FOR_EVER);
        settings.setProperty("producer.id.expiration.ms", FOR_EVER);
        settings.setProperty("auto.create.topics.enable", "false");
    }

    private static void single(Properties settings) {
        settings.setProperty("default.replication.factor", "1");
        settings.setProperty("min.insync.replicas", "1");
        settings.setProperty("offsets.topic.replication.factor", "1");
        settings.setProperty("offsets.topic.num.partitions", "3");
        settings.setProperty("transaction.state.log.replication.factor", "1");
        settings.setProperty("transaction.state.log.min.isr", "1");
        settings.setProperty("transaction.state.log.num.partitions", "3");
        settings.setProperty("share.coordinator.state.topic.replication.factor", "1");
        settings.setProperty("share.coordinator.state.topic.min.isr", "1");
        settings.setProperty("share.coordinator.state.topic.num.partitions", "1");
        settings.setProperty("group.initial.rebalance.delay.ms", "0");
    }

    private static void small(Properties settings) {
        settings.setProperty("message.max.bytes", Integer.toString(MAX_MESSAGE_BYTES));
        settings.setProperty("replica.fetch.max.bytes", Integer.toString(MAX_MESSAGE_BYTES));
        settings.setProperty("num.network.threads", "2");
        settings.setProperty("num.io.threads", "4");
        settings.setProperty("background.threads", "2");
        settings.setProperty("num.recovery.threads.per.data.dir", "2");
        settings.setProperty("group.coordinator.threads", "1");
        settings.setProperty("share.coordinator.threads", "1");
        // Only the two internal topics are compacted; the default buffer takes 128 MiB of the heap.
        settings.setProperty("log.cleaner.dedupe.buffer.size", Integer.toString(4 * MIB));
        settings.setProperty("log.cleaner.io.buffer.size", Integer.toString(MIB / 2));
        // Applied chunks are deleted by whole segments, and soon: a backfill writes gigabytes in a minute.
        settings.setProperty("log.retention.check.interval.ms", "1000");
        settings.setProperty("log.initial.task.delay.ms", "1000");
        settings.setProperty("log.segment.bytes", Integer.toString(128 * MIB));
        settings.setProperty("log.segment.delete.delay.ms", "1000");
        settings.setProperty("log.index.size.max.bytes", Integer.toString(2 * MIB));
        // A node that misses its own heartbeats, on a stalled machine, only has no leaders until the next one.
        settings.setProperty("broker.session.timeout.ms", "3000");
        settings.setProperty("broker.heartbeat.interval.ms", "500");
        // What the node asks of itself, the markers that end transactions among it, is answered at once or asked again.
        settings.setProperty("request.timeout.ms", "5000");
        // Several nodes in one process would fight over names in JMX.
        settings.setProperty("metric.reporters", "");
    }
}
