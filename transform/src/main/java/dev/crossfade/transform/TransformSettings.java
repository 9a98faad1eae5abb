package dev.crossfade.transform;

import static java.util.Objects.requireNonNull;

import dev.crossfade.model.codec.Partitioning;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * How the transform runs.
 *
 * @param kafka client properties, {@code bootstrap.servers} among them; may hold secrets, so this record shows none of them. They
 *     cannot weaken what the transform needs: its own settings win
 * @param partitioning which partition of the changes and of the rows a record belongs to
 * @param threads threads that map, 1..64
 * @param commitInterval longest time that a mapped record waits for its transaction to commit, 1..5000 ms: what a fence waits for
 * @param stateDirectory where Streams may keep state; a topology without state leaves it untouched
 */
public record TransformSettings(
        Map<String, String> kafka,
        Partitioning partitioning,
        int threads,
        Duration commitInterval,
        Path stateDirectory) {
    /** A fence waits for half of it on average; shorter ones cost more CPU for transactions than they save time. */
    public static final Duration DEFAULT_COMMIT_INTERVAL = Duration.ofMillis(50);

    private static final Duration MAX_COMMIT_INTERVAL = Duration.ofSeconds(5); // well below the transaction's timeout

    public TransformSettings {
        kafka = Map.copyOf(kafka);
        requireNonNull(partitioning, "partitioning");
        requireNonNull(commitInterval, "commitInterval");
        requireNonNull(stateDirectory, "stateDirectory");
        if (threads < 1 || threads > 64) {
            throw new IllegalArgumentException("threads " + threads + " must be 1..64");
        }
        if (commitInterval.toMillis() < 1 || commitInterval.compareTo(MAX_COMMIT_INTERVAL) > 0) {
            throw new IllegalArgumentException("commit interval " + commitInterval + " must be 1..5000 ms");
        }
    }

    /** One thread and the default commit interval: enough for one source, whose log is read by one thread too. */
    public static TransformSettings of(Map<String, String> kafka, Partitioning partitioning, Path stateDirectory) {
        return new TransformSettings(kafka, partitioning, 1, DEFAULT_COMMIT_INTERVAL, stateDirectory);
    }

    @Override
    public String toString() {
        return "TransformSettings[" + partitioning.total() + " partitions, " + threads + " threads, commit every "
                + commitInterval.toMillis() + " ms]";
    }
}
