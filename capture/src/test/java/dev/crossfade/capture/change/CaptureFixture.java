package dev.crossfade.capture.change;

import dev.crossfade.broker.EmbeddedBroker;
import dev.crossfade.capture.source.MarkerTable;
import dev.crossfade.capture.source.SchemaReader;
import dev.crossfade.capture.source.SourceDatabase;
import dev.crossfade.capture.source.SourceProduct;
import dev.crossfade.capture.source.SourceTable;
import dev.crossfade.model.BinlogPosition;
import dev.crossfade.model.ChangeRecord;
import dev.crossfade.model.Column;
import dev.crossfade.model.DatabaseAccess;
import dev.crossfade.model.Faults;
import dev.crossfade.model.Fence;
import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.OrderGroup;
import dev.crossfade.model.OrderGroup.Copy;
import dev.crossfade.model.ReferentialAction;
import dev.crossfade.model.Secret;
import dev.crossfade.model.SourceChange;
import dev.crossfade.model.TableId;
import dev.crossfade.model.TablePlan;
import dev.crossfade.model.TableStop;
import dev.crossfade.model.TopicNames;
import dev.crossfade.model.codec.ChangeCodec;
import dev.crossfade.model.codec.Partitioning;
import dev.crossfade.testkit.MariaDbServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A MariaDB and a Kafka for a class of tests, and one migration of its own for each test. */
final class CaptureFixture implements AutoCloseable {
    static final int PARTITIONS = 3;
    static final CaptureTuning QUICK = new CaptureTuning(Duration.ofMillis(600), 256, 8L << 20, Duration.ofSeconds(60));

    final MariaDbServer server;
    private final EmbeddedBroker broker;

    CaptureFixture(String... serverArguments) {
        server = MariaDbServer.start(serverArguments);
        try {
            Path directory = Files.createTempDirectory("crossfade-capture-");
            directory.toFile().deleteOnExit();
            broker = EmbeddedBroker.start(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Map<String, String> kafka() {
        return Map.of("bootstrap.servers", broker.bootstrapServers());
    }

    /** An empty database and its topics, both named after the migration. */
    Migration migration(String name, String... ddl) {
        server.createDatabase(name);
        server.execute(name, ddl);
        TopicNames topics = new TopicNames(name);
        try (Admin admin = Admin.create(new HashMap<String, Object>(kafka()))) {
            admin.createTopics(List.of(
                            new NewTopic(topics.changes(), PARTITIONS, (short) 1),
                            new NewTopic(topics.positions(), 1, (short) 1),
                            new NewTopic(topics.schemaHistory(), 1, (short) 1)))
                    .all()
                    .get();
        } catch (ExecutionException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return new Migration(name, topics);
    }

    /** The source's sessions that read its log, by their numbers. */
    Set<Long> dumpThreads() {
        Set<Long> numbers = new HashSet<>();
        try (Connection connection = server.connect("");
                Statement statement = connection.createStatement();
                ResultSet threads = statement.executeQuery(
                        "select id from information_schema.processlist where command = 'Binlog Dump'")) {
            while (threads.next()) {
                numbers.add(threads.getLong(1));
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return numbers;
    }

    void killDumpThreads() {
        dumpThreads().forEach(number -> server.execute("", "kill " + number));
    }

    @Override
    public void close() {
        broker.close();
        server.close();
    }

    /** One migration's source and topics. */
    final class Migration {
        final String name;
        final TopicNames topics;
        final SourceDatabase source;
        final MarkerTable marker;

        Migration(String name, TopicNames topics) {
            this.name = name;
            this.topics = topics;
            this.source = SourceDatabase.of(
                    new DatabaseAccess(server.jdbcUrl(name), server.user(), new Secret(server.password())));
            this.marker = new MarkerTable(name);
            try (Connection connection = source.openForWriting()) {
                marker.createIfAbsent(connection);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        CaptureSettings settings(CaptureTuning tuning, Faults faults, String... tables) {
            Partitioning byKey = new Partitioning(PARTITIONS, new MigrationPlan(name, "0".repeat(64), List.of()));
            return settings(tuning, faults, byKey, tables);
        }

        /** The same of a process that is told so who runs the migration. */
        CaptureSettings settings(Ownership ownership, CaptureSettings others) {
            return new CaptureSettings(
                    others.source(),
                    others.product(),
                    others.topics(),
                    others.partitioning(),
                    others.kafka(),
                    others.tables(),
                    others.markerTable(),
                    ownership,
                    others.tuning(),
                    others.faults());
        }

        /** The tables as one order group, in the last partition. */
        CaptureSettings settingsOfGroup(CaptureTuning tuning, Faults faults, String... tables) {
            return settingsOfGroup(tuning, faults, List.of(), tables);
        }

        /** The tables as one order group with these actions, in the last partition. */
        CaptureSettings settingsOfGroup(
                CaptureTuning tuning, Faults faults, List<ReferentialAction> actions, String... tables) {
            List<TablePlan> plans = List.of(tables).stream()
                    .map(table -> table(table).table())
                    .map(table -> new TablePlan(
                            table,
                            table,
                            table.columns().stream().map(Column::name).toList()))
                    .toList();
            OrderGroup group = new OrderGroup(
                    "group",
                    PARTITIONS - 1,
                    Copy.SNAPSHOT,
                    plans.stream().map(plan -> plan.source().id()).toList(),
                    List.of("test"));
            MigrationPlan plan = new MigrationPlan(name, "0".repeat(64), plans, List.of(group), actions);
            return settings(tuning, faults, new Partitioning(PARTITIONS - 1, plan), tables);
        }

        private CaptureSettings settings(
                CaptureTuning tuning, Faults faults, Partitioning partitioning, String... tables) {
            return new CaptureSettings(
                    source,
                    SourceProduct.MARIADB,
                    topics,
                    partitioning,
                    kafka(),
                    List.of(tables).stream()
                            .map(table -> CapturedTable.of(table(table)))
                            .toList(),
                    marker.id(),
                    () -> Ownership.State.OURS,
                    tuning,
                    faults);
        }

        /** Starts capturing and waits for P0. */
        ChangeCapture capture(CaptureSettings settings) throws InterruptedException {
            ChangeCapture capture = new ChangeCapture(settings);
            capture.start();
            capture.awaitFirstPosition(Duration.ofSeconds(30));
            return capture;
        }

        SourceTable table(String table) {
            try (Connection connection = source.open()) {
                return SchemaReader.read(connection)
                        .table(new TableId(name, table))
                        .orElseThrow();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        void execute(String... statements) {
            server.execute(name, statements);
        }

        /** Makes a fence by way of the source's log. */
        void markFence(String token) {
            try (Connection connection = source.openForWriting()) {
                marker.write(connection, name, MarkerTable.FENCE, token);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        BinlogPosition sourcePosition() {
            try (Connection connection = source.open();
                    Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("show master status")) {
                row.next();
                return new BinlogPosition(row.getString(1), row.getLong(2), "");
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        /** What each partition of the changes holds, up to its end, as committed readers see it. */
        List<List<ChangeRecord>> published() {
            Map<String, Object> properties = new HashMap<>(kafka());
            properties.put("isolation.level", "read_committed");
            properties.put("auto.offset.reset", "earliest");
            List<List<ChangeRecord>> published = new ArrayList<>();
            try (KafkaConsumer<byte[], byte[]> consumer =
                    new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
                for (int i = 0; i < PARTITIONS; i++) {
                    published.add(new ArrayList<>());
                }
                List<TopicPartition> partitions = IntStream.range(0, PARTITIONS)
                        .mapToObj(i -> new TopicPartition(topics.changes(), i))
                        .toList();
                consumer.assign(partitions);
                consumer.seekToBeginning(partitions);
                Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
                while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.getOrDefault(p, 0L))) {
                    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                        published.get(record.partition()).add(ChangeCodec.decode(record.value()));
                    }
                }
            }
            return published;
        }

        /** All published changes of all partitions, without fences. */
        List<SourceChange> changes() {
            return published().stream()
                    .flatMap(List::stream)
                    .filter(SourceChange.class::isInstance)
                    .map(SourceChange.class::cast)
                    .toList();
        }

        /** All published stops of all partitions. */
        List<TableStop> stops() {
            return published().stream()
                    .flatMap(List::stream)
                    .filter(TableStop.class::isInstance)
                    .map(TableStop.class::cast)
                    .toList();
        }

        /** Whether the fence stands in every partition. */
        boolean isFenced(String token) {
            return published().stream().allMatch(records -> records.stream()
                    .anyMatch(record ->
                            record instanceof Fence fence && fence.token().equals(token)));
        }
    }
}
