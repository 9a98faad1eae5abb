package dev.crossfade.pipeline.run;

import dev.crossfade.model.MigrationException;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What ends a run from outside its main thread: the first failure of a part, or the wish to stop. Any thread. */
public final class Signals {
    private static final Logger log = LoggerFactory.getLogger(Signals.class);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition raised = lock.newCondition();
    private @Nullable RuntimeException failure; // null while all parts are well
    private boolean stopRequested;

    /** The first failure wins; later ones are its consequences and are logged. */
    public void fail(RuntimeException cause) {
        lock.lock();
        try {
            if (failure == null) {
                failure = cause;
                log.atError().setCause(cause).log("a part of the run has failed");
            } else {
                log.atWarn().addKeyValue("failure", cause.toString()).log("another part has failed since");
            }
            raised.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Asks the run to end in good order. */
    public void requestStop() {
        lock.lock();
        try {
            stopRequested = true;
            raised.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean isStopRequested() {
        lock.lock();
        try {
            return stopRequested;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits, but no longer than until something is signalled.
     *
     * @return whether the run is to stop
     * @throws MigrationException or another exception with which a part has failed
     */
    boolean await(Duration atMost) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = atMost.toNanos();
            while (failure == null && !stopRequested && left > 0) {
                left = raised.awaitNanos(left);
            }
            if (failure != null) {
                throw failure;
            }
            return stopRequested;
        } finally {
            lock.unlock();
        }
    }
}
