package dev.crossfade.capture.change;

import static java.util.Objects.requireNonNull;

import dev.crossfade.model.BinlogPosition;
import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.TableId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Captures the changes of a MariaDB or MySQL source into the changes topic, each row change exactly once and in the order of the log,
 * over any number of deaths and restarts. Changes and the position behind them are one Kafka transaction. A reader of the log that
 * ends is opened anew from the last committed position by itself; only what a person must mend ends capture, and then {@link
 * #failure} tells. Thread-safe: any thread may call anything; {@link #start} once, {@link #close} last.
 */
public final class ChangeCapture implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ChangeCapture.class);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);
    private static final long TICK_MILLIS = 100;
    /** A process that was replaced can end our producer once, between its look and its opening; more often it is no such process. */
    private static final int MOST_FENCED = 3;

    private final CaptureSettings settings;
    private final Clock clock;
    private final HoldGate gate = new HoldGate(System::nanoTime);
    private final Stops stops;
    private final RestartBudget budget;
    private final SilenceLimit silenceLimit;
    private final CompletableFuture<BinlogPosition> firstPosition = new CompletableFuture<>();
    private final CompletableFuture<MigrationException> failure = new CompletableFuture<>();
    private final AtomicLong changes = new AtomicLong();
    private final AtomicLong restarts = new AtomicLong();
    private final AtomicReference<@Nullable Durable> durable = new AtomicReference<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final AtomicReference<@Nullable CaptureRun> run = new AtomicReference<>();
    private int timesFenced; // of the supervisor
    private final Thread supervisor;
    private final Thread watch;

    /** The newest durable position, when it became so in this process, and the source's time of the last change. */
    private record Durable(LogOffset offset, Optional<Instant> committed, Optional<Instant> source) {}

    public ChangeCapture(CaptureSettings settings) {
        this(settings, Clock.systemUTC());
    }

    ChangeCapture(CaptureSettings settings, Clock clock) {
        this.settings = requireNonNull(settings, "settings");
        this.clock = clock;
        this.stops = new Stops(settings.tables(), settings.partitioning());
        this.budget = new RestartBudget(settings.tuning().maxSourceOutage());
        this.silenceLimit = new SilenceLimit(settings.tuning().heartbeatInterval());
        this.supervisor = daemon(this::supervise, "crossfade-capture");
        this.watch = daemon(this::watch, "crossfade-capture-watch");
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Begins to read the log, on threads of its own. The topics and the marker table exist; nobody else captures. */
    public void start() {
        supervisor.start();
        watch.start();
    }

    /**
     * Waits until a position is durable: P0 on the first run, at once on later ones. Every change that is committed on the source after
     * P0 will be captured.
     *
     * @return the position, P0 or a later one
     * @throws MigrationException if capture fails, or the time is over
     */
    public BinlogPosition awaitFirstPosition(Duration atMost) throws InterruptedException {
        try {
            return firstPosition.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            MigrationException fatal = failure.getNow(null);
            throw fatal != null ? fatal : new IllegalStateException("capture was closed", e);
        } catch (TimeoutException e) {
            throw new MigrationException(
                    ErrorKind.SOURCE,
                    "the log of " + settings.source() + " gave no position within " + atMost.toSeconds()
                            + " s; nothing was captured",
                    e);
        }
    }

    /** Completes with the reason when capture has ended for good; never after a {@link #close}. */
    public CompletableFuture<MigrationException> failure() {
        return failure.copy();
    }

    public CaptureProgress progress() {
        Durable now = durable.get();
        return now == null
                ? new CaptureProgress(
                        changes.get(), Optional.empty(), Optional.empty(), Optional.empty(), restarts.get())
                : new CaptureProgress(
                        changes.get(),
                        Optional.of(now.offset().position()),
                        now.committed(),
                        now.source(),
                        restarts.get());
    }

    /**
     * The units whose changes are not published since a {@link dev.crossfade.model.TableStop}, by their names ({@link
     * dev.crossfade.model.codec.Partitioning#unitOf}); a moment's picture. Empty before there is a first position.
     */
    public Set<String> stopped() {
        return stops.stopped();
    }

    /**
     * Publishes the changes of these tables' units again, from the next batch on, and stores that with the next position: a fence that
     * is asked for after this returns stands behind it, and a process that dies before that fence is published must ask again.
     * What the log held of the units since their stop is not published; whoever takes them up copies them anew behind the fence.
     * Harmless for a table that is not stopped.
     *
     * @throws IllegalArgumentException if a table is not captured
     */
    public void takeUp(Set<TableId> tables) {
        stops.takeUp(tables);
    }

    /**
     * Stops publishing, until {@link #resume} or for {@code atMost}. The log is still read as far as the queue holds.
     *
     * @return completes when nothing more will be published; exceptionally if the hold ended before
     * @throws IllegalStateException if capture is held already
     */
    public CompletableFuture<Void> hold(Duration atMost) {
        return gate.hold(atMost);
    }

    /** Whether a hold is in force and nothing is being published. */
    public boolean isHeld() {
        return gate.isHeld();
    }

    /**
     * While held: publishes every change whose transaction begins before {@code end} and none that begins at or after it, then the
     * fence into every partition, and is held again. Ends only when the log has brought a change at or after {@code end}: the caller
     * writes a marker row after it took {@code end}. The fence can come twice if Kafka fails meanwhile.
     *
     * @param end a place between two transactions
     * @return completes when the fence is durable; exceptionally if the hold ended before
     * @throws IllegalStateException if capture is not held, or publishes through an earlier position still, or a change at or after
     *     {@code end} was published before the hold
     */
    public CompletableFuture<Void> publishThrough(BinlogPosition end, String fenceToken) {
        requireNonNull(end, "end");
        Durable now = durable.get();
        if (now != null
                && !now.offset().isBetweenTransactions()
                && now.offset().position().isAtOrAfter(end)) {
            // The server sends a transaction to its replicas before its own readers see it, so a snapshot that was
            // opened after
            // the hold may be older than what is published.
            throw new IllegalStateException("a change at or after " + end + " was published before the hold");
        }
        return gate.publishThrough(end, requireNonNull(fenceToken, "fenceToken"));
    }

    /** Ends a hold. Harmless where nothing is held. */
    public void resume() {
        gate.resume();
    }

    private void supervise() {
        try {
            while (closed.getCount() > 0) {
                Throwable end = readWithOneProducer();
                if (end == null || pausesAfter(end)) {
                    return;
                }
            }
        } catch (MigrationException e) {
            fail(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            fail(new MigrationException(
                    ErrorKind.SOURCE, "change capture ended by a bug; the last position stands", e));
        } catch (Error e) { // the run must hear of it before this thread is gone
            fail(new MigrationException(
                    ErrorKind.SOURCE, "change capture ended by a bug; the last position stands", e));
            throw e;
        }
    }

    /**
     * Opens the log as often as the budget allows, with one producer as long as that is sound. A new producer ends that of every other
     * process, so it is opened only while the migration is ours. A process that has taken over after we looked is disturbed by it, finds
     * that the migration is its own, and opens another one; we look again and end. Whoever has a producer reads the position after
     * it was opened, so each change is captured once whoever wins.
     *
     * @return why a new producer is needed; null if there is nothing more to do
     * @throws MigrationException if another process has taken over
     */
    private @Nullable Throwable readWithOneProducer() throws InterruptedException {
        switch (settings.ownership().state()) {
            case OURS -> {}
            case TAKEN_OVER -> throw takenOver(null);
            case UNKNOWN -> {
                return new ChangeLog.LogUnavailable(
                        "the target does not say whether another process has taken over", null);
            }
        }
        try (ChangeLog changes = new ChangeLog(settings.topics().captureTransactionalId(), settings.kafka())) {
            changes.open();
            while (true) {
                CaptureRun current = new CaptureRun(settings, gate, stops, silenceLimit, new Progress());
                run.set(current);
                Optional<Throwable> end = closed.getCount() == 0 ? Optional.empty() : current.run(changes);
                if (end.isEmpty() || closed.getCount() == 0) {
                    return null;
                }
                if (end.get() instanceof ChangeLog.Fenced fenced) {
                    return fencedOff(fenced);
                }
                if (!changes.isUsable()) {
                    return end.get();
                }
                if (pausesAfter(end.get())) {
                    return null;
                }
            }
        } catch (ChangeLog.Fenced e) {
            return fencedOff(e);
        } catch (ChangeLog.LogUnavailable e) {
            return e;
        }
    }

    private Throwable fencedOff(ChangeLog.Fenced reason) {
        if (++timesFenced > MOST_FENCED) {
            throw takenOver(reason);
        }
        return reason;
    }

    private MigrationException takenOver(@Nullable Throwable cause) {
        return new MigrationException(
                ErrorKind.TRANSFORM,
                "another process captures the changes of "
                        + settings.topics().captureTransactionalId()
                        + "; this one has stopped, what it had not committed is left to the other",
                cause);
    }

    /** Waits as long as the budget says; returns whether capture was closed meanwhile. */
    private boolean pausesAfter(Throwable end) throws InterruptedException {
        Duration pause = budget.next(end, System.nanoTime());
        restarts.incrementAndGet();
        log.atWarn()
                .addKeyValue("reason", String.valueOf(end.getMessage()))
                .addKeyValue("pause", pause)
                .log("log is opened anew from the last committed position");
        return closed.await(pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void fail(MigrationException reason) {
        failure.complete(reason);
        firstPosition.completeExceptionally(reason);
        gate.resume();
    }

    private void watch() {
        try {
            while (!closed.await(TICK_MILLIS, TimeUnit.MILLISECONDS)) {
                gate.tick();
                CaptureRun current = run.get();
                if (current != null) {
                    current.tick();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            fail(new MigrationException(ErrorKind.SOURCE, "the watch over the source ended by a bug", e));
        }
    }

    /**
     * Stops after the batch that is being published; no transaction stays open. A hold ends. What was read and not published is read
     * again by the next run.
     */
    @Override
    public void close() {
        closed.countDown();
        boolean interrupted = Thread.interrupted();
        CaptureRun current = run.get();
        try {
            if (current != null && supervisor.isAlive()) {
                current.stop(STOP_PATIENCE);
            }
            supervisor.join(STOP_PATIENCE.toMillis());
        } catch (InterruptedException e) {
            interrupted = true;
        }
        gate.resume();
        firstPosition.completeExceptionally(new IllegalStateException("capture was closed"));
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Keeps what {@link #progress} shows. */
    private final class Progress implements CaptureRun.Observer {
        @Override
        public void loaded(LogOffset offset) {
            durable.compareAndSet(null, new Durable(offset, Optional.empty(), Optional.empty()));
            firstPosition.complete(offset.position());
        }

        @Override
        public void committed(LogOffset offset, long published, Optional<Long> sourceMillis) {
            changes.addAndGet(published);
            Durable before = durable.get();
            Optional<Instant> source = sourceMillis
                    .map(Instant::ofEpochMilli)
                    .or(() -> before == null ? Optional.empty() : before.source());
            durable.set(new Durable(offset, Optional.of(clock.instant()), source));
            budget.progressed();
            if (firstPosition.complete(offset.position())) {
                log.atInfo().addKeyValue("position", offset.position()).log("first position is durable");
            }
        }
    }
}
