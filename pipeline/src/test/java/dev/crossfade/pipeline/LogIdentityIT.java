package dev.crossfade.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import dev.crossfade.broker.EmbeddedBroker;
import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.Faults;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.Problem;
import dev.crossfade.model.TopicNames;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Offsets are valid numbers in another log too (pitfall 46): new data directory, restored topic, truncated tail without fsync. Every test
 * spoils a copy of one log and must be refused with the target as it was, so all can begin with the same target. That restarts of an
 * unspoilt log pass is shown by {@link RestartIT}, and after SIGKILL by the crash test.
 */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LogIdentityIT {
    private static final String DATABASE = "identity";
    private static final TopicNames TOPICS = new TopicNames("identity-move");

    @AutoClose
    private static Sides sides;

    private static MigrationSpec spec;
    private static Path older;
    private static Path log;
    private static List<String> targetBefore;

    private final Path spoilt;

    LogIdentityIT(@TempDir Path directory) {
        this.spoilt = directory.resolve("spoilt");
    }

    @BeforeAll
    static void migrate(@TempDir Path directory) throws Exception {
        sides = Sides.start(directory);
        sides.createDatabases(
                DATABASE,
                "create table items (id int unsigned primary key, name varchar(50))",
                "insert into items select seq, concat('item ', seq) from seq_1_to_500");
        spec = sides.spec(TOPICS.migration(), DATABASE);
        log = directory.resolve("log");
        runThrough();
        older = LogDirectory.copy(log, directory.resolve("older"));
        sides.source.execute(DATABASE, "update items set name = 'later' where id % 3 = 0");
        runThrough();
        targetBefore = targetState();
    }

    private static void runThrough() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(log);
                RunningMigration run = RunningMigration.until(spec.withKafka(Sides.kafka(broker)), Phase.SHADOWING)) {
            run.awaitEnd();
        }
    }

    /** All that Crossfade has on the target but the run lock, whose epoch counts the runs, and its marker on the source. */
    private static List<String> targetState() {
        List<String> state = new ArrayList<>(sides.onTarget(DATABASE, """
                select 'items ' || t::text from items t
                union all select 'progress ' || t::text from crossfade.progress t
                union all select 'log ' || t::text from crossfade.log t
                union all select 'chunk ' || t::text from crossfade.chunk t
                union all select 'fence ' || t::text from crossfade.fence t
                union all select 'migration ' || phase || phase_since || status || status_at from crossfade.migration
                order by 1"""));
        state.addAll(sides.onSource(DATABASE, "select token from crossfade_marker order by purpose"));
        return state;
    }

    private static List<Problem> refused(EmbeddedBroker broker) {
        return refused(RunningMigration.of(spec.withKafka(Sides.kafka(broker))));
    }

    private static List<Problem> refused(Migration migration) {
        MigrationException refused;
        try (RunningMigration run = RunningMigration.until(migration, Phase.SHADOWING)) {
            refused = catchThrowableOfType(MigrationException.class, run::awaitEnd);
        }
        assertThat(refused).isNotNull();
        assertThat(refused.kind()).as(refused.getMessage()).isEqualTo(ErrorKind.TRANSFORM);
        assertThat(refused.problems()).as(refused.getMessage()).isNotEmpty().allSatisfy(problem -> assertThat(
                        problem.remedy())
                .contains("begin anew")
                .contains("crossfade abort"));
        assertThat(refused).hasMessageMatching("(?s).*nothing was (written|captured).*");
        assertThat(targetState()).isEqualTo(targetBefore);
        return refused.problems();
    }

    private static void createTopics(EmbeddedBroker broker, Set<String> names) throws Exception {
        try (Admin admin = admin(broker)) {
            admin.createTopics(names.stream()
                            .map(name -> new NewTopic(name, partitions(name), (short) 1))
                            .toList())
                    .all()
                    .get();
        }
    }

    private static int partitions(String topic) {
        if (topic.equals(TOPICS.changes()) || topic.equals(TOPICS.rows())) {
            return Sides.SETTINGS.changePartitions();
        }
        if (topic.equals(TOPICS.chunks())) {
            return Sides.SETTINGS.readers() + 1;
        }
        return topic.equals(TOPICS.tasks()) ? Sides.SETTINGS.readers() : 1;
    }

    private static Admin admin(EmbeddedBroker broker) {
        return Admin.create(Map.<String, Object>copyOf(Sides.kafka(broker)));
    }

    /** Other records take the places of those that were cut off, and more. */
    private static void grow(EmbeddedBroker broker, String topic, int partition) {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.copyOf(Sides.kafka(broker)), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < 1_000; i++) {
                var unused = producer.send(new ProducerRecord<>(topic, partition, null, new byte[1]));
            }
        }
    }

    @Test
    void anEmptyDirectoryUnderTheSameAddressIsAnotherCluster() {
        String address;
        int port;
        try (EmbeddedBroker broker = EmbeddedBroker.start(LogDirectory.copy(log, spoilt))) {
            address = broker.bootstrapServers();
            port = Integer.parseInt(address.substring(address.indexOf(':') + 1));
        }

        try (EmbeddedBroker empty = EmbeddedBroker.start(spoilt.resolveSibling("empty"), port)) {
            List<Problem> problems = refused(empty);

            assertThat(problems).extracting(Problem::subject).allMatch(("Kafka at " + address)::equals);
            assertThat(problems).extracting(Problem::code).containsExactly("LOG-TOPICS-MISSING", "LOG-CLUSTER");
        }
    }

    @Test
    void anotherClusterWithTopicsOfTheSameNamesIsRefused() throws Exception {
        try (EmbeddedBroker other = EmbeddedBroker.start(spoilt)) {
            createTopics(other, Set.copyOf(TOPICS.all()));

            List<Problem> problems = refused(other);

            assertThat(problems.get(0).code()).isEqualTo("LOG-CLUSTER");
            assertThat(problems.get(0).seen())
                    .contains("it is cluster " + other.clusterId())
                    .contains("the migration began with cluster");
        }
    }

    @Test
    void anOlderCopyOfTheDirectoryEndsBeforeTheTargetsPositions() {
        try (EmbeddedBroker broker = EmbeddedBroker.start(LogDirectory.copy(older, spoilt))) {
            List<Problem> problems = refused(broker);

            assertThat(problems).extracting(Problem::code).containsOnly("LOG-END");
            assertThat(problems)
                    .extracting(Problem::subject)
                    .containsExactlyInAnyOrder(
                            "log " + TOPICS.rows() + "-0",
                            "log " + TOPICS.rows() + "-1",
                            "log " + TOPICS.rows() + "-2");
            assertThat(problems.get(0).seen()).contains("and the target has read it up to");
        }
    }

    @Test
    void aLostTailOfOnePartitionIsNamed() {
        LogDirectory.cut(LogDirectory.copy(log, spoilt), TOPICS.rows(), 1, 2);

        try (EmbeddedBroker broker = EmbeddedBroker.start(spoilt)) {
            assertThat(refused(broker)).singleElement().satisfies(problem -> {
                assertThat(problem.code()).isEqualTo("LOG-END");
                assertThat(problem.subject()).isEqualTo("log " + TOPICS.rows() + "-1");
            });
        }
    }

    @Test
    void aLostTailWithOtherRecordsInItsPlaceHasAnotherLeaderEpoch() throws Exception {
        LogDirectory.keep(
                LogDirectory.copy(log, spoilt), TOPICS.rows(), 1, 0); // a part could end in an open transaction

        try (EmbeddedBroker broker = EmbeddedBroker.start(spoilt)) {
            grow(broker, TOPICS.rows(), 1);

            assertThat(refused(broker)).singleElement().satisfies(problem -> {
                assertThat(problem.code()).isEqualTo("LOG-EPOCH");
                assertThat(problem.subject()).isEqualTo("log " + TOPICS.rows() + "-1");
                assertThat(problem.seen())
                        .contains("its record before that has leader epoch")
                        .containsPattern("the target has read it up to \\d+ in leader epoch \\d+");
            });
        }
    }

    @Test
    void aLostTailOfTheChangesWithOthersInItsPlaceIsSeenByTheEpochOfTheGroup() throws Exception {
        LogDirectory.keep(LogDirectory.copy(log, spoilt), TOPICS.changes(), 2, 0);

        try (EmbeddedBroker broker = EmbeddedBroker.start(spoilt)) {
            grow(broker, TOPICS.changes(), 2);

            assertThat(refused(broker)).singleElement().satisfies(problem -> {
                assertThat(problem.code()).isEqualTo("LOG-EPOCH");
                assertThat(problem.subject()).isEqualTo("log " + TOPICS.changes() + "-2");
                assertThat(problem.seen()).contains("group " + TOPICS.transformGroup() + " has read it up to");
            });
        }
    }

    /** Of the only chunk, whose rows the second run has deleted from the log: its end is the first record that is left. */
    private static int partitionOfTheChunk() {
        return LogDirectory.batches(log, TOPICS.chunks(), 0) > 0 ? 0 : 1;
    }

    @Test
    void aLostTailOfChunksWhoseBeginningIsDeletedIsNamed() {
        int partition = partitionOfTheChunk();
        LogDirectory.keep(LogDirectory.copy(log, spoilt), TOPICS.chunks(), partition, 0);

        try (EmbeddedBroker broker = EmbeddedBroker.start(spoilt)) {
            assertThat(refused(broker)).singleElement().satisfies(problem -> {
                assertThat(problem.code()).isEqualTo("LOG-END");
                assertThat(problem.subject()).isEqualTo("log " + TOPICS.chunks() + "-" + partition);
                assertThat(problem.seen()).contains("it ends at 1, and the target has read it up to 2");
            });
        }
    }

    @Test
    void aLostTailOfChunksWhoseBeginningIsDeletedWithOthersInItsPlaceHasAnotherLeaderEpoch() {
        int partition = partitionOfTheChunk();
        LogDirectory.keep(LogDirectory.copy(log, spoilt), TOPICS.chunks(), partition, 0);

        try (EmbeddedBroker broker = EmbeddedBroker.start(spoilt)) {
            grow(broker, TOPICS.chunks(), partition);

            assertThat(refused(broker)).singleElement().satisfies(problem -> {
                assertThat(problem.code()).isEqualTo("LOG-EPOCH");
                assertThat(problem.subject()).isEqualTo("log " + TOPICS.chunks() + "-" + partition);
            });
        }
    }

    @Test
    void aTopicThatWasDeletedAndMadeAgainIsNamed() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(LogDirectory.copy(log, spoilt))) {
            try (Admin admin = admin(broker)) {
                admin.deleteTopics(List.of(TOPICS.rows())).all().get();
            }
            createTopics(broker, Set.of(TOPICS.rows()));

            assertThat(refused(broker)).singleElement().satisfies(problem -> {
                assertThat(problem.code()).isEqualTo("LOG-TOPIC-REMADE");
                assertThat(problem.subject()).isEqualTo("topic " + TOPICS.rows());
            });
        }
    }

    @Test
    void aLostTailOfThePositionsIsSeenByTheChangesBehindThem() {
        LogDirectory.keep(LogDirectory.copy(log, spoilt), TOPICS.positions(), 0, 2); // P0 and its commit

        try (EmbeddedBroker broker = EmbeddedBroker.start(spoilt)) {
            assertThat(refused(broker)).isNotEmpty().allSatisfy(problem -> {
                assertThat(problem.code()).isEqualTo("LOG-POSITIONS-LOST");
                assertThat(problem.seen()).contains("it would be captured twice");
            });
        }
    }

    @Test
    void severalDifferencesAreNamedAtOnce() throws Exception {
        LogDirectory.cut(LogDirectory.copy(log, spoilt), TOPICS.rows(), 0, 2);
        LogDirectory.keep(spoilt, TOPICS.positions(), 0, 0);

        try (EmbeddedBroker broker = EmbeddedBroker.start(spoilt)) {
            try (Admin admin = admin(broker)) {
                admin.deleteTopics(List.of(TOPICS.schemaHistory())).all().get();
            }

            assertThat(refused(broker))
                    .extracting(Problem::code, Problem::subject)
                    .containsExactlyInAnyOrder(
                            tuple("LOG-TOPICS-MISSING", "Kafka at " + broker.bootstrapServers()),
                            tuple("LOG-END", "log " + TOPICS.rows() + "-0"),
                            tuple("LOG-END", "log " + TOPICS.positions() + "-0"));
        }
    }

    @Test
    void aLogWhoseMachineHasDiedIsRefused() {
        Problem died = new Problem(
                ErrorKind.TRANSFORM, "LOG-MACHINE-DIED", "the log", "it died", "begin anew: crossfade abort");
        try (EmbeddedBroker broker = EmbeddedBroker.start(LogDirectory.copy(log, spoilt))) {
            KafkaSource doubtful = () -> new KafkaSource.Session() {
                @Override
                public Map<String, String> clientProperties() {
                    return Sides.kafka(broker);
                }

                @Override
                public List<Problem> doubts() {
                    return List.of(died);
                }

                @Override
                public void close() {}
            };

            assertThat(refused(Migration.of(spec, doubtful, Faults.NONE))).containsExactly(died);
        }
    }

    @Test
    @Order(Integer.MAX_VALUE) // the target moves
    void theUnspoiltLogGoesOnAfterAllTheRefusals() throws Exception {
        sides.source.execute(DATABASE, "update items set name = 'last' where id % 5 = 0");

        runThrough();

        assertThat(sides.assertEqual(DATABASE, "items")).isEqualTo(500);
    }
}
