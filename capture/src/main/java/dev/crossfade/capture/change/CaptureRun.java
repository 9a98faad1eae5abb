package dev.crossfade.capture.change;

import io.debezium.embedded.Connect;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.RecordChangeEvent;
import io.debezium.engine.format.ChangeEventFormat;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One reading of the log, from the last committed position until something ends it: one engine, one guard. {@link #run}
 * does it all on the caller's thread; {@link #stop} and {@link #tick} belong to others.
 */
final class CaptureRun {
    private static final Logger log = LoggerFactory.getLogger(CaptureRun.class);
    private final CaptureSettings settings;
    private final HoldGate gate;
    private final Stops stops;
    private final SilenceLimit silenceLimit;
    private final Observer observer;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
    private final AtomicReference<@Nullable Throwable> engineError = new AtomicReference<>();
    private volatile @Nullable DebeziumEngine<RecordChangeEvent<SourceRecord>> engine; // null before it is made
    private volatile boolean stopping;
    private volatile boolean hasOpenedLog;
    private volatile boolean hasReceived;
    private volatile long lastSignNanos = System.nanoTime();

    /** Told about positions that are durable. */
    interface Observer {
        void loaded(LogOffset offset);

        void committed(LogOffset offset, long changes, Optional<Long> sourceMillis);
    }

    /** The source said nothing for longer than its heartbeats allow. */
    static final class SourceSilent extends RuntimeException {
        private static final long serialVersionUID = 1L;

        SourceSilent(Duration silence) {
            super("the source has sent nothing for " + silence.toSeconds() + " s, not even a heartbeat");
        }
    }

    CaptureRun(CaptureSettings settings, HoldGate gate, Stops stops, SilenceLimit silenceLimit, Observer observer) {
        this.settings = settings;
        this.gate = gate;
        this.stops = stops;
        this.silenceLimit = silenceLimit;
        this.observer = observer;
    }

    /**
     * Reads the log until it ends or is stopped. {@code changes} is open, so all predecessors are ended; then the position is read,
     * then the engine starts: in any other order the position could be an older one.
     *
     * @return why it ended; empty after {@link #stop}
     */
    Optional<Throwable> run(ChangeLog changes) {
        String key = UUID.randomUUID().toString();
        LogWatch watch = new LogWatch(stops, settings.product());
        try (EngineSession session =
                EngineSession.open(key, settings.product(), settings.tables(), watch, this::openedLog)) {
            OffsetJson json = new OffsetJson(EngineProperties.engineName(settings.topics()));
            LogTail tail =
                    LogTail.read(settings.topics(), settings.partitioning().total(), settings.kafka());
            load(tail, session, json);
            BatchPublisher publisher = new BatchPublisher(
                    settings, changes, tail, gate, json, stops, watch, new PublishedBatches(session));
            try (DebeziumEngine<RecordChangeEvent<SourceRecord>> made = DebeziumEngine.create(
                            ChangeEventFormat.of(Connect.class))
                    .using(EngineProperties.of(settings, key))
                    .using(CaptureRun.class.getClassLoader())
                    .using((DebeziumEngine.CompletionCallback) (success, message, error) -> engineError.set(error))
                    .notifying(publisher)
                    .build()) {
                engine = made;
                if (!stopping) {
                    made.run();
                }
            } catch (IllegalStateException | IOException e) {
                log.atDebug().setCause(e).log("engine was closed already");
            } finally {
                engine = null;
            }
        } catch (RuntimeException e) {
            failure.compareAndSet(null, e);
        } finally {
            ended.countDown();
        }
        if (failure.get() != null) {
            return Optional.ofNullable(failure.get());
        }
        if (stopping) {
            return Optional.empty();
        }
        Throwable error = engineError.get();
        return Optional.of(error == null ? new IllegalStateException("the engine ended without a reason") : error);
    }

    private void load(LogTail tail, EngineSession session, OffsetJson json) {
        if (tail.position().isEmpty()) {
            stops.begin(StoredStops.NONE, Optional.empty());
            return;
        }
        PositionTopic.Stored last = tail.position().get();
        LogOffset offset = json.offset(last.value());
        stops.begin(
                last.stops().map(StoredStops::decode).orElse(StoredStops.NONE), Optional.of(offset.asChangePosition()));
        session.committed(last.key(), last.value());
        observer.loaded(offset);
        log.atInfo().addKeyValue("position", offset.position()).log("capture goes on from its last position");
    }

    /** Called regularly: ends a run whose source has fallen silent. A run in which something waits for the end of a hold, or for Kafka, is not silent. */
    void tick() {
        if (gate.isBusy()) {
            lastSignNanos = System.nanoTime();
            return;
        }
        Duration silence = Duration.ofNanos(System.nanoTime() - lastSignNanos);
        if (silence.compareTo(allowedSilence()) > 0 && engine != null) {
            if (failure.compareAndSet(null, new SourceSilent(silence)) && hasOpenedLog && !hasReceived) {
                silenceLimit.unheard();
            }
            lastSignNanos = System.nanoTime();
            closeEngine();
        }
    }

    private Duration allowedSilence() {
        if (hasReceived) {
            return silenceLimit.usual();
        }
        return hasOpenedLog ? silenceLimit.afterOpening() : SilenceLimit.LONGEST;
    }

    private void openedLog() {
        lastSignNanos = System.nanoTime();
        hasOpenedLog = true;
    }

    /** Ends the run after the batch that is being published, and waits for the end. */
    void stop(Duration patience) throws InterruptedException {
        stopping = true;
        long deadline = System.nanoTime() + patience.toNanos();
        while (ended.getCount() > 0 && System.nanoTime() - deadline < 0) {
            if (!gate.isPublishing()) {
                closeEngine();
            }
            ended.await(50, TimeUnit.MILLISECONDS); // the engine cannot be closed while it starts: ask again
        }
    }

    private void closeEngine() {
        DebeziumEngine<RecordChangeEvent<SourceRecord>> current = engine;
        if (current == null) {
            return;
        }
        try {
            current.close();
        } catch (IllegalStateException e) {
            log.atDebug().setCause(e).log("engine cannot be closed at this moment");
        } catch (IOException e) {
            log.atWarn().setCause(e).log("engine did not close cleanly");
        }
    }

    /** What the publisher of this run reports. */
    private final class PublishedBatches implements BatchPublisher.Listener {
        private final EngineSession session;

        PublishedBatches(EngineSession session) {
            this.session = session;
        }

        @Override
        public void received() {
            if (!hasReceived) {
                hasReceived = true;
                silenceLimit.heard();
            }
            lastSignNanos = System.nanoTime();
        }

        @Override
        public boolean isStopping() {
            return stopping || failure.get() != null;
        }

        @Override
        public void committed(byte[] key, byte[] value, LogOffset offset, long changes, Optional<Long> sourceMillis) {
            session.committed(key, value);
            observer.committed(offset, changes, sourceMillis);
        }

        @Override
        public void failed(RuntimeException cause) {
            failure.compareAndSet(null, cause);
        }
    }
}
