package dev.crossfade.pipeline.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.broker.EmbeddedBroker;
import dev.crossfade.model.FaultPoint;
import dev.crossfade.model.Faults;
import dev.crossfade.pipeline.KafkaSource;
import dev.crossfade.pipeline.Migration;
import dev.crossfade.pipeline.MigrationSpec;
import dev.crossfade.pipeline.VerifyOptions;
import dev.crossfade.pipeline.plan.Planning;
import dev.crossfade.testkit.BinlogOracle;
import dev.crossfade.testkit.ChildProcess;
import dev.crossfade.testkit.DatabaseDump;
import dev.crossfade.testkit.DatabaseDump.Relation;
import dev.crossfade.testkit.KillingFaults;
import dev.crossfade.testkit.MariaDbServer;
import dev.crossfade.testkit.PostgresServer;
import dev.crossfade.testkit.WriteLoad;
import dev.crossfade.verify.ParityReport;
import dev.crossfade.verify.Verdict;
import dev.crossfade.verify.VerificationListener;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kills the process that runs a migration, with SIGKILL, at every fault point and at random moments, while the source is written.
 * Then the databases must be equal, and the change topics must hold every row event of the binlog exactly once and in order, because
 * upserts would hide what came twice. The seed is printed; {@code -Dcrossfade.seed=N} gives it, {@code -Dcrossfade.kills=N} the
 * number of random kills.
 */
class CrashIT {
    private static final Logger log = LoggerFactory.getLogger(CrashIT.class);
    private static final Duration REACHED_WITHIN = Duration.ofMinutes(5);
    /** The load goes on through all the kills, most of which leave little time to apply anything. */
    private static final Duration CAUGHT_UP_WITHIN = Duration.ofMinutes(15);

    private static final int RANDOM_KILLS = Integer.getInteger("crossfade.kills", 20);

    /** A fault point, and at which arrival at most the process is killed there. */
    private record Kill(FaultPoint point, int latest) {}

    /** In the order in which a migration reaches them for the last time; killed at one, the next run goes on to the next. */
    private static final List<Kill> KILLS = List.of(
            new Kill(FaultPoint.PIPELINE_AFTER_TOPICS, 1),
            new Kill(FaultPoint.CAPTURE_AFTER_MARKER_TABLE, 1),
            new Kill(FaultPoint.CAPTURE_AFTER_FIRST_POSITION, 1),
            new Kill(FaultPoint.PIPELINE_AFTER_PHASE, 1),
            new Kill(FaultPoint.BACKFILL_BEFORE_PLAN_COMMIT, 1),
            new Kill(FaultPoint.BACKFILL_AFTER_PLAN_COMMIT, 1),
            new Kill(FaultPoint.BACKFILL_WITHIN_CHUNK, 1),
            new Kill(FaultPoint.BACKFILL_BEFORE_CHUNK_COMMIT, 2),
            new Kill(FaultPoint.BACKFILL_AFTER_CHUNK_COMMIT, 2),
            new Kill(FaultPoint.COPY_AFTER_BEGIN, 1),
            new Kill(FaultPoint.SINK_AFTER_COPY_BEGIN, 1),
            new Kill(FaultPoint.SINK_WITHIN_CHUNK, 2),
            new Kill(FaultPoint.SINK_BEFORE_CHUNK_COMMIT, 2),
            new Kill(FaultPoint.SINK_AFTER_CHUNK_COMMIT, 2),
            new Kill(FaultPoint.PIPELINE_AFTER_CHUNKS_DELETED, 1),
            new Kill(FaultPoint.COPY_BEFORE_END_COMMIT, 1),
            new Kill(FaultPoint.COPY_AFTER_END, 1),
            new Kill(FaultPoint.SINK_WITHIN_KEYS, 1),
            new Kill(FaultPoint.PIPELINE_AFTER_PHASE, 1),
            new Kill(FaultPoint.SINK_WITHIN_INDEXES, 1),
            new Kill(FaultPoint.PIPELINE_AFTER_PHASE, 1),
            new Kill(FaultPoint.CAPTURE_BEFORE_COMMIT, 20),
            new Kill(FaultPoint.CAPTURE_AFTER_COMMIT, 20),
            new Kill(FaultPoint.CAPTURE_BEFORE_FENCE_COMMIT, 2),
            new Kill(FaultPoint.TRANSFORM_WITHIN_TRANSACTION, 300),
            new Kill(FaultPoint.TRANSFORM_AFTER_COMMIT, 10),
            new Kill(FaultPoint.SINK_AFTER_PROGRESS, 20),
            new Kill(FaultPoint.SINK_WITHIN_ACTIONS, 5),
            new Kill(FaultPoint.SINK_BEFORE_COMMIT, 20),
            new Kill(FaultPoint.SINK_AFTER_COMMIT, 20));

    private final Path directory;

    CrashIT(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    @Timeout(value = 60, unit = TimeUnit.MINUTES)
    void nothingIsLostDoubledOrDisorderedWhereverTheProcessIsKilled() throws Exception {
        long seed = Long.getLong("crossfade.seed", new Random().nextLong());
        log.atInfo()
                .addKeyValue("seed", seed)
                .addKeyValue("randomKills", RANDOM_KILLS)
                .log("crash test");
        Random random = new Random(seed);
        assertThat(EnumSet.complementOf(EnumSet.copyOf(points())))
                .as("fault points at which nothing is killed")
                .isEmpty();
        try (MariaDbServer source = MariaDbServer.start();
                PostgresServer target = PostgresServer.start()) {
            Bank.create(source, RunInChild.DATABASE);
            target.createDatabase(RunInChild.DATABASE);
            try (WriteLoad load = Bank.load(source, RunInChild.DATABASE, seed)) {
                for (Kill kill : KILLS) {
                    killAt(kill.point() + ":" + (1 + random.nextInt(kill.latest())), source, target);
                }
                for (int i = 0; i < RANDOM_KILLS; i++) {
                    killAtRandom(random, source, target);
                }
                assertThat(load.isRunning()).as("the write load went on").isTrue();
                log.atInfo().addKeyValue("writes", load.stop()).log("load stopped");
            }
            finish(source, target);
            assertDatabasesAreEqual(source, target);
            assertAppendOnlyTableHasNoRowTwice(target);
            assertChangeTopicsHoldTheBinlogExactlyOnce(source, target);
        }
    }

    /** At which a run is killed. */
    static Set<FaultPoint> pointsOfRun() {
        Set<FaultPoint> points = EnumSet.noneOf(FaultPoint.class);
        KILLS.forEach(kill -> points.add(kill.point()));
        return points;
    }

    private static Set<FaultPoint> points() {
        Set<FaultPoint> points = pointsOfRun();
        points.addAll(EnumSet.range(FaultPoint.ABORT_AFTER_MARK, FaultPoint.ABORT_AFTER_STATE)); // AbortIT kills there
        points.addAll(EnumSet.range(FaultPoint.SINK_BEFORE_STOP_COMMIT, FaultPoint.REPLAY_AFTER_RELEASE)); // StopIT
        return points;
    }

    private ChildProcess.Builder child(MariaDbServer source, PostgresServer target) {
        return ChildProcess.running(RunInChild.class)
                .jvmArgument("-Xmx512m")
                .jvmArgument("-XX:TieredStopAtLevel=1")
                .arguments(
                        source.jdbcUrl(RunInChild.DATABASE),
                        target.jdbcUrl(RunInChild.DATABASE),
                        directory.resolve("kafka").toString());
    }

    private void killAt(String faultPoint, MariaDbServer source, PostgresServer target) {
        try (ChildProcess child = child(source, target)
                .systemProperty(KillingFaults.PROPERTY, faultPoint)
                .start()) {
            int exit = child.awaitExit(REACHED_WITHIN);
            assertThat(exit)
                    .as("killed at %s; the child said:%n%s", faultPoint, String.join("\n", child.output()))
                    .isEqualTo(ChildProcess.KILLED);
            log.atInfo().addKeyValue("at", faultPoint).log("killed");
        }
    }

    private void killAtRandom(Random random, MariaDbServer source, PostgresServer target) throws InterruptedException {
        boolean onceItApplies = random.nextBoolean();
        long millis = random.nextInt(onceItApplies ? 2_000 : 6_000);
        try (ChildProcess child = child(source, target).start()) {
            if (onceItApplies) {
                child.awaitLine("applying"::equals, REACHED_WITHIN);
            }
            // The moment is what is random here: nothing is waited for.
            boolean unused = new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
            assertThat(child.isAlive())
                    .as("still alive; the child said:%n%s", String.join("\n", child.output()))
                    .isTrue();
            child.kill();
            log.atInfo()
                    .addKeyValue("afterMillis", millis)
                    .addKeyValue("onceItApplies", onceItApplies)
                    .log("killed at random");
        }
    }

    /** One more run, without a kill; verified by the product, which waits for an exact fence, and then stopped. */
    private void finish(MariaDbServer source, PostgresServer target) throws InterruptedException {
        MigrationSpec spec = RunInChild.spec(source.jdbcUrl(RunInChild.DATABASE), target.jdbcUrl(RunInChild.DATABASE));
        Migration fromOutside = Migration.of(spec, KafkaSource.at(Map.of()), Faults.NONE);
        try (ChildProcess child = child(source, target).start()) {
            child.awaitLine("caught up"::equals, CAUGHT_UP_WITHIN);
            ParityReport report = fromOutside.verify(VerifyOptions.ALL, VerificationListener.NONE);
            assertThat(report.verdict()).as(report.toString()).isEqualTo(Verdict.EQUAL);
            assertThat(fromOutside.stop(Duration.ofMinutes(1))).isTrue();
            assertThat(child.awaitExit(Duration.ofMinutes(1)))
                    .as("the child said:%n%s", String.join("\n", child.output()))
                    .isZero();
        }
    }

    static void assertDatabasesAreEqual(MariaDbServer source, PostgresServer target) {
        for (String table : Bank.TABLES) {
            long rows = DatabaseDump.between(
                            new Relation(() -> source.connect(RunInChild.DATABASE), RunInChild.DATABASE, table),
                            new Relation(() -> target.connect(RunInChild.DATABASE), "public", table))
                    .assertEqual();
            log.atInfo().addKeyValue("table", table).addKeyValue("rows", rows).log("equal by the independent dump");
        }
    }

    static void assertAppendOnlyTableHasNoRowTwice(PostgresServer target) throws SQLException {
        try (Connection connection = target.connect(RunInChild.DATABASE);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select count(*) - count(distinct id) from public.journal")) {
            row.next();
            assertThat(row.getLong(1)).isZero();
        }
    }

    private void assertChangeTopicsHoldTheBinlogExactlyOnce(MariaDbServer source, PostgresServer target) {
        try (EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("kafka"))) {
            assertChangeTopicsHoldTheBinlogExactlyOnce(
                    source,
                    RunInChild.spec(source.jdbcUrl(RunInChild.DATABASE), target.jdbcUrl(RunInChild.DATABASE)),
                    Map.of("bootstrap.servers", broker.bootstrapServers()));
        }
    }

    static void assertChangeTopicsHoldTheBinlogExactlyOnce(
            MariaDbServer source, MigrationSpec spec, Map<String, String> kafka) {
        Planning planning = Migration.of(spec.withKafka(kafka), KafkaSource.at(kafka), Faults.NONE)
                .plan();
        Map<String, List<String>> expected =
                ChangeTopic.expected(BinlogOracle.read(source, RunInChild.DATABASE), ChangeTopic.start(kafka));
        Map<String, List<String>> seen = ChangeTopic.histories(
                kafka, planning.plan(), planning.partitioning(spec.settings()).total());
        log.atInfo()
                .addKeyValue("keys", seen.size())
                .addKeyValue(
                        "changes", seen.values().stream().mapToInt(List::size).sum())
                .log("changes in the topics");
        assertThat(expected).as("row events of the binlog since capture began").isNotEmpty();
        assertThat(ChangeTopic.differences(expected, seen)).isEmpty();
    }
}
