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
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A migration's chunks and rows topics on a broker that all tests of this JVM share; written in Kafka transactions. */
final class TestLog implements AutoCloseable {
    private final TopicNames topics;
    private final KafkaProducer<byte[], byte[]> producer;

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
        producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        Shared.BROKER.bootstrapServers(),
                        "transactional.id",
                        migration,
                        "max.request.size",
                        16 << 20),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        producer.initTransactions();
    }

    private static final class Shared {
        static final EmbeddedBroker BROKER = start();

        private static EmbeddedBroker start() {
            try {
                EmbeddedBroker broker = EmbeddedBroker.start(Files.createTempDirectory("crossfade-sink-kafka-"));
                Runtime.getRuntime().addShutdownHook(new Thread(broker::close));
                return broker;
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
        producer.beginTransaction();
        for (ChunkRecord record : records) {
            producer.send(new ProducerRecord<>(topics.chunks(), partition, null, ChunkCodec.encode(record)));
        }
        producer.commitTransaction();
    }

    /** All records in one transaction. */
    void writeRows(int partition, RowRecord... records) {
        producer.beginTransaction();
        for (RowRecord record : records) {
            producer.send(new ProducerRecord<>(topics.rows(), partition, null, RowRecordCodec.encode(record)));
        }
        producer.commitTransaction();
    }

    @Override
    public void close() {
        producer.close();
    }
}
