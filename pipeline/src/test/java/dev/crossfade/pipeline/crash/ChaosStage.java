package dev.crossfade.pipeline.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.broker.EmbeddedBroker;
import dev.crossfade.model.Faults;
import dev.crossfade.pipeline.KafkaSource;
import dev.crossfade.pipeline.Migration;
import dev.crossfade.pipeline.MigrationSpec;
import dev.crossfade.pipeline.VerifyOptions;
import dev.crossfade.testkit.ChildProcess;
import dev.crossfade.testkit.MariaDbServer;
import dev.crossfade.testkit.PostgresServer;
import dev.crossfade.testkit.TcpProxy;
import dev.crossfade.testkit.WriteLoad;
import dev.crossfade.verify.ParityReport;
import dev.crossfade.verify.Verdict;
import dev.crossfade.verify.VerificationListener;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * One migration under load: both servers, a proxy in front of each, a broker in this process, and the child that runs the migration
 * between them. One thread.
 */
final class ChaosStage implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Duration END_WITHIN = Duration.ofMinutes(1);

    final MariaDbServer source;
    final PostgresServer target;
    final TcpProxy wayToSource;
    final TcpProxy wayToTarget;
    final Keeper keeper;
    /** How long a process stands still after another one has taken over. */
    final Duration suspension;

    private final Path brokerDirectory;
    private final WriteLoad load;
    private EmbeddedBroker broker;

    private ChaosStage(
            MariaDbServer source, PostgresServer target, Path brokerDirectory, long seed, Duration suspension) {
        this.source = source;
        this.target = target;
        this.wayToSource = TcpProxy.before(source.port());
        this.wayToTarget = TcpProxy.before(target.port());
        this.brokerDirectory = brokerDirectory;
        this.suspension = suspension;
        this.broker = EmbeddedBroker.start(brokerDirectory);
        this.load = Bank.load(source, RunInChild.DATABASE, seed);
        this.keeper = Keeper.of(this::child);
    }

    /** New servers, a full source that is written to, and a migration that has just begun. */
    static ChaosStage start(Path brokerDirectory, long seed, Duration suspension) {
        MariaDbServer source = MariaDbServer.start();
        PostgresServer target = PostgresServer.start();
        Bank.create(source, RunInChild.DATABASE);
        target.createDatabase(RunInChild.DATABASE);
        return new ChaosStage(source, target, brokerDirectory, seed, suspension);
    }

    private ChildProcess.Builder child() {
        return ChildProcess.running(RunInChild.class)
                .jvmArgument("-Xmx512m")
                .jvmArgument("-XX:TieredStopAtLevel=1")
                .arguments(
                        source.jdbcUrl(RunInChild.DATABASE)
                                .replace(":" + source.port() + "/", ":" + wayToSource.port() + "/"),
                        target.jdbcUrl(RunInChild.DATABASE)
                                .replace(":" + target.port() + "/", ":" + wayToTarget.port() + "/"),
                        broker.bootstrapServers());
    }

    private MigrationSpec spec() {
        return RunInChild.spec(source.jdbcUrl(RunInChild.DATABASE), target.jdbcUrl(RunInChild.DATABASE));
    }

    private Migration fromOutside() {
        return Migration.of(spec(), KafkaSource.at(Map.of()), Faults.NONE);
    }

    /** Lets the migration and the load go on for a while. The moment of what follows is random: nothing is waited for. */
    static void letPass(Duration time) throws InterruptedException {
        boolean unused = new CountDownLatch(1).await(time.toMillis(), TimeUnit.MILLISECONDS);
    }

    void restartBroker(Duration pause) throws InterruptedException {
        int port = Integer.parseInt(
                broker.bootstrapServers().substring(broker.bootstrapServers().lastIndexOf(':') + 1));
        broker.close();
        letPass(pause);
        broker = EmbeddedBroker.start(brokerDirectory, port);
    }

    /**
     * Both sides hold the same, by the product's verification behind an exact fence, and by a dump that knows nothing of it while the
     * load pauses.
     */
    void assertEqual(Also also) throws SQLException {
        keeper.awaitLine("phase SHADOWING", PATIENCE);
        load.pause();
        assertThat(load.isRunning()).as("the write load goes on").isTrue();
        ParityReport report = fromOutside().verify(VerifyOptions.ALL, VerificationListener.NONE);
        assertThat(report.verdict()).as(report.toString()).isEqualTo(Verdict.EQUAL);
        CrashIT.assertDatabasesAreEqual(source, target);
        CrashIT.assertAppendOnlyTableHasNoRowTwice(target);
        if (also == Also.TOPICS) {
            CrashIT.assertChangeTopicsHoldTheBinlogExactlyOnce(
                    source, spec(), Map.of("bootstrap.servers", broker.bootstrapServers()));
        }
        load.resume();
    }

    /** What is compared beside the databases. */
    enum Also {
        NOTHING,
        /** The topics hold every row event of the source's log once and in order. */
        TOPICS
    }

    /** Ends the load and the migration in good order. */
    void finish() throws InterruptedException {
        load.stop();
        ChildProcess last = keeper.present();
        keeper.keepNoLonger();
        assertThat(fromOutside().stop(END_WITHIN)).isTrue();
        assertThat(last.awaitExit(END_WITHIN)).isZero();
    }

    @Override
    public void close() {
        keeper.close();
        load.close();
        broker.close();
        wayToSource.close();
        wayToTarget.close();
        target.close();
        source.close();
    }
}
