package dev.crossfade.sink;

import dev.crossfade.broker.EmbeddedBroker;
import dev.crossfade.model.ChunkRecord;
import dev.crossfade.model.RowRecord;
import dev.crossfade.model.TopicNames;
import dev.crossfade.model.codec.ChunkCodec;
import dev.crossfade.model.codec.RowRecordCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A migration's chunks and rows topics on a broker that all tests of this JVM share; written in Kafka transactions. */
final class TestLog implements AutoCloseable {
    private final TopicNames topics;
    private final String transactionalId;
    private KafkaProducer<byte[], byte[]> producer;

    TestLog(String migration, int rowsPartitions, int chunksPartitions) {
        topics = new TopicNames(migration);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", Shared.BROKER.bootstrapServers()))) {
            Map<String, String> config = Map.of("max.message.bytes", Integer.toString(16 << 20));
            admin.createTopics(List.of(
                            new NewTopic(topics.rows(), rowsPartitions, (short) 1).configs(config),
                            new NewTopic(topics.chunks(), chunksPartitions, (short) 1).configs(config)))
                    .all()
                    .get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException("cannot create topics", e);
        }
        transactionalId = migration;
        producer = open();
    }

    private KafkaProducer<byte[], byte[]> open() {
        KafkaProducer<byte[], byte[]> opened = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        Shared.BROKER.bootstrapServers(),
                        "transactional.id",
                        transactionalId,
                        "max.request.size",
                        16 << 20),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        opened.initTransactions();
        return opened;
    }

    private static final class Shared {
        static final EmbeddedBroker BROKER = start();

        private static EmbeddedBroker start() {
            try {
                Path directory = Files.createTempDirectory("crossfade-sink-kafka-");
                EmbeddedBroker broker = EmbeddedBroker.start(directory);
                Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                    broker.close();
                    delete(directory);
                }));
                return broker;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static void delete(Path directory) {
            try (Stream<Path> tree = Files.walk(directory)) {
                for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(path);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    Map<String, String> client() {
        return Map.of("bootstrap.servers", Shared.BROKER.bootstrapServers());
    }

    TopicNames topics() {
        return topics;
    }

    /** All records in one transaction. */
    void writeChunk(int partition, ChunkRecord... records) {
        write(Stream.of(records)
                .map(record -> record(topics.chunks(), partition, ChunkCodec.encode(record)))
                .toList());
    }

    /** All records in one transaction. */
    void writeRows(int partition, RowRecord... records) {
        write(Stream.of(records)
                .map(record -> record(topics.rows(), partition, RowRecordCodec.encode(record)))
                .toList());
    }

    private static ProducerRecord<byte[], byte[]> record(String topic, int partition, byte[] value) {
        return new ProducerRecord<>(topic, partition, null, value);
    }

    /** Kafka 4.3.1 refuses a transaction now and then on a busy machine, and then the producer is at its end: written again by another. */
    private void write(List<ProducerRecord<byte[], byte[]>> records) {
        try {
            writeOnce(records);
        } catch (InvalidTxnStateException e) {
            producer.close();
            producer = open();
            writeOnce(records);
        }
    }

    private void writeOnce(List<ProducerRecord<byte[], byte[]>> records) {
        producer.beginTransaction();
        for (ProducerRecord<byte[], byte[]> record : records) {
            var unused = producer.send(record);
        }
        producer.commitTransaction();
    }

    @Override
    public void close() {
        producer.close();
    }
}
