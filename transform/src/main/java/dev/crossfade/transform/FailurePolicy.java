package dev.crossfade.transform;

import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.TopicNames;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what an exception means that ended one of Streams' threads. Kafka being away for a while replaces the thread, at most
 * {@value #MAX_REPLACEMENTS} times without a commit in between; everything else stops the transform. In either case the open
 * transaction was aborted, so nothing half-done is visible.
 */
final class FailurePolicy implements StreamsUncaughtExceptionHandler {
    static final int MAX_REPLACEMENTS = 5;

    private static final Logger log = LoggerFactory.getLogger(FailurePolicy.class);

    /**
     * What Kafka 4.3.1 says while it is away, too: a broker that starts again does not know its topics for a moment, and Streams takes
     * them for missing; and a transaction that the coordinator has ended by itself is refused as being in the wrong state. The thread's
     * next transaction begins at the last commit in either case, and a topic that is really gone is missing each time.
     */
    private static final List<Class<? extends Exception>> TRANSIENT =
            List.of(RetriableException.class, MissingSourceTopicException.class, InvalidTxnStateException.class);

    private final TopicNames topics;
    private final LongSupplier commits;
    private final Consumer<MigrationException> onFailure;
    private long commitsAtReplacement = -1;
    private int replacements;

    /**
     * A policy.
     *
     * @param commits transactions committed so far: any more of them prove that a replaced thread works again
     * @param onFailure told why the transform stops, on the thread that died
     */
    FailurePolicy(TopicNames topics, LongSupplier commits, Consumer<MigrationException> onFailure) {
        this.topics = topics;
        this.commits = commits;
        this.onFailure = onFailure;
    }

    @Override
    public synchronized StreamThreadExceptionResponse handle(Throwable thrown) {
        if (isTransient(thrown) && mayReplace()) {
            log.atWarn()
                    .addKeyValue("group", topics.transformGroup())
                    .addKeyValue("replacement", replacements)
                    .setCause(thrown)
                    .log("Kafka failed the transform, its thread is replaced");
            return StreamThreadExceptionResponse.REPLACE_THREAD;
        }
        onFailure.accept(explain(thrown));
        return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }

    private static boolean isTransient(Throwable thrown) {
        return find(thrown, MigrationException.class::isInstance).isEmpty()
                && find(thrown, cause -> TRANSIENT.stream().anyMatch(kind -> kind.isInstance(cause)))
                        .isPresent();
    }

    private boolean mayReplace() {
        long commitsNow = commits.getAsLong();
        replacements = commitsNow == commitsAtReplacement ? replacements + 1 : 1;
        commitsAtReplacement = commitsNow;
        return replacements <= MAX_REPLACEMENTS;
    }

    private MigrationException explain(Throwable thrown) {
        Optional<Throwable> ours = find(thrown, MigrationException.class::isInstance);
        if (ours.isPresent()) {
            return (MigrationException) ours.get();
        }
        if (find(thrown, InvalidOffsetException.class::isInstance).isPresent()) {
            return new MigrationException(
                    ErrorKind.TRANSFORM,
                    "the committed offset of group " + topics.transformGroup() + " in " + topics.changes()
                            + " is missing or outside the log: the topic was made anew or has lost records. The transform"
                            + " stopped and passes over nothing",
                    thrown);
        }
        if (find(thrown, FencedInstanceIdException.class::isInstance).isPresent()) {
            return new MigrationException(
                    ErrorKind.TRANSFORM,
                    "another process has taken over group " + topics.transformGroup() + "; this one stopped",
                    thrown);
        }
        return new MigrationException(
                ErrorKind.TRANSFORM,
                "the transform of " + topics.changes() + " stopped: " + root(thrown)
                        + "; its last transaction was aborted",
                thrown);
    }

    private static Optional<Throwable> find(Throwable thrown, Predicate<Throwable> wanted) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (wanted.test(cause)) {
                return Optional.of(cause);
            }
        }
        return Optional.empty();
    }

    private static Throwable root(Throwable thrown) {
        Throwable cause = thrown;
        for (Throwable next = cause.getCause(); next != null; next = next.getCause()) {
            cause = next;
        }
        return cause;
    }
}
