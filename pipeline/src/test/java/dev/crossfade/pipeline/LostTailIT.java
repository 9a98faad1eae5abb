package dev.crossfade.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.crossfade.broker.EmbeddedBroker;
import dev.crossfade.model.FaultPoint;
import dev.crossfade.model.Faults;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.Problem;
import dev.crossfade.model.TopicNames;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What was written to the log, and nobody has read yet, is missed in a log that has lost it: who wrote it has said how far, in the same
 * transaction as it said how far it had read. What was read and is lost is the matter of {@link LogIdentityIT}.
 */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class LostTailIT {
    private static final RunSettings SMALL_CHUNKS = new RunSettings(3, 2, 64 << 10, 16 << 10);

    @AutoClose
    private static Sides sides;

    private final Path log;
    private final Path spoilt;

    LostTailIT(@TempDir Path directory) {
        this.log = directory.resolve("log");
        this.spoilt = directory.resolve("spoilt");
    }

    @BeforeAll
    static void startServers(@TempDir Path directory) {
        sides = Sides.start(directory);
    }

    private static RunningMigration start(MigrationSpec spec, EmbeddedBroker broker, Faults faults) {
        MigrationSpec here = spec.withKafka(Sides.kafka(broker));
        return RunningMigration.until(Migration.of(here, KafkaSource.at(here.kafka()), faults), Phase.SHADOWING);
    }

    private void runThrough(MigrationSpec spec) throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(log);
                RunningMigration run = start(spec, broker, Faults.NONE)) {
            run.awaitEnd();
        }
    }

    /** Runs with appliers that are kept at a point, and die there once a partition of the log has grown to an end. */
    private void runAhead(MigrationSpec spec, FaultPoint brakedAt, TopicPartition partition, long end)
            throws Exception {
        Brake brake = new Brake(brakedAt);
        try (EmbeddedBroker broker = EmbeddedBroker.start(log);
                RunningMigration run = start(spec, broker, brake);
                brake) {
            Awaitility.await()
                    .atMost(Duration.ofMinutes(2))
                    .until(() -> run.hasEnded() || committedEnd(broker, partition) >= end);
            brake.die();
            assertThatThrownBy(run::awaitEnd).hasMessageContaining("died");
        }
    }

    private static long committedEnd(EmbeddedBroker broker, TopicPartition partition) throws Exception {
        try (Admin admin = Admin.create(Map.<String, Object>copyOf(Sides.kafka(broker)))) {
            boolean isThere = admin.listTopics().names().get().contains(partition.topic());
            return isThere
                    ? admin.listOffsets(
                                    Map.of(partition, OffsetSpec.latest()),
                                    new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                            .partitionResult(partition)
                            .get()
                            .offset()
                    : 0;
        }
    }

    /** Runs on the spoilt copy of the log, which must be refused with the target as it was. */
    private List<Problem> refused(MigrationSpec spec, String database) {
        List<String> before = targetState(database);
        MigrationException refused;
        try (EmbeddedBroker broker = EmbeddedBroker.start(spoilt);
                RunningMigration run = start(spec, broker, Faults.NONE)) {
            refused = catchThrowableOfType(MigrationException.class, run::awaitEnd);
        }
        assertThat(refused).hasMessageContaining("nothing was written").hasMessageContaining("crossfade abort");
        assertThat(targetState(database)).isEqualTo(before);
        return refused.problems();
    }

    private static List<String> targetState(String database) {
        return sides.onTarget(database, """
                select 'items ' || t::text from items t
                union all select 'progress ' || t::text from crossfade.progress t
                union all select 'chunk ' || t::text from crossfade.chunk t
                order by 1""");
    }

    @Test
    void rowsThatTheTargetHasNotAppliedAreMissed() throws Exception {
        sides.createDatabases(
                "rows",
                "create table items (id int unsigned primary key, name varchar(50))",
                "insert into items select seq, concat('item ', seq) from seq_1_to_500");
        MigrationSpec spec = sides.spec("rows-move", "rows");
        TopicPartition rows = new TopicPartition(new TopicNames(spec.name()).rows(), 1);
        runThrough(spec);
        long applied = Long.parseLong(sides.onTarget(
                        "rows",
                        "select position from crossfade.progress where partition = 1 and topic = '" + rows.topic()
                                + "'")
                .get(0));
        sides.source.execute("rows", "update items set name = 'later' where id % 3 = 0");
        runAhead(spec, FaultPoint.SINK_AFTER_PROGRESS, rows, applied + 20);
        LogDirectory.cutBefore(LogDirectory.copy(log, spoilt), rows.topic(), rows.partition(), applied + 2);

        List<Problem> problems = refused(spec, "rows");

        assertThat(problems).singleElement().satisfies(problem -> {
            assertThat(problem.code()).isEqualTo("LOG-END");
            assertThat(problem.subject()).isEqualTo("log " + rows);
            assertThat(problem.seen()).contains("and group crossfade.rows-move.transform has written it up to");
        });
        runThrough(spec); // the log as it was
        assertThat(sides.assertEqual("rows", "items")).isEqualTo(500);
    }

    @Test
    void chunksThatTheTargetHasNotAppliedAreMissed() throws Exception {
        sides.createDatabases(
                "chunks",
                "create table items (id int unsigned primary key, name varchar(200))",
                "insert into items select seq, repeat('x', 180) from seq_1_to_6000",
                "analyze table items");
        MigrationSpec spec = Sides.withSettings(sides.spec("chunks-move", "chunks"), SMALL_CHUNKS);
        TopicPartition chunks = new TopicPartition(new TopicNames(spec.name()).chunks(), 0);
        runAhead(spec, FaultPoint.SINK_WITHIN_CHUNK, chunks, 30);
        LogDirectory.cut(LogDirectory.copy(log, spoilt), chunks.topic(), chunks.partition(), 2);

        List<Problem> problems = refused(spec, "chunks");

        assertThat(problems).singleElement().satisfies(problem -> {
            assertThat(problem.code()).isEqualTo("LOG-END");
            assertThat(problem.subject()).isEqualTo("log " + chunks);
            assertThat(problem.seen()).contains("and group crossfade.chunks-move.readers has written it up to");
        });
        runThrough(spec); // the log as it was
        assertThat(sides.assertEqual("chunks", "items")).isEqualTo(6_000);
    }
}
