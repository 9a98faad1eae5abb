package dev.crossfade.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.crossfade.broker.EmbeddedBroker;
import dev.crossfade.model.ChangeRecord;
import dev.crossfade.model.Faults;
import dev.crossfade.model.Fence;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.RowRecord;
import dev.crossfade.model.SourceChange;
import dev.crossfade.model.TableStop;
import dev.crossfade.model.TopicNames;
import dev.crossfade.model.codec.ChangeCodec;
import dev.crossfade.model.codec.Partitioning;
import dev.crossfade.model.codec.RecordKeys;
import dev.crossfade.model.codec.RowRecordCodec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** One migration on a broker: its topics, somebody who writes changes in transactions, and somebody who reads committed rows. */
final class Rig implements AutoCloseable {
    static final int PARTITIONS = 4;

    private static final String LARGEST_BATCH = Integer.toString(32 << 20);

    final TopicNames topics;
    final CompletableFuture<MigrationException> failed = new CompletableFuture<>();

    private final String migration;
    private final Path stateDirectory;
    private final Map<String, String> kafka;
    private final Admin admin;
    private final Producer<byte[], byte[]> producer;
    private final Consumer<byte[], byte[]> consumer;

    /** Makes the topics and commits offset 0 of the changes for the transform's group. */
    Rig(EmbeddedBroker broker, String migration, Path stateDirectory) throws Exception {
        this.migration = migration;
        this.topics = new TopicNames(migration);
        this.stateDirectory = stateDirectory;
        this.kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
        this.admin = Admin.create(new HashMap<>(kafka));
        admin.createTopics(List.of(topic(topics.changes()), topic(topics.rows())))
                .all()
                .get();
        // A topic that was just made may not be known to the group's coordinator yet.
        await().atMost(Duration.ofSeconds(20)).ignoreExceptions().untilAsserted(this::commitOffsetZero);
        this.producer = new KafkaProducer<>(
                with(Map.of(
                        "transactional.id", migration, "max.request.size", LARGEST_BATCH, "buffer.memory", "67108864")),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        producer.initTransactions();
        this.consumer = new KafkaConsumer<>(
                with(Map.of("isolation.level", "read_committed", "enable.auto.commit", "false")),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        consumer.assign(partitions(topics.rows()));
        consumer.seekToBeginning(partitions(topics.rows()));
    }

    Admin admin() {
        return admin;
    }

    TransformStreams transform(Faults faults) {
        return new TransformStreams(
                Shop.plan(migration),
                TransformSettings.of(kafka, new Partitioning(PARTITIONS, Shop.plan(migration)), stateDirectory),
                faults,
                failed::complete);
    }

    TransformStreams started(Faults faults) {
        TransformStreams transform = transform(faults);
        transform.start();
        transform.awaitRunning(Duration.ofSeconds(30));
        return transform;
    }

    /** Writes changes as capture does: by key, in one transaction. A fence goes to the partition that it names. */
    void write(List<? extends ChangeRecord> records) {
        producer.beginTransaction();
        for (ChangeRecord record : records) {
            // A failure of a send is thrown by the commit.
            var unused = producer.send(record.fold(new ChangeRecord.Cases<ProducerRecord<byte[], byte[]>>() {
                @Override
                public ProducerRecord<byte[], byte[]> change(SourceChange change) {
                    byte[] key = RecordKeys.of(change.table(), change.row().key(new int[] {0}));
                    return new ProducerRecord<>(
                            topics.changes(), RecordKeys.partition(key, PARTITIONS), key, ChangeCodec.encode(change));
                }

                @Override
                public ProducerRecord<byte[], byte[]> fence(Fence fence) {
                    return new ProducerRecord<>(
                            topics.changes(), fence.changePartition(), null, ChangeCodec.encode(fence));
                }

                @Override
                public ProducerRecord<byte[], byte[]> stop(TableStop stop) {
                    return new ProducerRecord<>(topics.changes(), 0, null, ChangeCodec.encode(stop));
                }
            }));
        }
        producer.commitTransaction();
    }

    void writeRaw(int partition, byte[] value) {
        producer.beginTransaction();
        var unused = producer.send(new ProducerRecord<>(topics.changes(), partition, new byte[0], value));
        producer.commitTransaction();
    }

    static List<Fence> fences(String token) {
        return IntStream.range(0, PARTITIONS)
                .mapToObj(partition -> new Fence(token, partition))
                .toList();
    }

    /** Reads on until all fences of the token have come out of every partition; what came before them, in order per partition. */
    List<ReadRow> readThrough(String token) {
        List<ReadRow> read = new ArrayList<>();
        int fences = 0;
        long deadline = System.nanoTime() + Duration.ofSeconds(40).toNanos();
        while (fences < PARTITIONS * PARTITIONS) {
            assertThat(System.nanoTime()).as("deadline, %s fences seen", fences).isLessThan(deadline);
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                RowRecord row = RowRecordCodec.decode(record.value());
                read.add(new ReadRow(record.partition(), row));
                if (row instanceof Fence fence && fence.token().equals(token)) {
                    fences++;
                }
            }
        }
        return read;
    }

    private void commitOffsetZero() throws Exception {
        Map<TopicPartition, OffsetAndMetadata> zero = partitions(topics.changes()).stream()
                .collect(Collectors.toMap(partition -> partition, partition -> new OffsetAndMetadata(0)));
        admin.alterConsumerGroupOffsets(topics.transformGroup(), zero).all().get();
    }

    private static NewTopic topic(String name) {
        return new NewTopic(name, PARTITIONS, (short) -1)
                .configs(Map.of("retention.ms", "-1", "max.message.bytes", LARGEST_BATCH));
    }

    private static List<TopicPartition> partitions(String topic) {
        return IntStream.range(0, PARTITIONS)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
    }

    private Map<String, Object> with(Map<String, Object> more) {
        Map<String, Object> properties = new HashMap<>(kafka);
        properties.putAll(more);
        return properties;
    }

    @Override
    public void close() {
        producer.close();
        consumer.close();
        admin.close();
    }

    /** A committed record of the rows topic. */
    record ReadRow(int partition, RowRecord row) {}
}
