package dev.crossfade.sink;

import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.MigrationException;
import dev.crossfade.sink.target.SqlStates;
import dev.crossfade.sink.target.TargetErrors;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does repeatable work again after failures that pass by themselves. */
final class Retrying {
    private static final Logger log = LoggerFactory.getLogger(Retrying.class);
    private static final long FIRST_PAUSE_MILLIS = 100;
    private static final long LONGEST_PAUSE_MILLIS = 5_000;

    private Retrying() {}

    /** Work whose repetition does no harm. */
    @FunctionalInterface
    interface Work {
        void run() throws SQLException;
    }

    /**
     * Runs {@code work} until it succeeds, fails for good, or has failed for {@code patience}.
     *
     * @param name reads after "cannot"
     */
    static void until(Duration patience, String name, Work work) {
        long deadline = System.nanoTime() + patience.toNanos();
        long pause = FIRST_PAUSE_MILLIS;
        while (true) {
            try {
                work.run();
                return;
            } catch (SQLException e) {
                if (!SqlStates.isTransient(e) || System.nanoTime() - deadline >= 0) {
                    throw TargetErrors.of(name, e);
                }
                log.atWarn()
                        .addKeyValue("work", name)
                        .addKeyValue("sqlState", e.getSQLState())
                        .addKeyValue("pauseMillis", pause)
                        .log("target failed, trying again");
            }
            try {
                TimeUnit.MILLISECONDS.sleep(pause);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new MigrationException(ErrorKind.TARGET, "interrupted; cannot " + name, e);
            }
            pause = Math.min(LONGEST_PAUSE_MILLIS, 2 * pause);
        }
    }
}
