package dev.crossfade.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.model.FaultPoint;
import dev.crossfade.pipeline.AbortOptions.TargetTables;
import dev.crossfade.pipeline.KilledMigration.Silent;
import dev.crossfade.pipeline.plan.Planning;
import dev.crossfade.testkit.DatabaseDump;
import dev.crossfade.testkit.DatabaseDump.Relation;
import dev.crossfade.testkit.WriteLoad;
import dev.crossfade.testkit.WriteLoad.Weighted;
import dev.crossfade.verify.ParityReport;
import dev.crossfade.verify.TableParity;
import dev.crossfade.verify.Verdict;
import dev.crossfade.verify.VerificationListener;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The target's key is not unique on the source (PITFALLS 42): rows collide before, during and after a copy, and one after a stop. */
class CollidingKeysIT {
    private static final String DATABASE = "colliding";
    private static final int MEMBERS = 900;
    private static final int MAILS = 250;
    private static final long SEED = 4_714L;

    /** The view is what the target must be; the mails differ in case, which the source's collation does not see. */
    private static final String[] SCHEMA = {
        "create table member (id int primary key auto_increment, mail varchar(40) not null, nick varchar(20), seat int,"
                + " changed datetime(3), unique by_seat (seat))",
        "create table plain (id int primary key, n int)",
        "create view chosen as select m.* from member m join (select min(id) id from member group by cast(mail as binary))"
                + " first on first.id = m.id",
        "insert into member (mail, nick, seat) select concat(if(seq % 3, 'm', 'M'), seq % " + MAILS
                + ", '@x'), 'first', if(seq % 2, seq, null) from seq_1_to_" + MEMBERS,
        "insert into plain select seq, 0 from seq_0_to_999"
    };

    private static final List<Weighted> OPERATIONS = List.of(
            new Weighted(
                    "comes",
                    10,
                    (connection, random) -> run(
                            connection,
                            "insert into member (mail, nick, seat) values (" + mail(random) + ", 'new', null)")),
            new Weighted(
                    "goes",
                    9,
                    (connection, random) -> run(
                            connection, "delete from member where mail = " + mail(random) + " order by id limit 1")),
            new Weighted(
                    "moves",
                    12,
                    (connection, random) -> run(
                            connection,
                            "update member set mail = " + mail(random) + ", changed = now(3) where mail = "
                                    + mail(random) + " order by id " + (random.nextBoolean() ? "desc" : "")
                                    + " limit 2")),
            new Weighted(
                    "nick",
                    8,
                    (connection, random) -> run(
                            connection,
                            "update member set nick = 'n" + random.nextInt(100) + "' where mail = " + mail(random))),
            new Weighted(
                    "number",
                    4,
                    (connection, random) -> run(
                            connection,
                            "update member set id = " + (1 + random.nextInt(200_000)) + " where mail = " + mail(random)
                                    + " order by id desc limit 1")),
            new Weighted("swap seats", 8, CollidingKeysIT::swapSeats),
            new Weighted(
                    "all of one mail go",
                    2,
                    (connection, random) -> run(connection, "delete from member where mail = " + mail(random))),
            new Weighted(
                    "plain",
                    3,
                    (connection, random) ->
                            run(connection, "update plain set n = n + 1 where id = " + random.nextInt(1_000))));

    private static String mail(Random random) {
        return (random.nextInt(3) == 0 ? "'M" : "'m") + random.nextInt(MAILS) + "@x'";
    }

    private static void swapSeats(Connection connection, Random random) throws SQLException {
        int one = 1 + random.nextInt(MEMBERS);
        int other = 1 + random.nextInt(MEMBERS);
        run(
                connection,
                "update member set seat = -" + one + " where seat = " + one,
                "update member set seat = " + one + " where seat = " + other,
                "update member set seat = " + other + " where seat = -" + one);
    }

    private static void run(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static MigrationSpec spec(Sides sides) {
        return sides.spec(
                DATABASE, DATABASE, Sides.keyed(1, DATABASE, "member", "mail"), Sides.rule(2, DATABASE, "*", "*"));
    }

    private static void awaitMore(WriteLoad load, long operations) {
        long before = load.total();
        Awaitility.await()
                .atMost(90, TimeUnit.SECONDS)
                .until(() -> !load.isRunning() || load.total() >= before + operations);
        assertThat(load.isRunning()).isTrue();
    }

    private static List<StoppedTables> stopped(MigrationSpec spec) {
        return RunningMigration.of(spec).status().orElseThrow().stopped();
    }

    private static TableParity assertEqual(MigrationSpec spec) {
        ParityReport report = RunningMigration.of(spec).verify(VerifyOptions.ALL, VerificationListener.NONE);
        assertThat(report.verdict()).as(report.toString()).isEqualTo(Verdict.EQUAL);
        return report.tables().get(0);
    }

    @Test
    @Timeout(value = 8, unit = TimeUnit.MINUTES)
    void theTargetHasOfEachKeyTheRowWithTheSmallestKeyOfTheSource(@TempDir Path directory) throws Exception {
        try (Sides sides = Sides.start(directory)) {
            sides.createDatabases(DATABASE, SCHEMA);
            MigrationSpec spec = spec(sides);
            Planning planning = RunningMigration.of(spec).plan();
            assertThat(planning.advice())
                    .anyMatch(line -> line.startsWith("KEY-SHARED public.member: several rows of colliding.member"));

            Map<String, Long> done;
            TableParity last;
            try (WriteLoad load = WriteLoad.start(
                    new WriteLoad.Target(sides.source.jdbcUrl(DATABASE), sides.source.user(), sides.source.password()),
                    3,
                    300,
                    SEED,
                    OPERATIONS)) {
                awaitMore(load, 300);
                for (FaultPoint point : List.of(
                        FaultPoint.SINK_AFTER_COPY_BEGIN, FaultPoint.SINK_WITHIN_CHUNK, FaultPoint.SINK_WITHIN_KEYS)) {
                    KilledMigration.run(spec, DATABASE, point);
                }
                try (RunningMigration running = RunningMigration.start(spec).awaitPhase(Phase.SHADOWING)) {
                    for (int round = 0; round < 3; round++) {
                        awaitMore(load, 500);
                        assertEqual(spec);
                    }
                    sides.source.execute(
                            DATABASE,
                            "set session binlog_format = 'STATEMENT'",
                            "insert into member (mail, nick) values ('unseen@x', 'one'), ('unseen@x', 'two')");
                    Awaitility.await().atMost(60, TimeUnit.SECONDS).until(() -> !stopped(spec)
                            .isEmpty());
                    running.stop();
                }
                RunningMigration.of(spec).resume(DATABASE + ".member", Duration.ZERO);
                for (FaultPoint point : List.of(
                        FaultPoint.SINK_AFTER_COPY_BEGIN,
                        FaultPoint.COPY_AFTER_END,
                        FaultPoint.RECOPY_AFTER_END,
                        FaultPoint.SINK_BEFORE_COMMIT,
                        FaultPoint.SINK_AFTER_COMMIT)) {
                    KilledMigration.run(spec, DATABASE, point);
                }
                try (RunningMigration again = RunningMigration.start(spec).awaitPhase(Phase.SHADOWING)) {
                    Awaitility.await().atMost(60, TimeUnit.SECONDS).until(() -> stopped(spec)
                            .isEmpty());
                    awaitMore(load, 300);
                    done = load.stop();
                    last = assertEqual(spec);
                    again.stop();
                }
            }

            assertThat(done.keySet())
                    .containsAll(OPERATIONS.stream().map(Weighted::kind).toList());
            assertThat(sides.assertEqual(DATABASE, "plain")).isPositive();
            long chosen = DatabaseDump.between(
                            new Relation(() -> sides.source.connect(DATABASE), DATABASE, "chosen"),
                            new Relation(() -> sides.target.connect(DATABASE), "public", "member"))
                    .assertEqual();
            assertThat(chosen).isLessThan(last.sourceRows());
            assertThat(last.caveats())
                    .singleElement()
                    .asString()
                    .startsWith("Collisions: " + (last.sourceRows() - chosen) + " rows of colliding.member share");
            assertThat(sides.onTarget(
                            DATABASE, "select indexname from pg_indexes where tablename = 'member' order by 1"))
                    .containsExactly("member_by_seat", "member_pkey");

            assertThat(RunningMigration.of(spec).planAbort(TargetTables.REMOVE).removals())
                    .extracting(Removal::object)
                    .anyMatch(object -> object.startsWith("table crossfade.rows_colliding_"));
            RunningMigration.of(spec).abort(AbortOptions.ALL, new Silent());

            sides.assertUntouched(spec.name(), DATABASE);
        }
    }
}
