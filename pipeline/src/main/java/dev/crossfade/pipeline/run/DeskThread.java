package dev.crossfade.pipeline.run;

import dev.crossfade.model.MigrationException;
import dev.crossfade.pipeline.verification.HoldDesk;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread that lets the verification desk look at its board, some forty times a second. */
final class DeskThread implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(DeskThread.class);
    private static final Duration LOOK_EVERY = Duration.ofMillis(25);

    private final HoldDesk desk;
    private final Signals signals;
    private final Thread thread = new Thread(this::work, "verification-desk");

    DeskThread(HoldDesk desk, Signals signals) {
        this.desk = desk;
        this.signals = signals;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void work() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                try {
                    desk.tick();
                } catch (MigrationException e) {
                    // The target or the source may be away for a while; a hold ends by its deadline all the same.
                    log.atWarn()
                            .addKeyValue("reason", String.valueOf(e.getMessage()))
                            .log("verification desk could not look");
                }
                TimeUnit.MILLISECONDS.sleep(LOOK_EVERY.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            signals.fail(e);
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
