package dev.crossfade.capture.change;

import dev.crossfade.capture.source.SourceDatabase;
import dev.crossfade.capture.source.SourceProduct;
import dev.crossfade.model.TableId;
import dev.crossfade.model.TopicNames;
import io.debezium.storage.kafka.history.KafkaSchemaHistory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Debezium's settings. Those about failure, heartbeats, offsets and polling carry what capture guarantees; none of them is for users
 * to change.
 *
 * @see <a href="https://debezium.io/documentation/reference/3.5/connectors/mariadb.html">Debezium 3.5, MariaDB</a>
 */
final class EngineProperties {
    /** Ids of replicas are 32 bits; the upper half is seldom handed out by people. */
    private static final long SERVER_ID_BASE = 0x8000_0000L;

    private EngineProperties() {}

    /** The engine's name: also Debezium's topic prefix, so part of the stored positions' keys. */
    static String engineName(TopicNames topics) {
        return topics.migration();
    }

    static Properties of(CaptureSettings settings, String session) {
        Properties properties = new Properties();
        String name = engineName(settings.topics());
        properties.setProperty("name", name);
        properties.setProperty("topic.prefix", name);
        properties.setProperty("bootstrap.servers", bootstrapServers(settings)); // asked for by Connect, used by nobody
        engine(properties, session);
        source(properties, settings);
        scope(properties, settings);
        values(properties, session);
        history(properties, settings);
        return properties;
    }

    private static void engine(Properties properties, String session) {
        properties.setProperty(CommittedOffsets.SESSION, session);
        properties.setProperty("offset.storage", CommittedOffsets.class.getName());
        properties.setProperty("offset.flush.interval.ms", "0");
        properties.setProperty("errors.max.retries", "0"); // the engine's retry drops the batch that failed
        properties.setProperty("tasks.max", "1");
        properties.setProperty("snapshot.mode", "no_data");
        properties.setProperty("snapshot.locking.mode", "none"); // no_data reads the schema only; no global lock
        properties.setProperty("event.processing.failure.handling.mode", "fail");
        properties.setProperty("inconsistent.schema.handling.mode", "fail");
        properties.setProperty("event.converting.failure.handling.mode", "fail");
        properties.setProperty("skipped.operations", "none"); // TRUNCATE must be seen
        properties.setProperty("include.schema.changes", "false");
        properties.setProperty("tombstones.on.delete", "false");
        properties.setProperty("provide.transaction.metadata", "false");
        properties.setProperty("schema.name.adjustment.mode", "none");
        properties.setProperty("field.name.adjustment.mode", "none");
        properties.setProperty("signal.enabled.channels", "");
        properties.setProperty("notification.enabled.channels", "");
    }

    private static void source(Properties properties, CaptureSettings settings) {
        SourceDatabase source = settings.source();
        boolean mariaDb = settings.product() == SourceProduct.MARIADB;
        properties.setProperty(
                "connector.class",
                mariaDb ? WatchedMariaDbConnector.class.getName() : WatchedMySqlConnector.class.getName());
        properties.setProperty("database.hostname", source.host());
        properties.setProperty("database.port", String.valueOf(source.port()));
        properties.setProperty("database.user", source.access().user());
        properties.setProperty("database.password", source.access().password().reveal());
        properties.setProperty(
                "database.server.id", String.valueOf(serverId(settings.topics().migration())));
        properties.setProperty("database.ssl.mode", sslMode(source.access().url(), settings.product()));
        properties.setProperty("connect.timeout.ms", "10000");
        // The client's own reconnect sends a running transaction twice and says nothing; a silent source is found by
        // our watchdog.
        properties.setProperty("connect.keep.alive", "false");
        long heartbeat = settings.tuning().heartbeatInterval().toMillis();
        properties.setProperty(
                "connect.keep.alive.interval.ms", String.valueOf(heartbeat)); // the server speaks at 0.8 of it
        properties.setProperty("heartbeat.interval.ms", String.valueOf(Math.max(1, heartbeat / 2)));
        properties.setProperty("poll.interval.ms", "10"); // a batch waits for that long, or until it is full
        int batch = settings.tuning().maxBatchRows();
        properties.setProperty("max.batch.size", String.valueOf(batch));
        properties.setProperty("max.queue.size", String.valueOf(4 * batch));
        properties.setProperty(
                "max.queue.size.in.bytes", String.valueOf(settings.tuning().maxQueueBytes()));
    }

    private static void scope(Properties properties, CaptureSettings settings) {
        TreeSet<String> databases = new TreeSet<>();
        List<String> tables = new ArrayList<>();
        List<TableId> ids = new ArrayList<>();
        settings.tables().forEach(table -> ids.add(table.table().id()));
        ids.add(settings.markerTable());
        for (TableId id : ids) {
            databases.add(quoted(id.schema()));
            tables.add(quoted(id.schema()) + "\\." + quoted(id.name()));
        }
        properties.setProperty("database.include.list", String.join(",", databases));
        properties.setProperty("table.include.list", String.join(",", tables));
    }

    /** One name for a list of regular expressions between commas; every sign that could mean something is escaped. */
    private static String quoted(String name) {
        StringBuilder quoted = new StringBuilder();
        name.codePoints().forEach(sign -> {
            if (Character.isLetterOrDigit(sign) || sign == '_') {
                quoted.appendCodePoint(sign);
            } else {
                quoted.append(String.format("\\x{%x}", sign)); // a comma would end the list's entry
            }
        });
        return quoted.toString();
    }

    private static void values(Properties properties, String session) {
        properties.setProperty("converters", "plan");
        properties.setProperty("plan.type", PlanConverter.class.getName());
        properties.setProperty("plan." + PlanConverter.SESSION, session);
        properties.setProperty("bigint.unsigned.handling.mode", "precise");
        properties.setProperty("decimal.handling.mode", "precise");
        properties.setProperty("time.precision.mode", "adaptive_time_microseconds");
        properties.setProperty("binary.handling.mode", "bytes");
        properties.setProperty("enable.time.adjuster", "false");
    }

    private static void history(Properties properties, CaptureSettings settings) {
        properties.setProperty("schema.history.internal", KafkaSchemaHistory.class.getName());
        properties.setProperty(
                "schema.history.internal.kafka.topic", settings.topics().schemaHistory());
        properties.setProperty("schema.history.internal.kafka.bootstrap.servers", bootstrapServers(settings));
        properties.setProperty("schema.history.internal.store.only.captured.tables.ddl", "true");
        properties.setProperty("schema.history.internal.store.only.captured.databases.ddl", "true");
        properties.setProperty("schema.history.internal.skip.unparseable.ddl", "false");
        for (Map.Entry<String, String> entry : settings.kafka().entrySet()) {
            properties.setProperty("schema.history.internal.producer." + entry.getKey(), entry.getValue());
            properties.setProperty("schema.history.internal.consumer." + entry.getKey(), entry.getValue());
        }
        properties.setProperty(
                "schema.history.internal.consumer.group.id", settings.topics().historyGroup());
    }

    private static String bootstrapServers(CaptureSettings settings) {
        return settings.kafka().getOrDefault("bootstrap.servers", "");
    }

    /** The replica id under which capture reads the log: one per migration, so that a successor ends its predecessor's session. */
    static long serverId(String migration) {
        return SERVER_ID_BASE + (migration.hashCode() & 0x7fff_fffeL);
    }

    /** As the URL says: {@code sslMode}, or none. */
    private static String sslMode(String url, SourceProduct product) {
        Matcher mode = Pattern.compile("(?i)[?&](?:sslMode|useSsl)=([^&]*)").matcher(url);
        String wanted = mode.find() ? mode.group(1).toLowerCase(Locale.ROOT).replace('_', '-') : "disable";
        boolean mariaDb = product == SourceProduct.MARIADB;
        return switch (wanted) {
            case "trust", "true", "required", "preferred", "1" -> mariaDb ? "trust" : "required";
            case "verify-ca" -> mariaDb ? "verify-ca" : "verify_ca";
            case "verify-full", "verify-identity" -> mariaDb ? "verify-full" : "verify_identity";
            default -> mariaDb ? "disable" : "disabled";
        };
    }
}
