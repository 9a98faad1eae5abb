package dev.crossfade.capture.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.crossfade.broker.EmbeddedBroker;
import dev.crossfade.capture.change.ChangesExtent.InPartition;
import dev.crossfade.model.BinlogPosition;
import dev.crossfade.model.ChangePosition;
import dev.crossfade.model.ChangeRecord;
import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.Fence;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.Problem;
import dev.crossfade.model.SourceChange;
import dev.crossfade.model.SourceChange.Operation;
import dev.crossfade.model.TableId;
import dev.crossfade.model.TopicNames;
import dev.crossfade.model.codec.ChangeCodec;
import dev.crossfade.model.codec.RowWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Changes or positions that have lost their end (pitfall 46), written as capture would have. */
@Timeout(60)
class LogTailIT {
    private static final int PARTITIONS = 2;
    private static final Fence FENCE = new Fence("f", 0);

    private static EmbeddedBroker broker;

    private TopicNames topics;
    private KafkaProducer<byte[], byte[]> producer;

    @BeforeAll
    static void startBroker(@TempDir Path directory) {
        broker = EmbeddedBroker.start(directory);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void createTopics(TestInfo test) throws Exception {
        topics = new TopicNames(test.getTestMethod().orElseThrow().getName().toLowerCase(Locale.ROOT));
        try (Admin admin = Admin.create(Map.<String, Object>copyOf(kafka()))) {
            admin.createTopics(List.of(
                            new NewTopic(topics.changes(), PARTITIONS, (short) 1),
                            new NewTopic(topics.positions(), 1, (short) 1)))
                    .all()
                    .get();
        }
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "transactional.id", topics.migration()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        producer.initTransactions();
    }

    @AfterEach
    void closeProducer() {
        producer.close();
    }

    private static Map<String, String> kafka() {
        return Map.of("bootstrap.servers", broker.bootstrapServers());
    }

    private static SourceChange change() {
        RowWriter row = new RowWriter(16);
        row.startRow(1);
        row.writeInt64(1);
        return new SourceChange(
                new TableId("shop", "t"),
                Operation.CREATE,
                new ChangePosition(new BinlogPosition("binlog.000001", 4, ""), "", 1, 1),
                Optional.empty(),
                Optional.of(row.toRow()));
    }

    private void send(int partition, ChangeRecord record) {
        var unused = producer.send(new ProducerRecord<>(topics.changes(), partition, null, ChangeCodec.encode(record)));
    }

    private void sendPosition(InPartition... extent) {
        ProducerRecord<byte[], byte[]> position =
                new ProducerRecord<>(topics.positions(), 0, new byte[] {1}, new byte[] {2});
        position.headers().add(ChangesExtent.HEADER, new ChangesExtent(List.of(extent)).encode());
        var unused = producer.send(position);
    }

    private void commit(Runnable content) {
        producer.beginTransaction();
        content.run();
        producer.commitTransaction();
    }

    private LogTail read() {
        return LogTail.read(topics, PARTITIONS, kafka());
    }

    private void assertRefused(String code, String... words) {
        assertThatThrownBy(this::read)
                .isInstanceOfSatisfying(MigrationException.class, e -> {
                    assertThat(e.kind()).isEqualTo(ErrorKind.TRANSFORM);
                    assertThat(e.problems()).extracting(Problem::code).containsExactly(code);
                })
                .hasMessageContainingAll(words)
                .hasMessageContaining("nothing was captured");
    }

    @Test
    void anEmptyLogHasNoPosition() {
        assertThat(read().position()).isEmpty();
        assertThat(read().changesEnds()).containsExactly(0L, 0L);
    }

    @Test
    void changesAndTheirPositionBelongTogetherAndFencesMayStandBehind() {
        commit(() -> {
            send(0, change());
            send(0, change());
            sendPosition(new InPartition(0, 2), new InPartition(0, 0));
        });
        commit(() -> {
            send(0, FENCE);
            send(1, FENCE);
        });

        LogTail tail = read();

        assertThat(tail.position()).isPresent();
        assertThat(tail.changesEnds()).containsExactly(5L, 2L); // two records, a marker, a fence, a marker
    }

    @Test
    void aChangeBehindTheLastPositionHasLostItsOwn() {
        commit(() -> {
            send(0, change());
            sendPosition(new InPartition(0, 1), new InPartition(0, 0));
        });
        commit(() -> send(1, change()));

        assertRefused("LOG-POSITIONS-LOST", topics.changes() + "-1", "it would be captured twice");
    }

    @Test
    void aChangeWithoutAnyPositionHasLostItsOwn() {
        commit(() -> send(0, change()));

        assertRefused("LOG-POSITIONS-LOST", topics.changes() + "-0", "a change stands behind them at 0");
    }

    @Test
    void fewerChangesThanThePositionSaysAreLost() {
        commit(() -> {
            send(0, change());
            sendPosition(new InPartition(0, 2), new InPartition(0, 0));
        });

        assertRefused("LOG-CHANGES-LOST", topics.changes() + "-0", "was committed with 2");
    }

    @Test
    void changesThatEndBeforeThePositionsTransactionAreLost() {
        commit(() -> {
            send(0, change());
            sendPosition(new InPartition(0, 1), new InPartition(7, 0));
        });

        assertRefused("LOG-CHANGES-LOST", topics.changes() + "-1", "it ends at 0");
    }

    @Test
    void aPositionThatNamesNoChangesIsRefused() {
        commit(() -> {
            var unused = producer.send(new ProducerRecord<>(topics.positions(), 0, new byte[1], new byte[1]));
        });

        assertThatThrownBy(this::read)
                .isInstanceOf(MigrationException.class)
                .hasMessageContaining("does not say where its changes stand");
    }

    @Test
    void anOpenTransactionIsWaitedFor() throws Exception {
        producer.beginTransaction();
        send(0, change());
        sendPosition(new InPartition(0, 1), new InPartition(0, 0));
        producer.flush();
        CompletableFuture<LogTail> reading = CompletableFuture.supplyAsync(this::read);
        assertThat(reading).isNotDone();

        producer.commitTransaction();

        assertThat(reading.get(20, TimeUnit.SECONDS).position()).isPresent();
    }
}
