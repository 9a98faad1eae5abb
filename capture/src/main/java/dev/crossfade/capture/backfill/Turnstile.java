package dev.crossfade.capture.backfill;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** What all workers of a backfill ask before they go on: whether the gate is open, and whether they are to stop. Any thread. */
final class Turnstile {
    private static final Duration GATE_PAUSE = Duration.ofMillis(100);

    private final BackfillGate gate;
    private final CountDownLatch stop = new CountDownLatch(1);

    Turnstile(BackfillGate gate) {
        this.gate = gate;
    }

    /** Tells every worker to stop. */
    void stop() {
        stop.countDown();
    }

    boolean isStopped() {
        return stop.getCount() == 0;
    }

    /** Waits, but no longer than until the workers are to stop; returns whether they are. */
    boolean awaitStop(Duration atMost) throws InterruptedException {
        return stop.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** A chunk is durable in Kafka. */
    void passed(int partition, ChunkWriter chunk) {
        gate.passed(partition, chunk.endOffset(), chunk.bytes());
    }

    /** Waits until the gate is open; returns false if the workers are to stop. */
    boolean awaitOpen() throws InterruptedException {
        while (!gate.isOpen()) {
            if (awaitStop(GATE_PAUSE)) {
                return false;
            }
        }
        return !isStopped();
    }
}
