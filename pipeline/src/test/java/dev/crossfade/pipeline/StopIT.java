package dev.crossfade.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.crossfade.model.FaultPoint;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.Problem;
import dev.crossfade.testkit.WriteLoad;
import dev.crossfade.verify.ParityReport;
import dev.crossfade.verify.Verdict;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A table stops, all others go on; it is taken up again and misses nothing. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class StopIT {
    @AutoClose
    private static Sides sides;

    @BeforeAll
    static void startServers(@TempDir Path directory) {
        sides = Sides.start(directory);
    }

    @Test
    void refusedRowsStopTheirTablesAloneUntilTheyAreTakenUpAndNothingIsMissed() throws Exception {
        StopShop shop = new StopShop(sides, "refused");
        try (RunningMigration run = RunningMigration.start(shop.spec()).awaitPhase(Phase.SHADOWING);
                WriteLoad load = shop.load()) {
            shop.onTarget(
                    "alter table visits add constraint few check (pages < 1000)",
                    "alter table children add constraint good check (note <> 'bad')");
            shop.onSource(
                    "insert into visits (pages) values (5000)",
                    "insert into parents values (5000, 'of the bad')",
                    "insert into children (parent, note) values (5000, 'bad')");

            StoppedTables stop = shop.awaitStopped("visits");
            StoppedTables group = shop.awaitStopped("parents");

            assertThat(stop.id()).isEqualTo("REFUSED");
            assertThat(stop.reason()).contains("cannot write public.visits (").contains("SQLSTATE 23514");
            assertThat(stop.replayable()).isTrue();
            assertThat(group.tables()).containsExactly(shop.name("children"), shop.name("parents"));
            StopShop.awaitMore(load, 200);
            ParityReport report = shop.verify();
            assertThat(report.verdict()).isEqualTo(Verdict.UNREAD);
            assertThat(report.exitCode()).isEqualTo(4);
            assertThat(StopShop.verdicts(report))
                    .isEqualTo(Map.of(
                            "items", Verdict.EQUAL,
                            "visits", Verdict.UNREAD,
                            "parents", Verdict.UNREAD,
                            "children", Verdict.UNREAD));
            Awaitility.await().atMost(30, TimeUnit.SECONDS).until(() -> run.messages().stream()
                    .anyMatch(message -> message.startsWith(shop.name("visits") + " has stopped")));
            load.stop();
            run.stop();
        }
        try (RunningMigration run = RunningMigration.start(shop.spec()).awaitPhase(Phase.SHADOWING);
                WriteLoad load = shop.load()) {
            assertThat(shop.stopped()).hasSize(2);
            assertThat(shop.resume("visits")).hasValueSatisfying(again -> {
                assertThat(again.state()).isEqualTo(StoppedTables.State.STOPPED);
                assertThat(again.reason()).contains("SQLSTATE 23514");
            });
            shop.onTarget("alter table visits drop constraint few", "alter table children drop constraint good");

            assertThat(shop.resume("visits")).isEmpty();
            assertThat(shop.resume("children")).isEmpty();

            StopShop.awaitMore(load, 100);
            assertThat(shop.verify().verdict()).isEqualTo(Verdict.EQUAL);
            load.stop();
            assertThat(shop.verify().verdict()).isEqualTo(Verdict.EQUAL);
            run.stop();
        }
        shop.assertEqual();
        shop.assertVisitsWereWrittenOnce();
    }

    @Test
    void aStopAndItsReplayOutliveTheProcessWhereverItIsKilled() throws Exception {
        StopShop shop = new StopShop(sides, "killed");
        try (RunningMigration first = RunningMigration.until(shop.spec(), Phase.SHADOWING)) {
            first.awaitEnd();
        }
        shop.onTarget("alter table visits add constraint few check (pages < 1000)");
        shop.onSource(
                "insert into visits (pages) values (5000)",
                "insert into visits (pages) select seq % 100 from seq_1_to_300");

        for (FaultPoint point : EnumSet.of(FaultPoint.SINK_BEFORE_STOP_COMMIT, FaultPoint.SINK_AFTER_STOP)) {
            KilledMigration.run(sides, shop.spec().name(), "killed", point);
        }
        assertThat(shop.awaitStopped("visits").state()).isEqualTo(StoppedTables.State.STOPPED);
        shop.onTarget("alter table visits drop constraint few");
        assertThat(RunningMigration.of(shop.spec()).resume(shop.name("visits"), Duration.ZERO))
                .hasValueSatisfying(stop -> assertThat(stop.state()).isEqualTo(StoppedTables.State.WANTED));
        for (FaultPoint point : EnumSet.range(FaultPoint.REPLAY_AFTER_BEGIN, FaultPoint.REPLAY_AFTER_RELEASE)) {
            shop.onSource(
                    "insert into visits (pages) select seq % 100 from seq_1_to_50",
                    "update items set price = price + 1 where id < 100");
            KilledMigration.run(sides, shop.spec().name(), "killed", point);
        }

        try (RunningMigration run = RunningMigration.start(shop.spec()).awaitPhase(Phase.SHADOWING)) {
            Awaitility.await().atMost(60, TimeUnit.SECONDS).until(() -> shop.stopped()
                    .isEmpty());
            assertThat(shop.verify().verdict()).isEqualTo(Verdict.EQUAL);
            run.stop();
        }
        shop.assertEqual();
        shop.assertVisitsWereWrittenOnce();
    }

    @Test
    void aTableThatHasNotStoppedCannotBeTakenUp() throws Exception {
        StopShop shop = new StopShop(sides, "running");
        try (RunningMigration first = RunningMigration.until(shop.spec(), Phase.SHADOWING)) {
            first.awaitEnd();
        }

        MigrationException refused = catchThrowableOfType(MigrationException.class, () -> shop.resume("visits"));

        assertThat(refused.problems()).extracting(Problem::code).containsExactly("TABLE-NOT-STOPPED");
    }
}
