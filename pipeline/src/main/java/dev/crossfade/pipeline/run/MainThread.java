package dev.crossfade.pipeline.run;

import dev.crossfade.model.MigrationException;
import dev.crossfade.pipeline.KafkaSource;
import java.util.concurrent.CompletableFuture;

/**
 * The thread on which a run does its steps, made to hear at once that the run's Kafka has given up: some steps wait for an answer of
 * Kafka's, and would for minutes.
 */
final class MainThread {
    private final Thread thread = Thread.currentThread();
    private boolean working = true; // guarded by this, as is the next one
    private boolean interrupted;

    private MainThread() {}

    /** What a run does as long as it has its Kafka. */
    @FunctionalInterface
    interface Work {
        void run() throws InterruptedException;
    }

    /**
     * Does the work on the caller's thread, which is interrupted in it if Kafka gives up.
     *
     * @throws MigrationException the failure of Kafka, if there is one, whatever the work made of it
     */
    static void whileThere(KafkaSource.Session kafka, Work work) throws InterruptedException {
        MainThread main = new MainThread();
        CompletableFuture<MigrationException> failure = kafka.failure();
        var unused = failure.thenRun(main::interrupt);
        try {
            work.run();
        } catch (InterruptedException | RuntimeException consequence) {
            MigrationException reason = failure.getNow(null);
            if (reason == null) {
                throw consequence;
            }
            if (reason != consequence) {
                reason.addSuppressed(consequence);
            }
            throw reason;
        } finally {
            main.leave();
        }
    }

    private synchronized void interrupt() {
        if (working) {
            interrupted = true;
            thread.interrupt();
        }
    }

    /** The thread closes the parts now, and whoever did not interrupt it must not find it interrupted. */
    private synchronized void leave() {
        working = false;
        if (interrupted) {
            boolean unused = Thread.interrupted();
        }
    }
}
