package dev.crossfade.pipeline.run;

import dev.crossfade.model.MigrationException;
import dev.crossfade.pipeline.MigrationListener;
import dev.crossfade.pipeline.MigrationProgress;
import dev.crossfade.pipeline.run.Runner.Phases;
import dev.crossfade.pipeline.stop.StopNews;
import dev.crossfade.sink.control.MigrationRecord;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the run's main thread does while the parts work: waits, tells the listener how far things are, leaves the same on the target
 * for {@code status}, and sees whether a stop was asked for there. A target that does not answer is no reason to end: the appliers
 * have their own limits.
 */
final class Reporter {
    private static final Logger log = LoggerFactory.getLogger(Reporter.class);
    private static final Duration STORE_EVERY = Duration.ofSeconds(1);
    private static final Duration LOG_EVERY = Duration.ofSeconds(10);

    private final Signals signals;
    private final Phases phases;
    private final MigrationListener listener;
    private final BiFunction<Long, Phases, MigrationProgress> picture;
    private final StopNews stopNews = new StopNews();
    private long storedAt = System.nanoTime() - STORE_EVERY.toNanos();
    private long loggedAt = System.nanoTime();

    /** Reports what {@code picture} makes of a moment in nanoseconds. */
    Reporter(
            Signals signals,
            Phases phases,
            MigrationListener listener,
            BiFunction<Long, Phases, MigrationProgress> picture) {
        this.signals = signals;
        this.phases = phases;
        this.listener = listener;
        this.picture = picture;
    }

    /**
     * Waits for one tick and reports.
     *
     * @return whether the run is to stop
     */
    boolean awaitTick(Duration tick) throws InterruptedException {
        if (signals.await(tick)) {
            return true;
        }
        report();
        return signals.isStopRequested();
    }

    /** Reports, and leaves it on the target whenever that was done last: for the moment when a phase was entered. */
    void reportPhase() {
        storedAt = System.nanoTime() - STORE_EVERY.toNanos();
        report();
    }

    private void report() {
        long now = System.nanoTime();
        try {
            MigrationProgress progress = picture.apply(now, phases);
            stopNews.since(progress.stopped()).forEach(listener::message);
            listener.progress(progress);
            if (now - storedAt >= STORE_EVERY.toNanos()) {
                storedAt = now;
                phases.store().status(phases.epoch(), ProgressJson.write(progress));
                Optional<MigrationRecord> record = phases.store().read();
                if (record.isPresent() && record.get().wanted().equals(Runner.WANTED_STOPPED)) {
                    listener.message("stop was asked for");
                    signals.requestStop();
                }
            }
            if (now - loggedAt >= LOG_EVERY.toNanos()) {
                loggedAt = now;
                log.atInfo()
                        .addKeyValue("phase", progress.phase())
                        .addKeyValue("rowsPerSecond", Math.round(progress.rowsPerSecond()))
                        .addKeyValue("captured", progress.changesCaptured())
                        .addKeyValue("applied", progress.changesApplied())
                        .log("progress");
            }
        } catch (MigrationException e) {
            log.atWarn().addKeyValue("reason", String.valueOf(e.getMessage())).log("progress could not be reported");
        }
    }
}
