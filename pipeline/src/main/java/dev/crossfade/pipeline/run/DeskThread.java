package dev.crossfade.pipeline.run;

import dev.crossfade.model.MigrationException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread that lets a desk look at its board, over and over. */
final class DeskThread implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(DeskThread.class);

    private final Look look;
    private final Duration every;
    private final Signals signals;
    private final Thread thread;

    /** What a desk does each time. */
    @FunctionalInterface
    interface Look {
        void run() throws InterruptedException;
    }

    /** A thread of this name that calls {@code look} once it is started. */
    DeskThread(String name, Look look, Duration every, Signals signals) {
        this.look = look;
        this.every = every;
        this.signals = signals;
        this.thread = new Thread(this::work, name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void work() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                try {
                    look.run();
                } catch (MigrationException e) {
                    // The target or the source may be away for a while; what has a deadline ends by it all the same.
                    log.atWarn()
                            .addKeyValue("reason", String.valueOf(e.getMessage()))
                            .addKeyValue("desk", thread.getName())
                            .log("a desk could not look");
                }
                TimeUnit.MILLISECONDS.sleep(every.toMillis());
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
