package dev.crossfade.pipeline.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.broker.EmbeddedBroker;
import dev.crossfade.model.Faults;
import dev.crossfade.model.TopicNames;
import dev.crossfade.pipeline.KafkaSource;
import dev.crossfade.pipeline.LogEnds;
import dev.crossfade.pipeline.Migration;
import dev.crossfade.pipeline.MigrationSpec;
import dev.crossfade.pipeline.MigrationStatus;
import dev.crossfade.pipeline.Phase;
import dev.crossfade.pipeline.VerifyOptions;
import dev.crossfade.testkit.ChildProcess;
import dev.crossfade.testkit.MariaDbServer;
import dev.crossfade.testkit.PostgresServer;
import dev.crossfade.testkit.TcpProxy;
import dev.crossfade.testkit.WriteLoad;
import dev.crossfade.verify.ParityReport;
import dev.crossfade.verify.Verdict;
import dev.crossfade.verify.VerificationListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * One migration under load: both servers and a broker in this process, a proxy in front of each, and the child that runs the migration
 * between them. One thread.
 */
final class ChaosStage implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Duration END_WITHIN = Duration.ofMinutes(1);

    final MariaDbServer source;
    final PostgresServer target;
    final TcpProxy wayToSource;
    final TcpProxy wayToTarget;
    final TcpProxy wayToBroker;
    final Keeper keeper;
    /** How long a process stands still after another one has taken over. */
    final Duration suspension;

    /** Where the broker keeps the log. */
    final Path brokerDirectory;

    private final int brokerPort = freePort();
    private final WriteLoad load;
    private @Nullable EmbeddedBroker broker; // null while it is stopped

    private ChaosStage(
            MariaDbServer source, PostgresServer target, Path brokerDirectory, long seed, Duration suspension) {
        this.source = source;
        this.target = target;
        this.wayToSource = TcpProxy.before(source.port());
        this.wayToTarget = TcpProxy.before(target.port());
        this.wayToBroker = TcpProxy.before(brokerPort);
        this.brokerDirectory = brokerDirectory;
        this.suspension = suspension;
        startBroker();
        this.load = Bank.load(source, RunInChild.DATABASE, seed);
        this.keeper = Keeper.of(this::child);
    }

    /** New servers and a full source that is written to; the keeper has no child yet. */
    static ChaosStage start(Path brokerDirectory, long seed, Duration suspension) {
        MariaDbServer source = MariaDbServer.start();
        PostgresServer target = PostgresServer.start();
        Bank.create(source, RunInChild.DATABASE);
        target.createDatabase(RunInChild.DATABASE);
        return new ChaosStage(source, target, brokerDirectory, seed, suspension);
    }

    private ChildProcess.Builder child() {
        return childWith(bootstrapServers());
    }

    /** A child that runs the broker itself, in the same directory; this stage's must be stopped. */
    ChildProcess.Builder childWithOwnBroker() {
        return childWith(brokerDirectory.toString());
    }

    private ChildProcess.Builder childWith(String kafka) {
        return ChildProcess.running(RunInChild.class)
                .jvmArgument("-Xmx512m")
                .jvmArgument("-XX:TieredStopAtLevel=1")
                .arguments(
                        source.jdbcUrl(RunInChild.DATABASE)
                                .replace(":" + source.port() + "/", ":" + wayToSource.port() + "/"),
                        target.jdbcUrl(RunInChild.DATABASE)
                                .replace(":" + target.port() + "/", ":" + wayToTarget.port() + "/"),
                        kafka);
    }

    private String bootstrapServers() {
        return "127.0.0.1:" + wayToBroker.port();
    }

    private Map<String, String> kafka() {
        return Map.of("bootstrap.servers", bootstrapServers());
    }

    private MigrationSpec spec() {
        return RunInChild.spec(source.jdbcUrl(RunInChild.DATABASE), target.jdbcUrl(RunInChild.DATABASE));
    }

    /** The migration as another process sees it. */
    Migration fromOutside() {
        return Migration.of(spec().withKafka(kafka()), KafkaSource.at(kafka()), Faults.NONE);
    }

    /** Lets the migration and the load go on for a while. The moment of what follows is random: nothing is waited for. */
    static void letPass(Duration time) throws InterruptedException {
        boolean unused = new CountDownLatch(1).await(time.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Nothing is written on the source until {@link #resumeLoad}: for times in which nobody follows it, which only piles up work. */
    void pauseLoad() {
        load.pause();
    }

    void resumeLoad() {
        load.resume();
    }

    void stopBroker() {
        if (broker != null) {
            broker.close();
        }
        broker = null;
    }

    void startBroker() {
        broker = EmbeddedBroker.startBehind(brokerDirectory, brokerPort, wayToBroker.port());
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** By partition of the rows, how far the target has applied them. */
    Map<Integer, Long> applied() {
        Map<Integer, Long> positions = new TreeMap<>();
        onTarget("select partition || ' ' || position from crossfade.progress where topic = '"
                        + new TopicNames(RunInChild.MIGRATION).rows() + "'")
                .forEach(row -> {
                    String[] fields = row.split(" ", -1);
                    positions.put(Integer.valueOf(fields[0]), Long.valueOf(fields[1]));
                });
        return positions;
    }

    /** By partition, where the log of the rows ends now. */
    Map<Integer, Long> ends() throws ExecutionException, InterruptedException {
        return LogEnds.of(kafka(), new TopicNames(RunInChild.MIGRATION).rows());
    }

    /** How much capture has written: records of its changes and of its positions, with the markers of its transactions. */
    long writtenByCapture() throws ExecutionException, InterruptedException {
        TopicNames topics = new TopicNames(RunInChild.MIGRATION);
        return Stream.of(
                        LogEnds.of(kafka(), topics.changes()).values(),
                        LogEnds.of(kafka(), topics.positions()).values())
                .flatMap(Collection::stream)
                .mapToLong(Long::longValue)
                .sum();
    }

    /** Waits until the target has applied, in one partition at least, more than up to that position. */
    void awaitAppliedBehind(Map<Integer, Long> positions, Duration atMost) {
        Awaitility.await("the target moves on").atMost(atMost).until(() -> applied().entrySet().stream()
                .anyMatch(applied -> applied.getValue() > positions.getOrDefault(applied.getKey(), Long.MAX_VALUE)));
    }

    /** All that Crossfade has on the target but who runs it. */
    List<String> targetState() {
        List<String> state = new ArrayList<>(onTarget("""
                select 'progress ' || t::text from crossfade.progress t
                union all select 'log ' || t::text from crossfade.log t
                union all select 'chunk ' || t::text from crossfade.chunk t
                union all select 'fence ' || t::text from crossfade.fence t
                order by 1"""));
        for (String table : Bank.TABLES) {
            state.addAll(onTarget("select '" + table + " ' || count(*) || ' ' || sum(hashtext(t::text)::bigint) from "
                    + table + " t"));
        }
        return state;
    }

    private List<String> onTarget(String sql) {
        try (Connection connection = target.connect(RunInChild.DATABASE);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            List<String> rows = new ArrayList<>();
            while (row.next()) {
                rows.add(String.valueOf(row.getString(1)));
            }
            return rows;
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /**
     * Both sides hold the same, by the product's verification behind an exact fence, and by a dump that knows nothing of it while the
     * load pauses; and the change topics hold every row event of the source's log once and in order.
     */
    void assertEqual(Laps laps) throws SQLException {
        keeper.awaitPhase(Phase.SHADOWING, PATIENCE);
        Awaitility.await("the run holds its lock")
                .atMost(PATIENCE)
                .until(() ->
                        fromOutside().status().filter(MigrationStatus::running).isPresent());
        laps.lap("shadowing again");
        load.pause();
        assertThat(load.isRunning()).as("the write load goes on").isTrue();
        ParityReport report = fromOutside().verify(VerifyOptions.ALL, VerificationListener.NONE);
        assertThat(report.verdict()).as(report.toString()).isEqualTo(Verdict.EQUAL);
        laps.lap("verified");
        CrashIT.assertDatabasesAreEqual(source, target);
        CrashIT.assertAppendOnlyTableHasNoRowTwice(target);
        laps.lap("dumped");
        CrashIT.assertChangeTopicsHoldTheBinlogExactlyOnce(source, spec(), kafka());
        laps.lap("topics read");
        load.resume();
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
        stopBroker();
        wayToBroker.close();
        wayToSource.close();
        wayToTarget.close();
        target.close();
        source.close();
    }
}
