package dev.crossfade.pipeline.run;

import dev.crossfade.capture.source.SourceFailures;
import dev.crossfade.model.MigrationException;
import dev.crossfade.sink.target.SqlStates;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does the steps of a run's main thread one after the other. A side that is away is asked again, for as long as capture and the
 * appliers wait for it; meanwhile the run reports and can be stopped. One thread.
 */
final class Steps {
    private static final Logger log = LoggerFactory.getLogger(Steps.class);
    private static final Duration TICK = Duration.ofMillis(250);
    private static final Duration OUTAGE = Duration.ofMinutes(10);

    private final Reporter reporter;

    Steps(Reporter reporter) {
        this.reporter = reporter;
    }

    /**
     * Does a step that may be repeated.
     *
     * @return false if the run is to stop, and the step has not been done
     * @throws MigrationException if it fails for good
     */
    boolean done(Runnable step) throws InterruptedException {
        return until(() -> {
            step.run();
            return true;
        });
    }

    /**
     * Asks, tick by tick, until the answer is yes.
     *
     * @return false if the run is to stop before
     * @throws MigrationException if the question cannot be answered
     */
    boolean until(BooleanSupplier question) throws InterruptedException {
        long answeredAt = System.nanoTime();
        do {
            try {
                if (question.getAsBoolean()) {
                    return true;
                }
                answeredAt = System.nanoTime();
            } catch (MigrationException e) {
                if (!isPassing(e) || System.nanoTime() - answeredAt > OUTAGE.toNanos()) {
                    throw e;
                }
                log.atWarn()
                        .addKeyValue("reason", String.valueOf(e.getMessage()))
                        .log("a side does not answer, asking again");
            }
        } while (!reporter.awaitTick(TICK));
        return false;
    }

    /** Goes on until the run is to stop. */
    void untilStopped() throws InterruptedException {
        boolean unused = until(() -> false);
    }

    private static boolean isPassing(MigrationException failure) {
        return switch (failure.kind()) {
            case SOURCE -> SourceFailures.isPassing(failure);
            case TARGET -> failure.getCause() instanceof SQLException sql && SqlStates.isTransient(sql);
            case PLAN, TRANSFORM -> false;
        };
    }
}
