package dev.crossfade.bench;

import dev.crossfade.bench.StageClock.Stages;
import dev.crossfade.capture.source.MarkerTable;
import dev.crossfade.capture.source.SourceDatabase;
import dev.crossfade.pipeline.Phase;
import dev.crossfade.sink.control.FenceBoard;
import dev.crossfade.sink.target.TargetDatabase;
import dev.crossfade.sink.target.TargetPool;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.LogManager;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How many rows of tables without an order group go through in a second: by the backfill, and as changes. */
@Command(
        name = "bench/run throughput",
        mixinStandardHelpOptions = true,
        header = "Measures how many rows a second are copied, and how many changes are followed.",
        description = {
            "Each round starts a MariaDB, a PostgreSQL and a Kafka of its own and moves a shop until the target follows the source:"
                    + " that is the backfill, from an empty target until the keys are built. Then it locks the target's table, so that"
                    + " the sink stands still, writes changes as fast as the source takes them, waits until all of them are mapped, and"
                    + " gives the table free.",
            "",
            "Exit code: 0, 2 for an unknown option, 70 if nothing could be measured."
        })
public final class ThroughputBench implements Callable<Integer> {
    private static final int BUG = 70;
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final int CONNECTIONS = 1;

    private final PrintStream out = System.out;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--rows", paramLabel = "N", description = "Rows of the shop. Default: ${DEFAULT-VALUE}.")
    private int rows = 400_000;

    @Option(
            names = "--changes",
            paramLabel = "N",
            description =
                    "Changes after that; at most two thirds of the rows, in thousands that four divides. Default: ${DEFAULT-VALUE}.")
    private int changes = 120_000;

    @Option(names = "--rounds", paramLabel = "N", description = "Rounds that count. Default: ${DEFAULT-VALUE}.")
    private int rounds = 3;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            description = "Rounds before them that do not count. Default: ${DEFAULT-VALUE}.")
    private int warmUp = 1;

    @Option(names = "--fsync", description = "Let both databases force every commit to disk; the embedded ones do not.")
    private boolean fsync;

    /** Measures, and ends the process with the exit code. */
    public static void main(String[] arguments) {
        LogManager.getLogManager().reset(); // as in the other benchmark
        int exitCode = new CommandLine(new ThroughputBench())
                .setExitCodeExceptionMapper(failure -> BUG)
                .execute(arguments);
        System.exit(exitCode);
    }

    @Override
    public Integer call() throws InterruptedException, SQLException {
        if (rounds < 1 || warmUp < 0) {
            throw new ParameterException(spec.commandLine(), "--rounds must be at least 1, --warm-up at least 0");
        }
        LedgerShop ledger = new LedgerShop(rows);
        Burst burst = burst(ledger);
        List<Rates> counted = new ArrayList<>();
        String loadBefore = Machine.load();
        Durability durability = fsync ? Durability.DISK : Durability.PROCESS;
        for (int round = 0; round < warmUp + rounds; round++) {
            try (ShadowedShop shop = new ShadowedShop(ledger, durability)) {
                if (round == 0) {
                    out.print(shop.description(durability, loadBefore));
                }
                Rates rates = measure(shop, burst);
                if (round >= warmUp) {
                    counted.add(rates);
                }
            }
        }
        Rates.table(counted).forEach(out::println);
        out.printf("%n%d rows, %d changes; load after %s%n", rows, changes, Machine.load());
        return CommandLine.ExitCode.OK;
    }

    private Burst burst(LedgerShop ledger) {
        try {
            return new Burst(changes, ledger.orders());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--changes and --rows do not fit: " + e.getMessage(), e);
        }
    }

    private Rates measure(ShadowedShop shop, Burst burst) throws InterruptedException, SQLException {
        shop.moveUntilShadowing();
        Duration backfill = shop.between(Phase.BACKFILLING, Phase.CATCHING_UP);
        try (StageClock clock = new StageClock(shop.kafka(), shop.topics(), shop.changePartitions());
                Connection source = SourceDatabase.of(shop.sourceAccess()).openForWriting();
                TargetPool target = new TargetDatabase(shop.targetAccess()).pool(CONNECTIONS)) {
            clock.start();
            long mapping;
            long freeAt;
            String token = "bench-" + UUID.randomUUID();
            try (Connection lock = shop.target().connect(LedgerShop.DATABASE)) {
                lockOrders(lock);
                long begunAt = System.nanoTime();
                burst.writeTo(shop.source());
                new MarkerTable(LedgerShop.DATABASE).write(source, ShadowedShop.MIGRATION, MarkerTable.FENCE, token);
                mapping = awaitRows(clock, token).rowsAtNanos() - begunAt;
                freeAt = System.nanoTime();
                lock.rollback();
            }
            new FenceBoard(target, ShadowedShop.MIGRATION, shop.changePartitions()).awaitPassed(token, PATIENCE);
            long applying = System.nanoTime() - freeAt;
            requireSameOrders(shop);
            return new Rates(
                    perSecond(rows, backfill.toNanos()), perSecond(changes, mapping), perSecond(changes, applying));
        }
    }

    private static double perSecond(int count, long nanos) {
        return count * 1e9 / nanos;
    }

    private static void lockOrders(Connection target) throws SQLException {
        target.setAutoCommit(false);
        try (Statement statement = target.createStatement()) {
            statement.execute("lock table public.orders in access exclusive mode");
        }
    }

    private static Stages awaitRows(StageClock clock, String token) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() - deadline < 0) {
            Optional<Stages> stages = clock.stages(token);
            if (stages.isPresent()) {
                return stages.get();
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
        throw new IllegalStateException("the changes are not mapped after " + PATIENCE);
    }

    /** What was fast and wrong does not count. */
    private static void requireSameOrders(ShadowedShop shop) throws SQLException {
        try (Connection source = shop.source().connect(LedgerShop.DATABASE);
                Connection target = shop.target().connect(LedgerShop.DATABASE)) {
            String onSource = orders(source, "orders");
            String onTarget = orders(target, "public.orders");
            if (!onSource.equals(onTarget)) {
                throw new IllegalStateException("the source has " + onSource + ", the target has " + onTarget);
            }
        }
    }

    private static String orders(Connection server, String table) throws SQLException {
        try (Statement statement = server.createStatement();
                ResultSet row = statement.executeQuery(
                        "select count(*), sum(revision), sum(id), sum(length(note)) from " + table)) {
            row.next();
            return row.getLong(1) + " orders with " + row.getLong(2) + " revisions, ids that sum up to "
                    + row.getLong(3) + " and notes of " + row.getLong(4) + " letters";
        }
    }
}
