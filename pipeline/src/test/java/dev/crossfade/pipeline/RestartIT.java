package dev.crossfade.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.crossfade.broker.EmbeddedBroker;
import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.FaultPoint;
import dev.crossfade.model.Faults;
import dev.crossfade.model.MigrationException;
import dev.crossfade.pipeline.MigrationProgress.TableProgress;
import dev.crossfade.verify.Verdict;
import dev.crossfade.verify.VerificationListener;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A run that ends in good order and goes on later; status and stop from elsewhere. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class RestartIT {
    @AutoClose
    private static Sides sides;

    @BeforeAll
    static void startServers(@TempDir Path directory) {
        sides = Sides.start(directory);
    }

    private static MigrationSpec shop(String name) {
        sides.createDatabases(
                name,
                "create table items (id int unsigned primary key, name varchar(50), price decimal(10,2))",
                "insert into items select seq, concat('item ', seq), seq / 7 from seq_1_to_3000",
                "create table visits (day date, visitor varchar(20), pages int not null, primary key (day, visitor))",
                "insert into visits select '2024-01-01' + interval seq % 300 day, concat('v', seq), seq from seq_1_to_1000");
        return sides.spec(name + "-move", name);
    }

    private static void write(String database) {
        sides.source.execute(
                database,
                "update items set price = price + 1 where id % 3 = 0",
                "delete from items where id between 500 and 700",
                "update items set id = id + 100000 where id between 1000 and 1100",
                "insert into visits select '2025-01-01', concat('w', seq), seq from seq_1_to_300");
    }

    @Test
    void goesOnWhereItStoodAndAppliesWhatWasWrittenMeanwhile() throws Exception {
        MigrationSpec spec = shop("pause");
        Migration elsewhere = RunningMigration.of(spec);
        assertThat(elsewhere.status()).isEmpty();
        assertThat(elsewhere.stop(Duration.ofSeconds(1))).isFalse();
        try (RunningMigration first = RunningMigration.start(spec).awaitPhase(Phase.SHADOWING)) {
            assertThat(first.phases())
                    .containsExactly(Phase.PLANNED, Phase.BACKFILLING, Phase.CATCHING_UP, Phase.SHADOWING);
            assertThat(elsewhere.status()).hasValueSatisfying(status -> {
                assertThat(status.phase()).isEqualTo(Phase.SHADOWING);
                assertThat(status.running()).isTrue();
                assertThat(status.owner())
                        .contains(String.valueOf(ProcessHandle.current().pid()));
            });
            Awaitility.await()
                    .atMost(30, TimeUnit.SECONDS)
                    .until(() -> elsewhere.status().orElseThrow().progress().isPresent());
            assertThat(elsewhere.status().orElseThrow().progress().orElseThrow().tables())
                    .hasSize(2)
                    .allSatisfy(table -> assertThat(table.rowsCopied()).isPositive());

            assertThat(elsewhere.stop(Duration.ofSeconds(30))).isTrue();

            first.awaitEnd();
            assertThat(first.messages()).contains("stop was asked for");
        }
        assertThat(elsewhere.status()).hasValueSatisfying(status -> {
            assertThat(status.running()).isFalse();
            assertThat(status.owner()).isEmpty();
            assertThat(status.phase()).isEqualTo(Phase.SHADOWING);
        });
        write("pause");
        try (RunningMigration second = RunningMigration.start(spec).awaitPhase(Phase.SHADOWING)) {
            assertThat(second.phases()).first().isEqualTo(Phase.SHADOWING);

            assertThat(elsewhere
                            .verify(VerifyOptions.ALL, VerificationListener.NONE)
                            .verdict())
                    .isEqualTo(Verdict.EQUAL);

            assertThat(elsewhere.status().orElseThrow().progress().orElseThrow().tables())
                    .extracting(TableProgress::complete)
                    .containsOnly(true);
            second.stop();
        }
        assertThat(sides.assertEqual("pause", "items")).isEqualTo(2_799);
        assertThat(sides.assertEqual("pause", "visits")).isEqualTo(1_300);
    }

    @Test
    void stopsBeforeWritingWhenTheLogItBeganWithIsGone(@TempDir Path directory) throws Exception {
        MigrationSpec spec = shop("lost");
        try (RunningMigration first = RunningMigration.until(spec, Phase.SHADOWING)) {
            first.awaitEnd();
        }
        write("lost");
        List<String> before = targetState("lost");
        List<String> markerBefore = sides.onSource("lost", "select token from crossfade_marker order by purpose");
        try (EmbeddedBroker empty = EmbeddedBroker.start(directory.resolve("another"));
                RunningMigration second = RunningMigration.start(spec.withKafka(Sides.kafka(empty)))) {

            MigrationException refused = catchThrowableOfType(MigrationException.class, second::awaitEnd);

            assertThat(refused.kind()).isEqualTo(ErrorKind.TRANSFORM);
            assertThat(refused)
                    .hasMessageContaining(empty.bootstrapServers())
                    .hasMessageContaining("crossfade.lost-move.")
                    .hasMessageContaining("nothing was written")
                    .hasMessageContaining("bring the log back that the migration began with");
        }
        assertThat(targetState("lost")).isEqualTo(before);
        assertThat(sides.onSource("lost", "select token from crossfade_marker order by purpose"))
                .isEqualTo(markerBefore);
        try (RunningMigration again = RunningMigration.until(spec, Phase.SHADOWING)) {
            again.awaitEnd(); // with the old log it goes on
        }
        assertThat(sides.assertEqual("lost", "items")).isEqualTo(2_799);
        assertThat(sides.assertEqual("lost", "visits")).isEqualTo(1_300);
    }

    @Test
    void aTargetThatTakesNothingAtAllEndsTheRunAsAFailureOfTheTarget() throws Exception {
        MigrationSpec spec = shop("shut");
        try (RunningMigration first = RunningMigration.start(spec).awaitPhase(Phase.SHADOWING)) {
            sides.target.execute(
                    "shut",
                    "alter database shut set default_transaction_read_only = on",
                    "select pg_terminate_backend(pid) from pg_stat_activity"
                            + " where datname = 'shut' and pid <> pg_backend_pid()");
            write("shut");

            MigrationException failed = catchThrowableOfType(MigrationException.class, first::awaitEnd);

            assertThat(failed.kind()).isEqualTo(ErrorKind.TARGET);
            assertThat(failed).hasMessageContaining("SQLSTATE 25006");
        }
        sides.target.execute(
                "shut",
                "set default_transaction_read_only = off",
                "alter database shut reset default_transaction_read_only");
        try (RunningMigration again = RunningMigration.until(spec, Phase.SHADOWING)) {
            again.awaitEnd();
        }
        assertThat(sides.assertEqual("shut", "items")).isEqualTo(2_799);
        assertThat(sides.assertEqual("shut", "visits")).isEqualTo(1_300);
    }

    /** Fails where a step between two phases is done once only. */
    @Test
    void aTargetThatBreaksAllConnectionsForASecondAfterEachPhaseDoesNotEndTheRun() throws Exception {
        MigrationSpec spec = shop("broken");
        List<Thread> breaking = new CopyOnWriteArrayList<>();
        Faults faults = point -> {
            if (point == FaultPoint.PIPELINE_AFTER_PHASE) {
                Thread thread = new Thread(RestartIT::breakConnectionsForASecond);
                breaking.add(thread);
                thread.start();
            }
        };
        try (RunningMigration run = RunningMigration.start(Migration.of(spec, KafkaSource.at(spec.kafka()), faults))) {
            run.awaitPhase(Phase.SHADOWING);
            for (Thread thread : breaking) {
                thread.join();
            }
            // The lock broke too; whoever asks before the run has it again is told, rightly, that no process runs the
            // migration.
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() ->
                            RunningMigration.of(spec).status().orElseThrow().running());
            write("broken");

            assertThat(RunningMigration.of(spec)
                            .verify(VerifyOptions.ALL, VerificationListener.NONE)
                            .verdict())
                    .isEqualTo(Verdict.EQUAL);

            assertThat(breaking).hasSize(3);
            run.stop();
        }
        assertThat(sides.assertEqual("broken", "items")).isEqualTo(2_799);
    }

    private static void breakConnectionsForASecond() {
        long ends = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
        while (System.nanoTime() - ends < 0) {
            sides.target.execute(
                    "broken",
                    "select pg_terminate_backend(pid) from pg_stat_activity"
                            + " where datname = 'broken' and pid <> pg_backend_pid()");
        }
    }

    private static List<String> targetState(String database) {
        return sides.onTarget(database, """
                select 'progress ' || topic || partition || ' ' || position from crossfade.progress
                union all select 'items ' || count(*) || ' ' || sum(price) from items
                union all select 'visits ' || count(*) from visits
                union all select 'phase ' || phase from crossfade.migration order by 1""");
    }
}
