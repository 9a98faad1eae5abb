package dev.crossfade.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.crossfade.model.BinlogPosition;
import dev.crossfade.model.MigrationException;
import dev.crossfade.pipeline.verification.RemotePairing;
import dev.crossfade.sink.control.VerificationBoard;
import dev.crossfade.sink.target.TargetDatabase;
import dev.crossfade.testkit.WriteLoad;
import dev.crossfade.testkit.WriteLoad.Weighted;
import dev.crossfade.verify.ParityReport;
import dev.crossfade.verify.Verdict;
import dev.crossfade.verify.VerificationListener;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Paired snapshots of a migration that is written to, and what becomes of it when those who verify misbehave. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class VerifyUnderLoadIT {
    private static final String DATABASE = "busy";
    private static final Duration ANSWER = Duration.ofSeconds(60);

    private static Sides sides;
    private static MigrationSpec spec;
    private static RunningMigration running;

    @BeforeAll
    static void startMigration(@TempDir Path directory) throws Exception {
        sides = Sides.start(directory);
        sides.createDatabases(
                DATABASE,
                "create table items (id int unsigned primary key, name varchar(50), price decimal(10,2), changed timestamp(6) null)",
                "insert into items select seq, concat('item ', seq), seq / 7, now(6) from seq_1_to_5000",
                "create table pages (site varchar(20), page int, hits bigint not null, primary key (site, page))",
                "insert into pages select concat('s', seq % 10), seq, 0 from seq_1_to_2000");
        spec = sides.spec("busy-move", DATABASE);
        running = RunningMigration.start(spec).awaitPhase(Phase.SHADOWING);
    }

    @AfterAll
    static void stopMigration() {
        running.close();
        sides.close();
    }

    private static WriteLoad load(double perSecond) {
        return WriteLoad.start(
                new WriteLoad.Target(sides.source.jdbcUrl(DATABASE), sides.source.user(), sides.source.password()),
                4,
                perSecond,
                77L,
                List.of(
                        new Weighted(
                                "reprice",
                                5,
                                (connection, random) -> run(
                                        connection,
                                        "update items set price = price + 1, changed = now(6) where id = "
                                                + random.nextInt(5_000))),
                        new Weighted(
                                "hit",
                                3,
                                (connection, random) -> run(
                                        connection,
                                        "insert into pages values ('s" + random.nextInt(10) + "', "
                                                + random.nextInt(3_000)
                                                + ", 1) on duplicate key update hits = hits + 1")),
                        new Weighted(
                                "delete",
                                1,
                                (connection, random) -> run(
                                        connection,
                                        "delete from pages where page = " + random.nextInt(3_000) + " limit 1")),
                        new Weighted(
                                "re-key",
                                1,
                                (connection, random) -> run(
                                        connection,
                                        "update ignore items set id = 10000 - id where id = "
                                                + random.nextInt(10_000)))));
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static ParityReport verify() {
        return RunningMigration.of(spec).verify(VerifyOptions.ALL, VerificationListener.NONE);
    }

    private static void assertFlows() {
        String mark = "mark " + System.nanoTime();
        sides.source.execute(
                DATABASE,
                "insert into items values (900000, '" + mark + "', 0, null)"
                        + " on duplicate key update name = values(name)");
        Awaitility.await().atMost(60, TimeUnit.SECONDS).until(() -> sides.onTarget(
                        DATABASE, "select name from items where id = 900000")
                .contains(mark));
    }

    @Test
    void alwaysFindsBothSidesEqualWhileAThousandWritesASecondCome() {
        try (WriteLoad load = load(1_000)) {
            for (int round = 0; round < 5; round++) {
                long before = load.total();
                Awaitility.await().atMost(60, TimeUnit.SECONDS).until(() -> load.total() > before + 100);

                ParityReport report = verify();

                assertThat(report.verdict()).as("round %d", round).isEqualTo(Verdict.EQUAL);
                assertThat(report.tables()).hasSize(2);
            }
            assertThat(load.stop()).containsKeys("reprice", "hit", "delete", "re-key");
        }
    }

    @Test
    void changesFlowAgainWhenTheOneWhoHoldsThemHasDied() {
        RemotePairing dying = pairing();

        dying.hold(Duration.ofSeconds(2)); // and never says another word

        assertFlows();
        assertThat(running.hasEnded()).isFalse();
        assertThat(verify().verdict()).isEqualTo(Verdict.EQUAL);
        MigrationException late = catchThrowableOfType(
                MigrationException.class, () -> dying.publishThrough(new BinlogPosition("binlog.000001", 4, "")));
        assertThat(late).hasMessageContaining("nothing was compared").hasMessageContaining("lasted longer");
        dying.resume(); // harmless now
    }

    @Test
    void whoGivesUpWaitingDoesNotEndTheHoldOfAnother() {
        RemotePairing first = pairing();
        first.hold(Duration.ofSeconds(30));
        RemotePairing impatient = new RemotePairing(
                new VerificationBoard(new TargetDatabase(spec.target()), spec.name()),
                RunningMigration.of(spec).plan().plan(),
                spec.settings().changePartitions(),
                Duration.ofMillis(300));

        MigrationException unanswered =
                catchThrowableOfType(MigrationException.class, () -> impatient.hold(Duration.ofSeconds(5)));
        MigrationException unreleased = catchThrowableOfType(MigrationException.class, impatient::resume);

        assertThat(unanswered).hasMessageContaining("no answer");
        assertThat(unreleased).hasMessageContaining("no answer");
        first.publishThrough(logEnd());
        first.resume();
        assertFlows();
    }

    @Test
    void aHoldOutlivesALostConnectionToTheSource() {
        RemotePairing pairing = pairing();
        pairing.hold(Duration.ofSeconds(30));
        String marker = lastMarker();
        // From then on until the end of the hold nobody but the hold needs the connection.
        Awaitility.await().atMost(20, TimeUnit.SECONDS).until(() -> !lastMarker()
                .equals(marker));
        BinlogPosition end = logEnd();
        sides.source.execute(
                DATABASE,
                "begin not atomic for idle in (select id from information_schema.processlist where command = 'Sleep'"
                        + " and id <> connection_id() and db = '" + DATABASE
                        + "') do execute immediate concat('kill ', idle.id); end for; end");

        pairing.publishThrough(end);

        pairing.resume();
        assertFlows();
    }

    private static String lastMarker() {
        return String.join("", sides.onSource(DATABASE, "select token from crossfade_marker where purpose = 'fence'"));
    }

    @Test
    void twoVerificationsAtOnceBothEnd() throws Exception {
        ExecutorService two = Executors.newFixedThreadPool(2);
        try (WriteLoad load = load(100)) {
            Future<ParityReport> one = two.submit(VerifyUnderLoadIT::verify);
            Future<ParityReport> other = two.submit(VerifyUnderLoadIT::verify);

            assertThat(one.get(90, TimeUnit.SECONDS).verdict()).isEqualTo(Verdict.EQUAL);
            assertThat(other.get(90, TimeUnit.SECONDS).verdict()).isEqualTo(Verdict.EQUAL);

            load.stop();
        } finally {
            two.shutdownNow();
        }
        assertFlows();
    }

    private static RemotePairing pairing() {
        return new RemotePairing(
                new VerificationBoard(new TargetDatabase(spec.target()), spec.name()),
                RunningMigration.of(spec).plan().plan(),
                spec.settings().changePartitions(),
                ANSWER);
    }

    private static BinlogPosition logEnd() {
        try (Connection connection = sides.source.connect(DATABASE);
                Statement statement = connection.createStatement();
                var row = statement.executeQuery("show master status")) {
            row.next();
            return new BinlogPosition(row.getString(1), row.getLong(2), "");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
