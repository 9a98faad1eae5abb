package dev.crossfade.capture.backfill;

import static org.awaitility.Awaitility.await;

import dev.crossfade.broker.EmbeddedBroker;
import dev.crossfade.capture.source.MarkerTable;
import dev.crossfade.capture.source.SchemaReader;
import dev.crossfade.capture.source.SourceDatabase;
import dev.crossfade.capture.source.SourceSchema;
import dev.crossfade.model.ChunkPlanSeal;
import dev.crossfade.model.ChunkRecord;
import dev.crossfade.model.Column;
import dev.crossfade.model.DatabaseAccess;
import dev.crossfade.model.Faults;
import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.OrderGroup;
import dev.crossfade.model.OrderGroup.Copy;
import dev.crossfade.model.Secret;
import dev.crossfade.model.Table;
import dev.crossfade.model.TableId;
import dev.crossfade.model.TablePlan;
import dev.crossfade.model.TaskRecord;
import dev.crossfade.model.TopicNames;
import dev.crossfade.model.codec.ChunkCodec;
import dev.crossfade.testkit.MariaDbServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** A MariaDB and a Kafka for a class of tests, and one migration of its own for each test. */
final class BackfillFixture implements AutoCloseable {
    static final int READERS = 2;
    static final String TOKEN = "before-the-chunks";

    final MariaDbServer server;
    private final EmbeddedBroker broker;
    private final Path directory;

    BackfillFixture() {
        server = MariaDbServer.start();
        try {
            directory = Files.createTempDirectory("crossfade-backfill-");
            broker = EmbeddedBroker.start(directory);
        } catch (IOException e) {
            server.close();
            throw new UncheckedIOException(e);
        }
    }

    Map<String, Object> kafka() {
        return Map.of("bootstrap.servers", broker.bootstrapServers());
    }

    @Override
    public void close() {
        broker.close();
        server.close();
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An empty database with the given tables, the migration's topics, the readers' offsets and the marker. */
    Migration migration(String name, String... statements) throws Exception {
        server.createDatabase(name);
        server.execute(name, statements);
        TopicNames topics = new TopicNames(name);
        try (Admin admin = Admin.create(new HashMap<>(kafka()))) {
            NewTopic chunks = new NewTopic(topics.chunks(), READERS + 1, (short) 1);
            chunks.configs(Map.of("max.message.bytes", "20000000"));
            admin.createTopics(List.of(new NewTopic(topics.tasks(), READERS, (short) 1), chunks))
                    .all()
                    .get();
            Map<TopicPartition, OffsetAndMetadata> begin = new HashMap<>();
            KafkaClients.partitions(topics.tasks(), READERS)
                    .forEach(partition -> begin.put(partition, new OffsetAndMetadata(0)));
            // A new topic may be unknown to the group's coordinator for a moment.
            await().atMost(Duration.ofSeconds(20))
                    .ignoreExceptionsMatching(e -> e.getCause() instanceof UnknownTopicOrPartitionException)
                    .until(() -> admin.alterConsumerGroupOffsets(topics.readerGroup(), begin)
                                    .all()
                                    .get()
                            == null);
        }
        Migration migration = new Migration(name, topics);
        migration.mark(TOKEN);
        return migration;
    }

    /** One migration's source and topics. */
    final class Migration {
        final String name;
        final TopicNames topics;
        final SourceDatabase source;

        private Migration(String name, TopicNames topics) {
            this.name = name;
            this.topics = topics;
            this.source = SourceDatabase.of(
                    new DatabaseAccess(server.jdbcUrl(name), server.user(), new Secret(server.password())));
        }

        void mark(String token) throws SQLException {
            MarkerTable marker = new MarkerTable(name);
            try (Connection connection = source.openForWriting()) {
                marker.createIfAbsent(connection);
                marker.write(connection, name, MarkerTable.BACKFILL, token);
            }
        }

        /** A plan that takes the named columns of one table, in that order. */
        MigrationPlan plan(String table, String... columns) throws SQLException {
            try (Connection connection = source.open()) {
                Table described = SchemaReader.read(connection)
                        .table(new TableId(name, table))
                        .orElseThrow()
                        .table();
                List<Column> targetColumns = Arrays.stream(columns)
                        .map(column -> described.columns().get(described.indexOf(column)))
                        .toList();
                Table target = new Table(new TableId("public", table), targetColumns, described.key());
                return new MigrationPlan(
                        name, "0".repeat(64), List.of(new TablePlan(described, target, List.of(columns))));
            }
        }

        /** A plan that takes whole tables, all of which are in these groups. */
        MigrationPlan plan(List<List<String>> groups) throws SQLException {
            List<TablePlan> tables = new ArrayList<>();
            List<OrderGroup> planned = new ArrayList<>();
            try (Connection connection = source.open()) {
                SourceSchema schema = SchemaReader.read(connection);
                for (List<String> group : groups) {
                    List<TableId> ids = group.stream()
                            .map(table -> new TableId(name, table))
                            .toList();
                    planned.add(new OrderGroup(
                            ids.get(0).toString(), 4 + planned.size(), Copy.SNAPSHOT, ids, List.of("a test")));
                    for (TableId id : ids) {
                        Table described = schema.table(id).orElseThrow().table();
                        tables.add(new TablePlan(
                                described,
                                new Table(new TableId("public", id.name()), described.columns(), described.key()),
                                described.columns().stream().map(Column::name).toList()));
                    }
                }
            }
            return new MigrationPlan(name, "0".repeat(64), tables, planned, List.of());
        }

        BackfillSettings settings(long chunkBytes, int batchBytes) {
            return new BackfillSettings(READERS, chunkBytes, batchBytes, TOKEN);
        }

        ChunkPlanSeal planChunks(MigrationPlan plan, BackfillSettings settings, Faults faults) {
            return new ChunkPlanner(source, plan, kafka(), settings, faults).plan();
        }

        /** Runs until it ends; returns what it committed, or throws what stopped it. */
        List<TableProgress> backfill(MigrationPlan plan, BackfillSettings settings, Faults faults) throws Throwable {
            return backfill(plan, settings, BackfillGate.OPEN, faults);
        }

        List<TableProgress> backfill(MigrationPlan plan, BackfillSettings settings, BackfillGate gate, Faults faults)
                throws Throwable {
            return backfill(plan, settings, gate, Set.of(), faults);
        }

        /** With a target that holds these tables of order groups. */
        List<TableProgress> backfill(
                MigrationPlan plan, BackfillSettings settings, BackfillGate gate, Set<TableId> onTarget, Faults faults)
                throws Throwable {
            CompletableFuture<Boolean> ended = new CompletableFuture<>();
            BackfillListener listener = new BackfillListener() {
                @Override
                public void backfillComplete() {
                    ended.complete(true);
                }

                @Override
                public void backfillFailed(Throwable failure) {
                    ended.completeExceptionally(failure);
                }
            };
            try (Backfill backfill =
                    new Backfill(source, plan, kafka(), settings, gate, () -> onTarget, faults, listener)) {
                backfill.start();
                ended.get(60, TimeUnit.SECONDS);
                return backfill.progress();
            } catch (ExecutionException e) {
                throw e.getCause();
            }
        }

        /** What is committed in the readers' partitions of the chunks topic. */
        List<List<ChunkRecord>> chunks() {
            return chunkPartitions().subList(0, READERS);
        }

        /** What is committed in the partition of the groups' copies. */
        List<ChunkRecord> copies() {
            return chunkPartitions().get(READERS);
        }

        private List<List<ChunkRecord>> chunkPartitions() {
            return values(topics.chunks(), READERS + 1).stream()
                    .map(values -> values.stream().map(ChunkCodec::decodeChunk).toList())
                    .toList();
        }

        /** What is committed in the tasks topic, by partition. */
        List<List<TaskRecord>> tasks() {
            return values(topics.tasks(), READERS).stream()
                    .map(values -> values.stream().map(ChunkCodec::decodeTask).toList())
                    .toList();
        }

        private List<List<byte[]>> values(String topic, int count) {
            List<List<byte[]>> values = new ArrayList<>();
            List<TopicPartition> partitions = KafkaClients.partitions(topic, count);
            partitions.forEach(partition -> values.add(new ArrayList<>()));
            new KafkaClients(kafka()).readToEnd("check", partitions, record -> values.get(record.partition())
                    .add(record.value()));
            return values;
        }
    }
}
