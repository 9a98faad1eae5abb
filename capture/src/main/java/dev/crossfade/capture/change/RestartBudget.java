package dev.crossfade.capture.change;

import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.MigrationException;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether the log is opened anew after a failure, and when. A source or a Kafka that is out of reach is waited for as long as
 * the settings say; anything else that happens again and again without progress is for a person to see. Thread-safe.
 */
final class RestartBudget {
    private static final int ATTEMPTS = 5; // failures in a row that no outage explains
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    private static final int MAX_REASON = 500; // characters; a statement that cannot be parsed is quoted whole
    private static final String CONNECTION_EXCEPTION = "08"; // class of SQLSTATE

    private final Duration maxOutage;
    private int failures;
    private int unexplained;
    private long firstFailureNanos;

    RestartBudget(Duration maxOutage) {
        this.maxOutage = maxOutage;
    }

    /** The log has moved on: what failed before is over. */
    synchronized void progressed() {
        failures = 0;
        unexplained = 0;
    }

    /**
     * Takes note of a failure.
     *
     * @return how long to wait before the next attempt
     * @throws MigrationException if there is to be none
     */
    synchronized Duration next(Throwable failure, long nowNanos) {
        if (failure instanceof MigrationException fatal) {
            throw fatal;
        }
        if (failures++ == 0) {
            firstFailureNanos = nowNanos;
        }
        boolean isOutage = isOutage(failure);
        if (!isOutage) {
            unexplained++;
        }
        if (unexplained >= ATTEMPTS || nowNanos - firstFailureNanos > maxOutage.toNanos()) {
            throw new MigrationException(
                    failure instanceof ChangeLog.LogUnavailable ? ErrorKind.TRANSFORM : ErrorKind.SOURCE,
                    "the source's log cannot be captured, " + failures + " attempts without progress: "
                            + reason(failure) + "; the last committed position stands, a new run goes on from there",
                    failure);
        }
        if (failures == 1) {
            return Duration.ZERO;
        }
        Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(10, failures - 2));
        return pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
    }

    private static boolean isOutage(@Nullable Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof IOException
                    || cause instanceof ChangeLog.LogUnavailable
                    || cause instanceof CaptureRun.SourceSilent
                    || (cause instanceof SQLException sql
                            && sql.getSQLState() != null
                            && sql.getSQLState().toUpperCase(Locale.ROOT).startsWith(CONNECTION_EXCEPTION))) {
                return true;
            }
        }
        return false;
    }

    /** The words of the cause that is nearest to what happened and has any. */
    private static String reason(Throwable failure) {
        String reason = failure.getClass().getSimpleName();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String message = cause.getMessage();
            if (message != null && !message.isBlank()) {
                reason = cause.getClass().getSimpleName() + ": " + message.strip();
            }
        }
        return reason.length() <= MAX_REASON ? reason : reason.substring(0, MAX_REASON) + "…";
    }
}
