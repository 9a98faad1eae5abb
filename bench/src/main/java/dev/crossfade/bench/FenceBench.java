package dev.crossfade.bench;

import dev.crossfade.bench.FenceTimes.Timed;
import dev.crossfade.testkit.WriteLoad;
import java.io.PrintStream;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.logging.LogManager;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * How long a fence takes while the source is written: from the marker's COMMIT on the source until the target is known to have
 * everything that was committed before it.
 */
@Command(
        name = "bench/run fence",
        mixinStandardHelpOptions = true,
        header = "Measures how long a fence takes while the source is written.",
        description = {
            "Starts a MariaDB, a PostgreSQL and a Kafka of its own, moves a small shop until the target follows the source, keeps"
                    + " writing to it, and makes fences one after the other.",
            "",
            "Exit code: 0 if the 99th percentile is under " + FenceBench.LIMIT_MILLIS
                    + " ms, 1 if not, 2 for an unknown option, 70 if nothing could be measured."
        })
public final class FenceBench implements Callable<Integer> {
    /** What the design promises. */
    static final int LIMIT_MILLIS = 500;

    private static final int TOO_SLOW = 1;
    private static final int BUG = 70;
    private static final int FEWEST_ROWS = 100;

    private final PrintStream out = System.out;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--fences", paramLabel = "N", description = "Fences that count. Default: ${DEFAULT-VALUE}.")
    private int fences = 200;

    @Option(
            names = "--writes-per-second",
            paramLabel = "N",
            description = "Transactions that the source commits each second. Default: ${DEFAULT-VALUE}.")
    private int writesPerSecond = 1_000;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            description = "Fences before them, under the same load, that do not count. Default: ${DEFAULT-VALUE}.")
    private int warmUp = 100;

    @Option(
            names = "--gap-millis",
            paramLabel = "MS",
            description = "Pause between a fence and the next. Default: ${DEFAULT-VALUE}.")
    private int gapMillis = 37; // no divisor of any interval in the pipeline

    @Option(names = "--rows", paramLabel = "N", description = "Rows of the shop. Default: ${DEFAULT-VALUE}.")
    private int rows = 20_000;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "What the writes are drawn from. Default: ${DEFAULT-VALUE}.")
    private long seed = 1;

    @Option(names = "--fsync", description = "Let both databases force every commit to disk; the embedded ones do not.")
    private boolean fsync;

    @Option(
            names = "--stages",
            description =
                    "Also show where the time goes. Another reader of both topics, which takes a little time itself.")
    private boolean stages;

    /** Measures, and ends the process with the exit code. */
    public static void main(String[] arguments) {
        LogManager.getLogManager()
                .reset(); // Debezium's binlog client logs to java.util.logging, which writes to the console
        int exitCode = new CommandLine(new FenceBench())
                .setExitCodeExceptionMapper(failure -> BUG)
                .execute(arguments);
        System.exit(exitCode);
    }

    @Override
    public Integer call() throws InterruptedException, SQLException {
        requireAtLeast("--fences", fences, 1);
        requireAtLeast("--writes-per-second", writesPerSecond, 1);
        requireAtLeast("--warm-up", warmUp, 0);
        requireAtLeast("--gap-millis", gapMillis, 0);
        requireAtLeast("--rows", rows, FEWEST_ROWS);
        LedgerShop ledger = new LedgerShop(rows);
        String loadBefore = Machine.load();
        Durability durability = fsync ? Durability.DISK : Durability.PROCESS;
        try (ShadowedShop shop = new ShadowedShop(ledger, durability)) {
            out.print(shop.description(durability, loadBefore));
            shop.moveUntilShadowing();
            try (WriteLoad writes = ledger.startWriting(shop.source(), writesPerSecond, seed)) {
                return stages ? measureStages(shop, writes) : measure(shop, writes);
            }
        }
    }

    private void requireAtLeast(String option, int value, int least) {
        if (value < least) {
            throw new ParameterException(spec.commandLine(), option + " is " + value + ", must be at least " + least);
        }
    }

    private int measureStages(ShadowedShop shop, WriteLoad writes) throws InterruptedException {
        try (StageClock clock = new StageClock(shop.kafka(), shop.topics(), shop.changePartitions())) {
            clock.start();
            Measured measured = measured(shop, writes);
            List<String> table = FenceTable.of(measured.fences());
            table.forEach(out::println);
            FenceTable.stages(measured.fences(), clock::stages).forEach(out::println);
            return verdict(measured);
        }
    }

    private int measure(ShadowedShop shop, WriteLoad writes) throws InterruptedException {
        Measured measured = measured(shop, writes);
        FenceTable.of(measured.fences()).forEach(out::println);
        return verdict(measured);
    }

    private record Measured(List<Timed> fences, double writesPerSecond) {}

    private Measured measured(ShadowedShop shop, WriteLoad writes) throws InterruptedException {
        Duration gap = Duration.ofMillis(gapMillis);
        try (FenceTimes times = new FenceTimes(shop)) {
            times.take(warmUp, gap);
            long writesBefore = writes.total();
            long begunAt = System.nanoTime();
            List<Timed> fences = times.take(this.fences, gap);
            double seconds = (System.nanoTime() - begunAt) / 1e9;
            double achieved = (writes.total() - writesBefore) / seconds;
            writes.stop(); // throws what ended it early
            return new Measured(fences, achieved);
        }
    }

    private int verdict(Measured measured) {
        double p99 = FenceTable.fences(measured.fences()).percentileMillis(99);
        boolean fastEnough = p99 < LIMIT_MILLIS;
        out.printf(
                Locale.ROOT,
                "%n%.0f writes/s achieved of %d; load after %s; p99 %.0f ms is %s %d ms%n",
                measured.writesPerSecond(),
                writesPerSecond,
                Machine.load(),
                p99,
                fastEnough ? "under" : "not under",
                LIMIT_MILLIS);
        return fastEnough ? CommandLine.ExitCode.OK : TOO_SLOW;
    }
}
