package dev.crossfade.pipeline.crash;

import dev.crossfade.broker.EmbeddedBroker;
import dev.crossfade.model.DatabaseAccess;
import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.Secret;
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
import dev.crossfade.testkit.KillingFaults;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Runs a migration until it is stopped or killed. Arguments: source URL, target URL, and the directory of its own broker or {@code
 * host:port} of another one.
 */
public final class RunInChild {
    static final String MIGRATION = "crash";
    static final String DATABASE = "bank";

    private RunInChild() {}

    static MigrationSpec spec(String sourceUrl, String targetUrl) {
        return new MigrationSpec(
                MIGRATION,
                new DatabaseAccess(sourceUrl, "root", new Secret("crossfade")),
                new DatabaseAccess(targetUrl, "postgres", new Secret("postgres")),
                Map.of(),
                List.of(new TableRule(
                        new FilePlace("crash.yml", 1, 1), DATABASE, "*", "public", "*", Optional.empty())),
                new RunSettings(3, 2, 32 << 10, 4 << 10));
    }

    /** Ends with the exit code of the exception's kind, or 0. */
    public static void main(String[] arguments) throws InterruptedException {
        KafkaSource kafka = arguments[2].contains(":")
                ? KafkaSource.at(Map.of("bootstrap.servers", arguments[2]))
                : ownBroker(Path.of(arguments[2]));
        Migration migration = Migration.of(spec(arguments[0], arguments[1]), kafka, KillingFaults.configured());
        try {
            migration.run(RunOptions.UNTIL_STOPPED, new Printing());
        } catch (MigrationException e) {
            e.printStackTrace(System.out);
            System.exit(e.kind().exitCode());
        } catch (RuntimeException e) {
            e.printStackTrace(System.out);
            System.exit(70);
        }
        System.exit(0);
    }

    /** What the child says when it begins in a phase or comes to it. */
    static String line(Phase phase) {
        return "phase " + phase;
    }

    private static KafkaSource ownBroker(Path directory) {
        return () -> {
            EmbeddedBroker broker = EmbeddedBroker.start(directory);
            return new KafkaSource.Session() {
                @Override
                public Map<String, String> clientProperties() {
                    return Map.of("bootstrap.servers", broker.bootstrapServers());
                }

                @Override
                public CompletableFuture<MigrationException> failure() {
                    return broker.failed()
                            .thenApply(why ->
                                    new MigrationException(ErrorKind.TRANSFORM, String.valueOf(why.getMessage()), why));
                }

                @Override
                public void close() {
                    broker.close();
                }
            };
        };
    }

    private static final class Printing implements MigrationListener {
        /** What is behind by less has no backlog of earlier lives. */
        private static final Duration CAUGHT_UP = Duration.ofSeconds(5);

        private boolean applying;
        private boolean caughtUp;

        @Override
        public void phase(Phase phase) {
            System.out.println(line(phase));
        }

        @Override
        public void progress(MigrationProgress progress) {
            if (progress.changesApplied() > 0 && !applying) {
                applying = true;
                System.out.println("applying");
            }
            if (!caughtUp
                    && progress.lag()
                            .filter(lag -> lag.compareTo(CAUGHT_UP) < 0)
                            .isPresent()) {
                caughtUp = true;
                System.out.println("caught up");
            }
        }

        @Override
        public void message(String text) {
            System.out.println(text);
        }
    }
}
