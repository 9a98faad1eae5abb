package dev.crossfade.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.crossfade.model.MigrationException;
import dev.crossfade.model.OrderGroup;
import dev.crossfade.model.OrderGroup.Copy;
import dev.crossfade.model.TableId;
import dev.crossfade.pipeline.TableRule.Drop;
import dev.crossfade.pipeline.TableRule.KeyRule;
import dev.crossfade.pipeline.TableRule.TakeOthers;
import dev.crossfade.testkit.WriteLoad;
import dev.crossfade.verify.ParityReport;
import dev.crossfade.verify.Verdict;
import dev.crossfade.verify.VerificationListener;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Values that are unique on the target move from row to row (PITFALLS 42), before, during and after the copy. */
class MovingValuesIT {
    private static final String DATABASE = "guests";
    private static final long SEED = 4_713L;

    private static WriteLoad load(Sides sides) {
        return WriteLoad.start(
                new WriteLoad.Target(sides.source.jdbcUrl(DATABASE), sides.source.user(), sides.source.password()),
                3,
                300,
                SEED,
                Guests.operations());
    }

    private static MigrationSpec spec(Sides sides) {
        return sides.spec(
                "moving", DATABASE, Sides.keyed(1, DATABASE, "guest", "email"), Sides.rule(2, DATABASE, "*", "*"));
    }

    private static void assertEqual(MigrationSpec spec) {
        ParityReport report = RunningMigration.of(spec).verify(VerifyOptions.ALL, VerificationListener.NONE);
        assertThat(report.verdict()).as(report.toString()).isEqualTo(Verdict.EQUAL);
    }

    private static void awaitMore(WriteLoad load, long operations) {
        long before = load.total();
        Awaitility.await()
                .atMost(90, TimeUnit.SECONDS)
                .until(() -> !load.isRunning() || load.total() >= before + operations);
        assertThat(load.isRunning()).isTrue();
    }

    private static List<String> names(OrderGroup group) {
        return group.tables().stream().map(TableId::name).toList();
    }

    @Test
    @Timeout(value = 8, unit = TimeUnit.MINUTES)
    void rowsKeepTheirValuesWhereverTheseHaveBeenBefore(@TempDir Path directory) throws Exception {
        try (Sides sides = Sides.start(directory)) {
            sides.createDatabases(DATABASE, Guests.schema());
            sides.target.execute(
                    DATABASE,
                    "create table locker (id int primary key, holder varchar(60), code int not null)",
                    "create unique index one_code on locker (code)");
            MigrationSpec spec = spec(sides);
            List<OrderGroup> groups = RunningMigration.of(spec).plan().plan().groups();
            assertThat(groups.stream().map(group -> names(group) + " " + group.copy()))
                    .containsExactly(
                            List.of("guest", "visit") + " " + Copy.SNAPSHOT,
                            List.of("locker") + " " + Copy.SNAPSHOT,
                            List.of("seat") + " " + Copy.CHUNKS);

            Map<String, Long> done;
            try (WriteLoad load = load(sides)) {
                awaitMore(load, 300);
                try (RunningMigration running = RunningMigration.start(spec).awaitPhase(Phase.SHADOWING)) {
                    assertUniqueIndexes(sides);
                    for (int round = 0; round < 3; round++) {
                        awaitMore(load, 500);
                        assertEqual(spec);
                    }
                    running.stop();
                }
                awaitMore(load, 300); // nobody listens
                try (RunningMigration again = RunningMigration.start(spec).awaitPhase(Phase.SHADOWING)) {
                    awaitMore(load, 300);
                    done = load.stop();
                    assertEqual(spec);
                    again.stop();
                }
            }

            assertThat(done.keySet())
                    .containsAll(Guests.operations().stream()
                            .map(WriteLoad.Weighted::kind)
                            .toList());
            assertThat(Guests.TABLES).allSatisfy(table -> assertThat(sides.assertEqual(DATABASE, table))
                    .isPositive());
            assertUniqueIndexes(sides);
        }
    }

    private static void assertUniqueIndexes(Sides sides) {
        assertThat(
                        sides.onTarget(
                                DATABASE,
                                "select indexname from pg_indexes where schemaname = 'public' and indexdef like '%UNIQUE%' order by 1"))
                .containsExactly(
                        "guest_pkey",
                        "locker_by_holder",
                        "locker_pkey",
                        "one_code",
                        "plain_pkey",
                        "seat_by_guest",
                        "seat_pkey",
                        "visit_pkey");
        assertThat(sides.onTarget(
                        DATABASE,
                        "select pg_get_constraintdef(oid) from pg_constraint"
                                + " where contype = 'p' and conrelid = 'public.guest'::regclass"))
                .containsExactly("PRIMARY KEY (email)");
    }

    @Test
    void aKeyThatNeitherIsUniqueNorLeavesTheSourcesOwnIsRefusedWithWhatMendsIt(@TempDir Path directory) {
        try (Sides sides = Sides.start(directory)) {
            sides.createDatabases(
                    DATABASE,
                    "create table guest (id int primary key, email varchar(60) not null, code int, unique (code, email))");
            MigrationSpec spec = sides.spec(
                    "moving",
                    DATABASE,
                    new TableRule(
                            Sides.at(3),
                            DATABASE,
                            "guest",
                            "public",
                            "guest",
                            Optional.of(List.of(new TakeOthers(Sides.at(3)), new Drop(Sides.at(3), "id"))),
                            Optional.of(new KeyRule(Sides.at(3), List.of("email")))));

            assertThatThrownBy(() -> RunningMigration.of(spec).plan())
                    .isInstanceOfSatisfying(MigrationException.class, refusal -> assertThat(refusal.problems())
                            .singleElement()
                            .asString()
                            .contains(
                                    "KEY-NOT-UNIQUE",
                                    "migration.yml:3:1",
                                    "ALTER TABLE `guests`.`guest` ADD UNIQUE INDEX"));
            sides.source.execute(DATABASE, "alter table guest add unique index (email)");

            assertThat(RunningMigration.of(spec).plan().plan().groups())
                    .singleElement()
                    .satisfies(group -> assertThat(group.reasons())
                            .containsExactly(
                                    "re-keyed: the key of public.guest is [email], the key of guests.guest is [id]"));
        }
    }
}
