package dev.crossfade.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.FaultPoint;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.Problem;
import dev.crossfade.pipeline.AbortOptions.TargetTables;
import dev.crossfade.pipeline.KilledMigration.Silent;
import dev.crossfade.pipeline.Removal.Manner;
import dev.crossfade.pipeline.Removal.Place;
import dev.crossfade.sink.control.RunLock;
import dev.crossfade.sink.control.RunOwner;
import dev.crossfade.sink.target.TargetDatabase;
import dev.crossfade.verify.Verdict;
import dev.crossfade.verify.VerificationListener;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An abort from every state, killed at every point, and beside others. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class AbortIT {
    private static final AbortOptions SOON =
            new AbortOptions(TargetTables.REMOVE, Duration.ofMillis(300), Optional.empty());

    @AutoClose
    private static Sides sides;

    @BeforeAll
    static void startServers(@TempDir Path directory) {
        sides = Sides.start(directory);
    }

    /** Two tables on the source, and an empty target with one table of the user's. */
    private static MigrationSpec shop(String database) {
        sides.createDatabases(
                database,
                "create table items (id int unsigned primary key, name varchar(50))",
                "insert into items select seq, concat('item ', seq) from seq_1_to_5000",
                "create table visits (id int primary key, pages int not null)",
                "insert into visits select seq, seq from seq_1_to_1000");
        sides.target.execute(database, "create table mine (id int)", "insert into mine values (1)");
        return sides.spec(database.replace('_', '-') + "-move", database);
    }

    private static List<Removal> abort(MigrationSpec spec) throws InterruptedException {
        return RunningMigration.of(spec).abort(AbortOptions.ALL, new Silent());
    }

    private static void assertNothingLeftAndBeginsAnew(MigrationSpec spec, String database) throws Exception {
        assertThat(RunningMigration.of(spec).planAbort(TargetTables.REMOVE).removals())
                .isEmpty();
        assertThat(abort(spec)).isEmpty();
        sides.assertUntouched(spec.name(), database, "mine");
        assertThat(sides.onTarget(database, "select id from mine")).containsExactly("1");
        beginAnew(spec, database);
    }

    private static void beginAnew(MigrationSpec spec, String database) throws Exception {
        sides.source.execute(database, "insert into items select max(id) + 1, 'later' from items");
        try (RunningMigration again = RunningMigration.until(spec, Phase.SHADOWING)) {
            again.awaitEnd();
        }
        assertThat(sides.assertEqual(database, "items")).isGreaterThan(5_000);
        assertThat(sides.assertEqual(database, "visits")).isEqualTo(1_000);
    }

    @ParameterizedTest
    @EnumSource(names = {"CAPTURE_AFTER_MARKER_TABLE", "SINK_WITHIN_CHUNK", "SINK_WITHIN_KEYS", "SINK_AFTER_COMMIT"})
    void nothingIsLeftOfARunThatWasKilled(FaultPoint point) throws Exception {
        String database = "killed_" + point.name().toLowerCase(Locale.ROOT);
        MigrationSpec spec = shop(database);
        KilledMigration.run(sides, spec.name(), database, point);

        List<Removal> removed = abort(spec);

        assertThat(removed)
                .extracting(Removal::object)
                .contains("table " + database + ".crossfade_marker", "schema crossfade of the target");
        assertThat(removed.stream().filter(removal -> removal.place() == Place.KAFKA))
                .hasSizeGreaterThanOrEqualTo(8);
        assertNothingLeftAndBeginsAnew(spec, database);
    }

    @Test
    void aTransactionThatAKilledReaderLeftOpenIsNamedAndAborted() throws Exception {
        MigrationSpec spec = shop("open");
        KilledMigration.run(sides, spec.name(), "open", FaultPoint.BACKFILL_BEFORE_CHUNK_COMMIT);

        List<Removal> removed = abort(spec);

        assertThat(removed)
                .extracting(Removal::object)
                .anyMatch(object -> object.startsWith("open transaction of crossfade.open-move.reader."));
        assertNothingLeftAndBeginsAnew(spec, "open");
    }

    @Test
    void aRunIsStoppedAndNothingOfItIsLeft() throws Exception {
        MigrationSpec spec = shop("running");
        AbortPlan seen;
        try (RunningMigration running = RunningMigration.start(spec).awaitPhase(Phase.SHADOWING)) {
            seen = RunningMigration.of(spec).planAbort(TargetTables.REMOVE);
            assertThat(running.hasEnded()).isFalse();
            assertThat(seen.runBy()).hasValueSatisfying(owner -> assertThat(owner)
                    .contains("process " + ProcessHandle.current().pid()));

            List<Removal> removed = RunningMigration.of(spec)
                    .abort(
                            new AbortOptions(TargetTables.REMOVE, Duration.ofMinutes(1), Optional.of(seen)),
                            new Silent());

            running.awaitEnd();
            assertThat(removed.stream().filter(removal -> removal.place() == Place.TARGET))
                    .extracting(Removal::object, Removal::manner)
                    .containsExactly(
                            tuple("table public.items", Manner.REMOVE), tuple("table public.visits", Manner.REMOVE));
        }
        assertNothingLeftAndBeginsAnew(spec, "running");
    }

    @Test
    void anAbortThatIsKilledGoesOnAndNoRunGoesBetween() throws Exception {
        MigrationSpec spec = shop("resumed");
        KilledMigration.run(sides, spec.name(), "resumed", FaultPoint.SINK_AFTER_COMMIT);
        Set<FaultPoint> points = EnumSet.range(FaultPoint.ABORT_AFTER_MARK, FaultPoint.ABORT_AFTER_STATE);
        for (FaultPoint point : points) {
            KilledMigration.abort(sides, spec.name(), "resumed", point);
            if (point != FaultPoint.ABORT_AFTER_STATE) {
                MigrationException refused =
                        catchThrowableOfType(MigrationException.class, () -> RunningMigration.of(spec)
                                .run(RunOptions.until(Phase.SHADOWING), new Silent()));
                assertThat(refused.problems()).extracting(Problem::code).contains("ABORT-UNFINISHED");
            }
        }
        assertNothingLeftAndBeginsAnew(spec, "resumed");
    }

    @Test
    void anotherMigrationAndWhatIsTheUsersAreNotTouched() throws Exception {
        MigrationSpec spec = shop("shared");
        sides.source.execute("shared", "create table prices (id int primary key)", "insert into prices values (1)");
        MigrationSpec aborted = sides.spec("shared-a", "shared", Sides.rule(1, "shared", "items", "items"));
        MigrationSpec other = sides.spec("shared-ab", "shared", Sides.rule(1, "shared", "visits", "visits"));
        try (Admin admin = Admin.create(Map.<String, Object>copyOf(spec.kafka()))) {
            admin.createTopics(List.of(new NewTopic("crossfade.shared-a.notes-of-the-user", 1, (short) 1)))
                    .all()
                    .get();
        }
        try (RunningMigration first = RunningMigration.start(aborted).awaitPhase(Phase.SHADOWING);
                RunningMigration second = RunningMigration.start(other).awaitPhase(Phase.SHADOWING)) {
            List<String> before = sides.inKafka().stream()
                    .filter(name -> !name.startsWith("crossfade.shared-a.") || name.endsWith("user"))
                    .sorted()
                    .toList();

            List<Removal> removed = abort(aborted);

            first.awaitEnd();
            assertThat(removed)
                    .extracting(Removal::object)
                    .contains("rows of shared-a in table shared.crossfade_marker")
                    .doesNotContain("schema crossfade of the target");
            assertThat(sides.inKafka().stream().sorted()).isEqualTo(before);
            assertThat(sides.onTarget("shared", "select distinct migration from crossfade.run_lock"))
                    .containsExactly("shared-ab");
            sides.source.execute("shared", "update visits set pages = pages + 1");
            assertThat(RunningMigration.of(other)
                            .verify(VerifyOptions.ALL, VerificationListener.NONE)
                            .verdict())
                    .isEqualTo(Verdict.EQUAL);
            assertThat(second.hasEnded()).isFalse();
        }
        assertThat(sides.onTarget("shared", "select tablename from pg_tables where schemaname = 'public' order by 1"))
                .containsExactly("mine", "visits");
        abort(other);
        sides.assertUntouched("shared-ab", "shared", "mine");
    }

    @Test
    void tablesThatWereThereAreEmptiedAndThoseToBeKeptStay() throws Exception {
        MigrationSpec spec = shop("emptied");
        sides.target.execute("emptied", "create table items (id bigint primary key, name varchar(50))");
        try (RunningMigration running = RunningMigration.until(spec, Phase.SHADOWING)) {
            running.awaitEnd();
        }
        AbortPlan keeping = RunningMigration.of(spec).planAbort(TargetTables.KEEP);
        assertThat(keeping.removals()).noneMatch(removal -> removal.place() == Place.TARGET);
        assertThat(keeping.stays()).hasSize(2).allMatch(line -> line.contains("tables are to be kept"));

        assertThat(abort(spec))
                .contains(new Removal(
                        Place.TARGET,
                        Manner.EMPTY,
                        "table public.items",
                        "it was there before, empty, about 5,000 rows"));

        sides.assertUntouched(spec.name(), "emptied", "items", "mine");
        assertThat(sides.onTarget("emptied", "select count(*) from items")).containsExactly("0");
        beginAnew(spec, "emptied");
        RunningMigration.of(spec)
                .abort(new AbortOptions(TargetTables.KEEP, Duration.ZERO, Optional.of(keeping)), new Silent());
        sides.assertUntouched(spec.name(), "emptied", "items", "mine", "visits");
        assertThat(sides.onTarget("emptied", "select count(*) from visits")).containsExactly("1000");
    }

    @Test
    void aRunThatDoesNotAnswerIsNamedAndNothingIsRemoved() throws Exception {
        MigrationSpec spec = shop("deaf");
        try (RunningMigration running = RunningMigration.until(spec, Phase.SHADOWING)) {
            running.awaitEnd();
        }
        AbortPlan before = RunningMigration.of(spec).planAbort(TargetTables.REMOVE);
        try (RunLock deaf = RunLock.acquire(
                new TargetDatabase(spec.target()),
                spec.name(),
                new RunOwner("elsewhere", 4711),
                Duration.ofSeconds(5),
                loss -> {})) {
            assertThat(deaf.isHeld()).isTrue();

            MigrationException refused = catchThrowableOfType(
                    MigrationException.class, () -> RunningMigration.of(spec).abort(SOON, new Silent()));

            assertThat(refused.kind()).isEqualTo(ErrorKind.PLAN);
            assertThat(refused)
                    .hasMessageContaining("nothing was removed")
                    .hasMessageContaining("it is run by process 4711 on elsewhere since 20")
                    .hasMessageContaining("pg_terminate_backend");
        }
        assertThat(RunningMigration.of(spec).planAbort(TargetTables.REMOVE)).isEqualTo(before);
    }

    @Test
    void everythingThatStandsInTheWayIsToldAtOnceAndNothingIsRemoved() throws Exception {
        MigrationSpec spec = shop("blocked");
        try (RunningMigration running = RunningMigration.until(spec, Phase.SHADOWING)) {
            running.awaitEnd();
        }
        AbortPlan before = RunningMigration.of(spec).planAbort(TargetTables.REMOVE);
        sides.target.execute("blocked", "create view pages as select sum(pages) from visits");
        MigrationSpec withoutSource = Sides.withSource(spec, "jdbc:mariadb://127.0.0.1:1/blocked", "u", "p")
                .withKafka(Map.of("bootstrap.servers", "127.0.0.1:1"));

        MigrationException refused =
                catchThrowableOfType(MigrationException.class, () -> RunningMigration.of(withoutSource)
                        .abort(AbortOptions.ALL, new Silent()));

        assertThat(refused.problems())
                .extracting(Problem::code)
                .containsExactly("KAFKA-UNREACHABLE", "UNREACHABLE", "TARGET-DEPENDENT");
        assertThat(refused)
                .hasMessageContaining("3 problems; nothing was removed")
                .hasMessageContaining("view pages");
        MigrationException nowhere = catchThrowableOfType(MigrationException.class, () -> RunningMigration.of(
                        Sides.withTarget(withoutSource, "jdbc:postgresql://127.0.0.1:1/blocked", "u", "p"))
                .planAbort(TargetTables.REMOVE));
        assertThat(nowhere.problems())
                .extracting(Problem::kind)
                .containsExactly(ErrorKind.TRANSFORM, ErrorKind.SOURCE, ErrorKind.TARGET);
        sides.target.execute("blocked", "drop view pages");
        assertThat(RunningMigration.of(spec).planAbort(TargetTables.REMOVE)).isEqualTo(before);
    }

    @Test
    void aTableThatNobodyHasSeenInTheListIsNotTouched() throws Exception {
        MigrationSpec spec = shop("unseen");
        try (RunningMigration running = RunningMigration.until(spec, Phase.SHADOWING)) {
            running.awaitEnd();
        }
        AbortPlan seen = RunningMigration.of(spec).planAbort(TargetTables.REMOVE);
        AbortPlan withoutVisits = new AbortPlan(
                seen.migration(),
                seen.runBy(),
                seen.removals().stream()
                        .filter(removal -> !removal.object().endsWith("visits"))
                        .toList(),
                List.of());

        MigrationException refused = catchThrowableOfType(MigrationException.class, () -> RunningMigration.of(spec)
                .abort(new AbortOptions(TargetTables.REMOVE, Duration.ZERO, Optional.of(withoutVisits)), new Silent()));

        assertThat(refused.problems()).extracting(Problem::code).containsExactly("ABORT-CHANGED");
        assertThat(refused).hasMessageContaining("there is more on the target: table public.visits");
        assertThat(sides.onTarget("unseen", "select count(*) from visits")).containsExactly("1000");
        beginAnew(spec, "unseen"); // goes on, in truth: nothing is marked as aborted
    }
}
