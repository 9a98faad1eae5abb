package dev.crossfade.transform;

import static java.util.Objects.requireNonNull;

import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.Faults;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.TopicNames;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.apache.kafka.streams.KafkaStreams;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Maps the changes topic to the rows topic, exactly once: what a change asks of the target and the offset behind it are committed
 * in one Kafka transaction. The topology has no state, so a process that dies here loses nothing and its successor goes on after
 * the last commit; rows of the open transaction are never visible to a reader of committed records.
 *
 * <p>Any thread may call any method; {@link #start} once. {@code onFailure} is called at most once, on a thread of Streams, and
 * must not call {@link #close}. A failed transform stays stopped until it is closed and another one is started.
 */
public final class TransformStreams implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(TransformStreams.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(15);

    private final TopicNames topics;
    private final TransformSettings settings;
    private final Consumer<MigrationException> onFailure;
    private final LongAdder recordsMapped = new LongAdder();
    private final CompletableFuture<Boolean> running = new CompletableFuture<>();
    private final AtomicReference<@Nullable MigrationException> failure = new AtomicReference<>(); // null: none
    private final KafkaStreams streams;

    /**
     * A transform that is not started; Kafka is not asked for anything yet.
     *
     * @param plan the migration; its changes and rows topics exist, each with {@code settings.partitioning().total()} partitions, and the
     *     group {@link TopicNames#transformGroup()} has a committed offset in every partition of the changes
     * @param onFailure told why the transform has stopped by itself
     */
    public TransformStreams(
            MigrationPlan plan, TransformSettings settings, Faults faults, Consumer<MigrationException> onFailure) {
        this.topics = new TopicNames(plan.migration());
        this.settings = requireNonNull(settings, "settings");
        this.onFailure = requireNonNull(onFailure, "onFailure");
        TransformClients clients = new TransformClients(topics.transformGroup(), faults);
        this.streams = new KafkaStreams(
                ChangeTopology.of(plan, settings.partitioning(), recordsMapped, faults),
                TransformConfig.of(topics, settings),
                clients);
        streams.setUncaughtExceptionHandler(new FailurePolicy(topics, clients::commits, this::fail));
        streams.setStateListener((now, before) -> stateChanged(now));
    }

    /**
     * Checks topics and offsets, then starts Streams' threads and returns; {@link #awaitRunning} waits for the first assignment.
     *
     * @throws MigrationException of kind TRANSFORM if Kafka cannot be reached, a topic is missing or of another size, or an offset
     *     is missing; nothing was started
     */
    public void start() {
        new TopicCheck(topics, settings.partitioning().total()).run(settings.kafka());
        streams.start();
        log.atInfo()
                .addKeyValue("group", topics.transformGroup())
                .addKeyValue("threads", settings.threads())
                .addKeyValue("commitMillis", settings.commitInterval().toMillis())
                .log("transform started");
    }

    /**
     * Waits until all partitions are assigned and records flow.
     *
     * @throws MigrationException of kind TRANSFORM if the transform failed, or does not run after {@code timeout}
     */
    public void awaitRunning(Duration timeout) {
        try {
            running.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MigrationException(ErrorKind.TRANSFORM, "interrupted while the transform was starting", e);
        } catch (TimeoutException e) {
            throw new MigrationException(
                    ErrorKind.TRANSFORM,
                    "the transform is " + streams.state() + " after " + timeout.toMillis() + " ms, must be RUNNING",
                    e);
        } catch (ExecutionException e) {
            // The failure is thrown below, as itself.
        }
        MigrationException reason = failure.get();
        if (reason != null) {
            throw reason;
        }
    }

    /** Why the transform stopped by itself; empty while it has not. */
    public Optional<MigrationException> failure() {
        return Optional.ofNullable(failure.get());
    }

    /**
     * Changes mapped since this object was made, fences not counted. Changes of an aborted transaction are mapped again and then
     * counted again: a figure for progress, not a proof.
     */
    public long recordsMapped() {
        return recordsMapped.sum();
    }

    /** Commits what is mapped and stops, within 15 s; afterwards nothing more is written. Harmless when it is closed already. */
    @Override
    public void close() {
        if (!streams.close(CLOSE_TIMEOUT)) {
            log.atWarn()
                    .addKeyValue("group", topics.transformGroup())
                    .log("transform did not stop in time; its open transaction will be aborted");
        }
    }

    private void stateChanged(KafkaStreams.State now) {
        switch (now) {
            case RUNNING -> running.complete(true);
            case ERROR ->
                fail(new MigrationException(
                        ErrorKind.TRANSFORM, "the transform of " + topics.changes() + " stopped without a reason"));
            case NOT_RUNNING -> running.completeExceptionally(new IllegalStateException("closed"));
            case CREATED, REBALANCING, PENDING_SHUTDOWN, PENDING_ERROR -> {
                // On the way to one of the others.
            }
        }
    }

    private void fail(MigrationException reason) {
        if (failure.compareAndSet(null, reason)) {
            running.completeExceptionally(reason);
            onFailure.accept(reason);
        }
    }
}
