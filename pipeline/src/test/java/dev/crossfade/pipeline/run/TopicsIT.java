package dev.crossfade.pipeline.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.crossfade.broker.EmbeddedBroker;
import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.TopicNames;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TopicsIT {
    private static EmbeddedBroker broker;

    @BeforeAll
    static void startBroker(@TempDir Path directory) {
        broker = EmbeddedBroker.start(directory);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    private static Topics topics(TopicNames names) {
        return new Topics(names, new PartitionCounts(2, 2, 3), client(), 1 << 20);
    }

    private static Map<String, String> client() {
        return Map.of("bootstrap.servers", broker.bootstrapServers());
    }

    private static void write(String topic, int partition) throws ExecutionException, InterruptedException {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(Map.copyOf(client()), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic, partition, null, new byte[1]))
                    .get();
        }
    }

    @Test
    void refusesATopicThatDeletesRecordsByItself() throws ExecutionException, InterruptedException {
        TopicNames names = new TopicNames("forgetful");
        topics(names).create();
        assertThat(Retention.advice(client())).isEmpty(); // an embedded broker forgets nothing
        try (Admin admin = Admin.create(Map.<String, Object>copyOf(client()))) {
            ConfigResource changes = new ConfigResource(ConfigResource.Type.TOPIC, names.changes());
            admin.incrementalAlterConfigs(Map.of(
                            changes,
                            List.of(
                                    new AlterConfigOp(
                                            new ConfigEntry("retention.ms", "604800000"), AlterConfigOp.OpType.SET),
                                    new AlterConfigOp(
                                            new ConfigEntry("cleanup.policy", "compact,delete"),
                                            AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
        }

        assertThatThrownBy(() -> topics(names).create())
                .isInstanceOfSatisfying(
                        MigrationException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.TRANSFORM))
                .hasMessageContaining("LOG-RETENTION")
                .hasMessageContaining(
                        "topic " + names.changes() + ": it has cleanup.policy=compact,delete,retention.ms=604800000")
                .hasMessageContaining("--add-config cleanup.policy=delete,retention.bytes=-1,retention.ms=-1")
                .hasMessageContaining("nothing was written");
    }

    @Test
    void refusesToBeginOnTheChunksOfAnEarlierMigration() throws ExecutionException, InterruptedException {
        TopicNames names = new TopicNames("again");
        topics(names).create();
        write(names.positions(), 0);
        write(names.changes(), 1);
        write(names.rows(), 1);
        topics(names).create(); // a run that died before its backfill began leaves this much
        write(names.chunks(), 1);

        assertThatThrownBy(() -> topics(names).create())
                .isInstanceOfSatisfying(
                        MigrationException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.PLAN))
                .hasMessageContaining("topic " + names.chunks() + " holds the backfill of an earlier migration")
                .hasMessageContaining("delete the topics crossfade.again.*");
    }
}
