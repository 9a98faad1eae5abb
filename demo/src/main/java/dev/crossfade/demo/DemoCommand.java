package dev.crossfade.demo;

import dev.crossfade.app.command.CommandContext;
import dev.crossfade.demo.shop.ShopSize;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code crossfade demo}. */
@Command(
        name = "demo",
        customSynopsis = "crossfade demo [--exit-when-verified] [--report DIR] [options]",
        header = "Watch a live shop move from MariaDB to PostgreSQL; nothing to install.",
        description = {
            "Starts a MariaDB, a PostgreSQL and a Kafka of its own, fills a legacy web shop of 22 tables, and keeps writing to it. Then"
                    + " it moves the shop while it is in use, proves that both sides are equal, and keeps them so until Ctrl-C.",
            "",
            "Everything is in temporary directories and gone at the end. Takes one or two minutes and 2 GB of memory."
        },
        footer = {
            "%n@|bold Examples|@",
            "  crossfade demo                                      @|faint # stays up: look at both sides|@",
            "  crossfade demo --exit-when-verified --report out    @|faint # for scripts: 0 if all tables are equal|@"
        })
final class DemoCommand implements Callable<Integer> {
    private static final int USUAL_WRITES_PER_SECOND = 200;
    private static final int MOST_WRITES_PER_SECOND = 5_000;
    private static final int LARGEST_DRAWN_SEED = 1_000_000;

    private final CommandContext context;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--exit-when-verified",
            description = "End after the verification, with its exit code, instead of shadowing on.")
    private boolean exitWhenVerified;

    @Option(
            names = "--report",
            paramLabel = "DIR",
            description = "Also write parity.json, parity.md and the log there.")
    private Optional<Path> report = Optional.empty();

    @Option(
            names = "--rows",
            paramLabel = "N",
            description = "About how many rows the shop has, " + ShopSize.FEWEST_ROWS + ".." + ShopSize.MOST_ROWS
                    + ". Default: ${DEFAULT-VALUE}.")
    private int rows = ShopSize.USUAL_ROWS;

    @Option(
            names = "--writes-per-second",
            paramLabel = "N",
            description = "Transactions that the shop commits each second, 1.." + MOST_WRITES_PER_SECOND
                    + ". Default: ${DEFAULT-VALUE}.")
    private int writesPerSecond = USUAL_WRITES_PER_SECOND;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "What the writes are drawn from. Default: another one each time, shown on the screen.")
    private long seed = new SplittableRandom().nextInt(1, LARGEST_DRAWN_SEED);

    @Option(
            names = {"--stacktrace", "--verbose"},
            order = 90,
            description = "Print the stack trace of a failure; it is in the log in any case.")
    @SuppressWarnings("UnusedVariable") // asked for by name where failures are shown
    private boolean stackTrace;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            order = 99,
            description = "Show this help.")
    @SuppressWarnings("UnusedVariable") // picocli looks at it
    private boolean help;

    DemoCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws InterruptedException {
        requireRange("--rows", rows, ShopSize.FEWEST_ROWS, ShopSize.MOST_ROWS);
        requireRange("--writes-per-second", writesPerSecond, 1, MOST_WRITES_PER_SECOND);
        DemoSettings settings =
                new DemoSettings(ShopSize.ofRows(rows), writesPerSecond, seed, exitWhenVerified, report);
        return new Demo(context, settings).run();
    }

    private void requireRange(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw new ParameterException(
                    spec.commandLine(), option + " is " + value + ", must be " + least + ".." + most);
        }
    }
}
