package dev.crossfade.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.model.FaultPoint;
import dev.crossfade.model.TableId;
import dev.crossfade.testkit.WriteLoad;
import dev.crossfade.testkit.WriteLoad.Weighted;
import dev.crossfade.verify.ParityReport;
import dev.crossfade.verify.Verdict;
import dev.crossfade.verify.VerificationListener;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tables without a primary key: of equal rows there are as many on the target as on the source. */
class NoKeyIT {
    private static final long SEED = 1_107L;

    @AutoClose
    private static Sides sides;

    @BeforeAll
    static void startServers(@TempDir Path directory) {
        sides = Sides.start(directory);
    }

    private static WriteLoad load(String database, long seed, int operationsPerSecond) {
        return WriteLoad.start(
                new WriteLoad.Target(sides.source.jdbcUrl(database), sides.source.user(), sides.source.password()),
                3,
                operationsPerSecond,
                seed,
                Bags.operations());
    }

    private static ParityReport verify(MigrationSpec spec) {
        return RunningMigration.of(spec).verify(VerifyOptions.ALL, VerificationListener.NONE);
    }

    private static void awaitMore(WriteLoad load, long operations) {
        long before = load.total();
        Awaitility.await()
                .atMost(90, TimeUnit.SECONDS)
                .until(() -> !load.isRunning() || load.total() >= before + operations);
        assertThat(load.isRunning()).isTrue();
    }

    private static void assertAllEqual(String database) {
        assertThat(Bags.TABLES).allSatisfy(table -> assertThat(sides.assertEqual(database, table))
                .isNotNegative());
    }

    @Test
    @Timeout(value = 8, unit = TimeUnit.MINUTES)
    void equalRowsAreAsManyAsOnTheSourceBeforeDuringAndAfterTheCopy() throws Exception {
        sides.createDatabases("bags", Bags.schema());
        MigrationSpec spec = sides.spec("bags-move", "bags");
        assertThat(RunningMigration.of(spec).plan().advice())
                .filteredOn(advice -> advice.contains("no primary key"))
                .hasSizeGreaterThanOrEqualTo(Bags.KEYLESS.size());
        Map<String, Long> done;
        try (WriteLoad load = load("bags", SEED, 200)) {
            awaitMore(load, 150);
            try (RunningMigration running = RunningMigration.start(spec).awaitPhase(Phase.SHADOWING)) {
                for (int round = 0; round < 2; round++) {
                    awaitMore(load, 400);
                    assertThat(verify(spec).verdict()).as("round %d", round).isEqualTo(Verdict.EQUAL);
                }
                running.stop();
            }
            awaitMore(load, 200); // nobody listens
            try (RunningMigration again = RunningMigration.start(spec).awaitPhase(Phase.SHADOWING)) {
                awaitMore(load, 200);
                done = load.stop();
                assertThat(verify(spec).verdict()).isEqualTo(Verdict.EQUAL);

                assertThatOneEqualRowMoreOrLessIsFound(spec);
                again.stop();
            }
        }
        assertThat(done.keySet())
                .containsAll(Bags.operations().stream().map(Weighted::kind).toList());
        assertAllEqual("bags");
        assertThat(sides.onTarget("bags", "select conrelid::regclass from pg_constraint where contype = 'p'"))
                .contains("shop", "plain")
                .doesNotContainAnyElementsOf(Bags.KEYLESS);
    }

    private static void assertThatOneEqualRowMoreOrLessIsFound(MigrationSpec spec) {
        TableId numbers = new TableId("public", "number");
        String one = "(select min(ctid) from number where n = 1)";
        sides.target.execute("bags", "create table kept as select * from number where ctid = " + one);
        sides.target.execute("bags", "delete from number where ctid = " + one);
        assertOnlyDifferent(spec, numbers);

        sides.target.execute("bags", "insert into number select * from kept", "insert into number select * from kept");
        assertOnlyDifferent(spec, numbers);

        sides.target.execute("bags", "delete from number where ctid = " + one, "drop table kept");
        assertThat(verify(spec).verdict()).isEqualTo(Verdict.EQUAL);
    }

    private static void assertOnlyDifferent(MigrationSpec spec, TableId different) {
        ParityReport report = verify(spec);
        assertThat(report.verdict()).isEqualTo(Verdict.DIFFERENT);
        assertThat(report.tables())
                .filteredOn(table -> table.verdict() != Verdict.EQUAL)
                .singleElement()
                .satisfies(table -> assertThat(table.target()).isEqualTo(different));
    }

    @Test
    @Timeout(value = 8, unit = TimeUnit.MINUTES)
    void equalRowsAreAsManyAsOnTheSourceWhereverTheProcessWasKilled() throws Exception {
        sides.createDatabases("killed", Bags.schema());
        MigrationSpec spec = sides.spec("killed-move", "killed");
        try (WriteLoad load = load("killed", SEED + 1, 50)) {
            for (FaultPoint point : List.of(
                    FaultPoint.COPY_BEFORE_END_COMMIT,
                    FaultPoint.SINK_AFTER_CHUNK_COMMIT,
                    FaultPoint.SINK_BEFORE_COMMIT,
                    FaultPoint.SINK_AFTER_COMMIT,
                    FaultPoint.TRANSFORM_AFTER_COMMIT)) {
                awaitMore(load, 30);
                KilledMigration.run(sides, spec.name(), "killed", point);
            }
            try (RunningMigration running = RunningMigration.start(spec).awaitPhase(Phase.SHADOWING)) {
                awaitMore(load, 200);
                assertThat(verify(spec).verdict()).isEqualTo(Verdict.EQUAL);
                load.stop();
                assertThat(verify(spec).verdict()).isEqualTo(Verdict.EQUAL);
                running.stop();
            }
        }
        assertAllEqual("killed");
    }

    @Test
    @Timeout(value = 8, unit = TimeUnit.MINUTES)
    void largeTableOfFewDistinctRowsIsCopiedAndHalvedInOneTransaction() throws Exception {
        sides.createDatabases(
                "large",
                "create table number (n int, note varchar(60))",
                "insert into number select seq % 10, repeat('x', 50) from seq_1_to_200000");
        MigrationSpec spec = sides.spec("large-move", "large");
        try (RunningMigration running = RunningMigration.start(spec).awaitPhase(Phase.SHADOWING)) {
            sides.source.execute(
                    "large", "delete from number where n < 4", "update number set n = n + 1 where n > 6 limit 30000");
            Awaitility.await().atMost(2, TimeUnit.MINUTES).until(() -> sides.onTarget(
                            "large", "select count(*) from number")
                    .equals(List.of("120000")));

            assertThat(verify(spec).verdict()).isEqualTo(Verdict.EQUAL);
            running.stop();
        }
        assertThat(sides.assertEqual("large", "number")).isEqualTo(120_000);
    }
}
