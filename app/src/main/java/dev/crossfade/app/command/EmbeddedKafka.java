package dev.crossfade.app.command;

import dev.crossfade.broker.BrokerDirectory;
import dev.crossfade.broker.EmbeddedBroker;
import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.Problem;
import dev.crossfade.pipeline.KafkaSource;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A Kafka broker inside this process, started when a run holds its lock and ended with it. */
public final class EmbeddedKafka implements KafkaSource {
    private final Path home;
    private final CompletableFuture<IllegalStateException> failed = new CompletableFuture<>();

    /**
     * A broker that is not started yet.
     *
     * @param home the migration's own directory; the broker keeps its records in {@code kafka} below it
     */
    public EmbeddedKafka(Path home) {
        this.home = home;
    }

    /** Calls {@code action}, on any thread, if the broker gives up while the run goes on. */
    public void onFailure(Runnable action) {
        CompletableFuture<Void> unused = failed.thenRun(action);
    }

    /** Why the broker gave up, if it did. */
    public Optional<IllegalStateException> failure() {
        return Optional.ofNullable(failed.getNow(null));
    }

    @Override
    public Session open() {
        EmbeddedBroker broker = start();
        CompletableFuture<Void> unused = broker.failed().thenAccept(failed::complete);
        Map<String, String> properties = Map.of("bootstrap.servers", broker.bootstrapServers());
        return new Session() {
            @Override
            public Map<String, String> clientProperties() {
                return properties;
            }

            @Override
            public CompletableFuture<MigrationException> failure() {
                return broker.failed().thenApply(EmbeddedKafka.this::gaveUp);
            }

            @Override
            public List<Problem> doubts() {
                return broker.suspectSince().map(EmbeddedKafka.this::machineDied).stream()
                        .toList();
            }

            @Override
            public void close() {
                broker.close();
            }
        };
    }

    @Override
    public Optional<Storage> storage() {
        return Optional.of(new Records(new BrokerDirectory(home)));
    }

    /** The broker's files below the migration's directory; its logs stand beside them and stay. */
    private record Records(BrokerDirectory directory) implements Storage {
        @Override
        public boolean isThere() {
            return directory.isUsed();
        }

        @Override
        public void remove() {
            try {
                directory.remove();
            } catch (IllegalStateException | UncheckedIOException refused) {
                throw new MigrationException(
                        ErrorKind.TRANSFORM,
                        "the embedded Kafka cannot be removed: " + refused.getMessage()
                                + ". Hint: end the process that uses the directory, or mend its rights, then abort again",
                        refused);
            }
        }

        @Override
        public String toString() {
            return directory.toString();
        }
    }

    private MigrationException gaveUp(IllegalStateException why) {
        return new MigrationException(
                ErrorKind.TRANSFORM,
                why.getMessage() + "; its disk has " + (home.toFile().getUsableSpace() >> 20)
                        + " MiB left. Hint: make room in " + home + " if that is little, then run again",
                why);
    }

    private Problem machineDied(Instant seen) {
        return new Problem(
                ErrorKind.TRANSFORM,
                "LOG-MACHINE-DIED",
                "the embedded Kafka in " + home,
                "the machine died while it ran, or the mark of its clean stop was taken away, which was seen " + seen
                        + ": records that it had acknowledged may be missing at the end of any topic",
                "begin anew with empty target tables: crossfade abort, or another migration name");
    }

    private EmbeddedBroker start() {
        try {
            return EmbeddedBroker.start(home);
        } catch (IllegalStateException | UncheckedIOException refused) {
            throw new MigrationException(
                    ErrorKind.TRANSFORM,
                    "the embedded Kafka does not start in " + home + ": " + refused.getMessage()
                            + "; what was copied and captured before is untouched. Hint: end the process that uses the directory,"
                            + " or make room on its disk, then run again",
                    refused);
        }
    }
}
