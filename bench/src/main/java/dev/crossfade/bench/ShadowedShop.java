package dev.crossfade.bench;

import dev.crossfade.broker.EmbeddedBroker;
import dev.crossfade.model.DatabaseAccess;
import dev.crossfade.model.Faults;
import dev.crossfade.model.Secret;
import dev.crossfade.model.TopicNames;
import dev.crossfade.pipeline.KafkaSource;
import dev.crossfade.pipeline.Migration;
import dev.crossfade.pipeline.MigrationListener;
import dev.crossfade.pipeline.MigrationProgress;
import dev.crossfade.pipeline.MigrationSpec;
import dev.crossfade.pipeline.Phase;
import dev.crossfade.pipeline.RunOptions;
import dev.crossfade.pipeline.RunSettings;
import dev.crossfade.pipeline.TableRule;
import dev.crossfade.pipeline.TableRule.FilePlace;
import dev.crossfade.testkit.MariaDbServer;
import dev.crossfade.testkit.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * Two servers, a broker and a migration between them, all in or below this process, as {@code crossfade run} has it. The migration
 * runs on a thread of its own. One thread opens and closes; nothing of it is left after {@link #close}.
 */
final class ShadowedShop implements AutoCloseable {
    static final String MIGRATION = "bench";

    private static final Duration SHADOWING_WITHIN = Duration.ofMinutes(5);

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final MariaDbServer source;
    private final PostgresServer target;
    private final EmbeddedBroker broker;
    private final CompletableFuture<Void> shadowing = new CompletableFuture<>();
    private final Map<Phase, Long> phasesAtNanos = new ConcurrentHashMap<>();

    /**
     * Starts the servers and fills the source; nothing moves yet.
     *
     * @param durability what the servers wait for at a commit
     */
    ShadowedShop(LedgerShop shop, Durability durability) {
        try {
            source = opened(MariaDbServer.start(durability.mariaDbArguments()));
            target = opened(PostgresServer.start(durability.postgresSettings()));
            Path logs = temporaryDirectory();
            opened.push(() -> deleteTree(logs));
            broker = opened(EmbeddedBroker.start(logs));
            shop.createIn(source);
            target.createDatabase(LedgerShop.DATABASE);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private <T extends AutoCloseable> T opened(T resource) {
        opened.push(resource);
        return resource;
    }

    MariaDbServer source() {
        return source;
    }

    PostgresServer target() {
        return target;
    }

    /** What runs where, as lines that end with an empty one. */
    String description(Durability durability, String loadBefore) throws SQLException {
        try (Connection onSource = source.connect(LedgerShop.DATABASE);
                Connection onTarget = target.connect(LedgerShop.DATABASE)) {
            return String.format(
                    "%s, %s%n%s%nMariaDB %s → Kafka %s → PostgreSQL %s, all on this machine, %s, load before %s%n%n",
                    LocalDate.now(ZoneOffset.UTC),
                    Machine.hardware(),
                    Machine.java(),
                    Machine.version(onSource),
                    Machine.kafka(),
                    Machine.version(onTarget).split(" ", 3)[1],
                    durability.text(),
                    loadBefore);
        }
    }

    DatabaseAccess sourceAccess() {
        return new DatabaseAccess(source.jdbcUrl(LedgerShop.DATABASE), source.user(), new Secret(source.password()));
    }

    DatabaseAccess targetAccess() {
        return new DatabaseAccess(target.jdbcUrl(LedgerShop.DATABASE), target.user(), new Secret(target.password()));
    }

    Map<String, String> kafka() {
        return Map.of("bootstrap.servers", broker.bootstrapServers());
    }

    TopicNames topics() {
        return new TopicNames(MIGRATION);
    }

    int changePartitions() {
        return RunSettings.DEFAULT.changePartitions();
    }

    /**
     * How long it took from one phase to another.
     *
     * @throws IllegalStateException if one of them was not entered yet
     */
    Duration between(Phase from, Phase to) {
        Long begun = phasesAtNanos.get(from);
        Long ended = phasesAtNanos.get(to);
        if (begun == null || ended == null) {
            throw new IllegalStateException("the migration was not in both of " + from + " and " + to);
        }
        return Duration.ofNanos(ended - begun);
    }

    /**
     * Copies the shop and waits until the target follows the source.
     *
     * @throws IllegalStateException if that takes longer than five minutes, or the run has ended
     */
    void moveUntilShadowing() throws InterruptedException {
        try {
            startMoving().get(SHADOWING_WITHIN.toMinutes(), TimeUnit.MINUTES);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the migration has ended before the target followed the source", e);
        } catch (TimeoutException e) {
            throw new IllegalStateException("the target does not follow the source after " + SHADOWING_WITHIN, e);
        }
    }

    /** Copies the shop; done when the target follows the source, or when the run has ended, with what it ended with. */
    private CompletableFuture<Void> startMoving() {
        MigrationSpec spec = new MigrationSpec(
                MIGRATION,
                sourceAccess(),
                targetAccess(),
                kafka(),
                List.of(new TableRule(
                        new FilePlace("bench", 1, 1), LedgerShop.DATABASE, "*", "public", "*", Optional.empty())),
                RunSettings.DEFAULT);
        Migration migration = Migration.of(spec, KafkaSource.at(spec.kafka()), Faults.NONE);
        Thread thread = new Thread(() -> run(migration), "bench-run");
        opened.push(() -> {
            migration.requestStop();
            thread.join();
        });
        thread.start();
        return shadowing;
    }

    private void run(Migration migration) {
        try {
            migration.run(RunOptions.UNTIL_STOPPED, new Listener());
            shadowing.completeExceptionally(new IllegalStateException("the migration was stopped"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            shadowing.completeExceptionally(e);
        } catch (RuntimeException | Error e) {
            if (!shadowing.completeExceptionally(e)) {
                throw e; // while it was measured: the uncaught exception shows it, and the next fence comes to its
                // deadline
            }
        }
    }

    private final class Listener implements MigrationListener {
        @Override
        public void phase(Phase phase) {
            phasesAtNanos.put(phase, System.nanoTime());
            if (phase == Phase.SHADOWING) {
                shadowing.complete(null);
            }
        }

        @Override
        public void progress(MigrationProgress progress) {}

        @Override
        public void message(String text) {}
    }

    private static Path temporaryDirectory() {
        try {
            return Files.createTempDirectory("crossfade-bench-");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make a directory for Kafka's log", e);
        }
    }

    private static void deleteTree(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** Ends the migration, then the servers. */
    @Override
    public void close() {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (Exception e) { // the others must be closed all the same
                System.err.println("bench: could not be closed: " + e);
            }
        }
    }
}
