package dev.crossfade.demo;

import dev.crossfade.app.command.CommandContext;
import dev.crossfade.app.command.EmbeddedKafka;
import dev.crossfade.app.command.ExitCodes;
import dev.crossfade.app.config.MigrationFile;
import dev.crossfade.app.screen.ParityTable;
import dev.crossfade.app.screen.ProgressScreen;
import dev.crossfade.app.screen.Signals;
import dev.crossfade.app.screen.VerifyScreen;
import dev.crossfade.demo.shop.Shop;
import dev.crossfade.demo.shop.ShopLoad;
import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.MigrationException;
import dev.crossfade.pipeline.Migration;
import dev.crossfade.pipeline.VerifyOptions;
import dev.crossfade.testkit.WriteLoad;
import dev.crossfade.verify.ParityFiles;
import dev.crossfade.verify.ParityReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * The demo from its first line to its last. Whatever it starts ends with it: in order at its end, on Ctrl-C and on failure, by guards
 * outside this process when it is killed.
 */
final class Demo {
    private final CommandContext context;
    private final DemoSettings settings;
    private final Story story;
    /** Done at the first Ctrl-C. */
    private final CompletableFuture<Void> interrupted = new CompletableFuture<>();

    Demo(CommandContext context, DemoSettings settings) {
        this.context = context;
        this.settings = settings;
        this.story = new Story(context.out(), context.terminal());
    }

    /** Runs it; returns the exit code. */
    int run() {
        Path logs = openLog();
        List.of("INT", "TERM").forEach(signal -> Signals.on(signal, this::onSignal));
        story.opening(context.log().file());
        Ending ending;
        try (DemoDirectory directory = DemoDirectory.create()) {
            ending = withServers(directory.path());
        }
        story.goodbye(ending.transactions(), ending.open());
        boolean asWanted = ending.exitCode() == ExitCodes.DONE || ending.exitCode() == ExitCodes.INTERRUPTED;
        if (asWanted && settings.report().isEmpty()) {
            DemoDirectory.delete(logs);
        }
        return ending.exitCode();
    }

    /**
     * How it ended.
     *
     * @param transactions that the shop committed
     * @param open how long the shop was open
     */
    private record Ending(int exitCode, long transactions, Duration open) {
        static final Ending BEFORE_OPENING = new Ending(ExitCodes.INTERRUPTED, 0, Duration.ZERO);
    }

    /** Not in the demo's directory, because after a failure the log must still be there. */
    private Path openLog() {
        try {
            Path logs = settings.report().isPresent()
                    ? settings.report().get()
                    : Files.createTempDirectory("crossfade-demo-log-");
            context.log().openIn(logs, "demo.log");
            return logs;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make a directory for the log", e);
        }
    }

    /** The first one ends the demo in order; the second one does what kill -9 would, which the guards clean up after. */
    private void onSignal() {
        if (!interrupted.isDone()) {
            story.stopping();
            interrupted.complete(null);
        } else {
            context.out().print(context.terminal().live() ? "\033[?25h" : "");
            context.out().flush();
            Runtime.getRuntime().halt(ExitCodes.INTERRUPTED);
        }
    }

    private Ending withServers(Path directory) {
        story.chapter("Two servers");
        long begun = System.nanoTime();
        try (DemoServers servers = DemoServers.start()) {
            story.servers(servers, since(begun));
            if (interrupted.isDone()) {
                return Ending.BEFORE_OPENING;
            }
            story.chapter("A legacy shop");
            begun = System.nanoTime();
            Shop shop = Shop.create(servers.mariaDb(), settings.size());
            servers.makeAccounts();
            story.shop(shop.rows(), since(begun));
            if (interrupted.isDone()) {
                return Ending.BEFORE_OPENING;
            }
            return withWriter(directory, servers, shop);
        }
    }

    private Ending withWriter(Path directory, DemoServers servers, Shop shop) {
        long opened = System.nanoTime();
        try (WriteLoad load = ShopLoad.start(shop, settings.writesPerSecond(), settings.seed())) {
            story.writer(settings);
            int exitCode = move(directory, servers, load, opened);
            load.stop();
            return new Ending(exitCode, load.total(), since(opened));
        }
    }

    private int move(Path directory, DemoServers servers, WriteLoad load, long opened) {
        story.chapter("The move");
        Path path = DemoFile.write(directory, servers);
        story.plan(path);
        story.line("");
        MigrationFile file = MigrationFile.read(path, context.environment());
        EmbeddedKafka kafka = new EmbeddedKafka(file.home());
        Migration migration = Migration.of(file.spec(), kafka, context.faults());
        kafka.onFailure(migration::requestStop);
        ProgressScreen moving = screen(file);
        try (BackgroundRun run = BackgroundRun.start(migration, moving)) {
            try {
                await(run.shadowing(), run.ended(), interrupted);
            } finally {
                run.tellNobody();
                moving.close();
            }
            if (ended(run, kafka)) {
                return ExitCodes.INTERRUPTED;
            }
            Optional<Integer> exitCode = prove(migration, run, load, opened);
            if (exitCode.isEmpty() || ended(run, kafka)) {
                return ExitCodes.INTERRUPTED;
            }
            if (!settings.exitWhenVerified()) {
                shadow(run, file, servers);
                ended(run, kafka);
            }
            return exitCode.get();
        }
    }

    /**
     * Whether the migration was stopped, here or by {@code crossfade stop}.
     *
     * @throws RuntimeException what the run failed with
     */
    private boolean ended(BackgroundRun run, EmbeddedKafka kafka) {
        kafka.failure().ifPresent(why -> {
            throw new MigrationException(
                    ErrorKind.TRANSFORM,
                    why.getMessage() + ". Hint: look for a full disk where temporary files go, then run again",
                    why);
        });
        if (run.ended().isDone()) {
            await(run.ended());
            return true;
        }
        return interrupted.isDone();
    }

    /** The exit code of the verification; empty if the demo was ended before its verdict. */
    private Optional<Integer> prove(Migration migration, BackgroundRun run, WriteLoad load, long opened) {
        story.chapter("The proof");
        story.proof();
        long before = load.total();
        CompletableFuture<ParityReport> verification;
        try (VerifyScreen screen = new VerifyScreen(context.terminal(), context.out())) {
            verification = inBackground(() -> migration.verify(VerifyOptions.ALL, screen));
            await(verification, run.ended(), interrupted);
        }
        if (!verification.isDone()) {
            return Optional.empty(); // it ends with its connections, when the servers do
        }
        ParityReport parity = verification.join();
        long after = load.total();
        if (!load.isRunning()) {
            load.stop(); // throws what ended it: a proof without writes would prove less than is said
        }
        story.line("");
        ParityTable.lines(parity, context.terminal().width(), context.terminal().style())
                .forEach(story::line);
        story.writtenMeanwhile(after - before, after, since(opened));
        settings.report().ifPresent(directory -> write(parity, directory));
        return Optional.of(parity.exitCode());
    }

    private void shadow(BackgroundRun run, MigrationFile file, DemoServers servers) {
        story.chapter("Shadowing");
        story.bothSides(file.path(), servers);
        try (ProgressScreen screen = screen(file)) {
            run.tell(screen);
            await(run.ended(), interrupted);
        } finally {
            run.tellNobody();
        }
    }

    /** On a thread that does not keep the process alive. */
    private static <T> CompletableFuture<T> inBackground(Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, task -> {
            Thread thread = new Thread(task, "demo-verify");
            thread.setDaemon(true);
            thread.start();
        });
    }

    /**
     * Waits for the first of them.
     *
     * @throws RuntimeException what it failed with
     */
    private static void await(CompletableFuture<?>... futures) {
        try {
            CompletableFuture.anyOf(futures).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException("the run ended early", e.getCause());
        }
    }

    private ProgressScreen screen(MigrationFile file) {
        return new ProgressScreen(file.spec().name(), context.terminal(), context.out(), Clock.systemUTC());
    }

    private void write(ParityReport parity, Path directory) {
        try {
            ParityFiles.write(parity, directory);
        } catch (IOException e) {
            throw new MigrationException(
                    ErrorKind.PLAN,
                    "cannot write the report to " + directory + "; the verdict was "
                            + parity.verdict().word() + ". Hint: name a directory that can be written",
                    e);
        }
        story.report(directory);
    }

    private static Duration since(long nanoTime) {
        return Duration.ofNanos(System.nanoTime() - nanoTime);
    }
}
