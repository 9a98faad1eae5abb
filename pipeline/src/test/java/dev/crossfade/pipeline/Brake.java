package dev.crossfade.pipeline;

import dev.crossfade.model.FaultPoint;
import dev.crossfade.model.Faults;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;

/** Keeps threads that come to a point from going on, until they may, or until they die. Any thread. */
final class Brake implements Faults, AutoCloseable {
    private final FaultPoint at;
    private final BooleanSupplier applies;
    private final CountDownLatch end = new CountDownLatch(1);
    private volatile boolean dies;

    Brake(FaultPoint at) {
        this(at, () -> true);
    }

    /**
     * A brake for some threads.
     *
     * @param applies asked on the thread
     */
    Brake(FaultPoint at, BooleanSupplier applies) {
        this.at = at;
        this.applies = applies;
    }

    @Override
    public void reached(FaultPoint point) {
        if (point == at && applies.getAsBoolean()) {
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            if (dies) {
                throw new IllegalStateException("died");
            }
        }
    }

    void release() {
        end.countDown();
    }

    void die() {
        dies = true;
        end.countDown();
    }

    /** To be closed before the run, which waits for its threads. */
    @Override
    public void close() {
        release();
    }
}
