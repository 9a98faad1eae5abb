package dev.crossfade.capture.change;

import dev.crossfade.model.BinlogPosition;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands between the log and Kafka. Open, everything passes; held, nothing does; released up to a position, what begins before it
 * passes, then one fence, then nothing. A hold outlives a restart of the log's reader and ends by itself at its deadline. One thread
 * publishes; any thread may hold and resume.
 */
final class HoldGate {
    private static final Logger log = LoggerFactory.getLogger(HoldGate.class);

    /** What may be published now: everything, or what begins before {@code end} and then the fence. */
    record Permit(Optional<BinlogPosition> end, String token) {
        static final Permit EVERYTHING = new Permit(Optional.empty(), "");
    }

    private final LongSupplier nanoTime;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean publishing;
    private boolean waiting;
    private @Nullable Hold hold; // null while open

    private static final class Hold {
        final long endsAtNanos;
        final CompletableFuture<Void> inForce = new CompletableFuture<>();

        @Nullable
        Permit permit; // null while nothing may pass

        @Nullable
        CompletableFuture<Void> passed; // null until a permit was given

        Hold(long endsAtNanos) {
            this.endsAtNanos = endsAtNanos;
        }
    }

    HoldGate(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    CompletableFuture<Void> hold(Duration atMost) {
        lock.lock();
        try {
            endOverdue();
            if (hold != null) {
                throw new IllegalStateException("change capture is held already");
            }
            Hold next = new Hold(nanoTime.getAsLong() + atMost.toNanos());
            hold = next;
            if (!publishing) {
                next.inForce.complete(null);
            }
            return next.inForce;
        } finally {
            lock.unlock();
        }
    }

    boolean isHeld() {
        lock.lock();
        try {
            endOverdue();
            return hold != null && hold.permit == null && !publishing;
        } finally {
            lock.unlock();
        }
    }

    CompletableFuture<Void> publishThrough(BinlogPosition end, String token) {
        lock.lock();
        try {
            endOverdue();
            Hold current = hold;
            if (current == null) {
                throw new IllegalStateException("change capture is not held, or the hold's time is over");
            }
            if (current.passed != null && !current.passed.isDone()) {
                throw new IllegalStateException("change capture is publishing through another position");
            }
            current.permit = new Permit(Optional.of(end), token);
            CompletableFuture<Void> passed = new CompletableFuture<>();
            current.passed = passed;
            changed.signalAll();
            return passed;
        } finally {
            lock.unlock();
        }
    }

    void resume() {
        lock.lock();
        try {
            end("change capture was resumed");
        } finally {
            lock.unlock();
        }
    }

    /** Ends a hold whose time is over. Called regularly. */
    void tick() {
        lock.lock();
        try {
            endOverdue();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Whether the publishing thread waits here, or is at work. While held it comes here with the next heartbeat; one that does not come
     * has lost its source.
     */
    boolean isBusy() {
        lock.lock();
        try {
            return publishing || waiting;
        } finally {
            lock.unlock();
        }
    }

    /** Whether a batch is on its way to Kafka. */
    boolean isPublishing() {
        lock.lock();
        try {
            return publishing;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until something may be published. The caller publishes what the permit allows, then calls {@link #leave}. */
    Permit enter() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (true) {
                endOverdue();
                Hold current = hold;
                if (current == null || current.permit != null) {
                    publishing = true;
                    return current == null || current.permit == null ? Permit.EVERYTHING : current.permit;
                }
                waiting = true;
                changed.awaitNanos(Math.max(1, current.endsAtNanos - nanoTime.getAsLong()));
            }
        } finally {
            waiting = false;
            lock.unlock();
        }
    }

    /** The permit's fence is durable: nothing more passes. Whoever waits for it is told by {@link #leave}, when the hold is in force again. */
    void fenced(Permit permit) {
        lock.lock();
        try {
            Hold current = hold;
            if (current != null && permit.equals(current.permit)) {
                current.permit = null;
            }
        } finally {
            lock.unlock();
        }
    }

    void leave() {
        lock.lock();
        try {
            publishing = false;
            Hold current = hold;
            if (current == null) {
                return;
            }
            current.inForce.complete(null);
            if (current.permit == null && current.passed != null) {
                current.passed.complete(null);
            }
        } finally {
            lock.unlock();
        }
    }

    private void endOverdue() {
        Hold current = hold;
        if (current != null && nanoTime.getAsLong() - current.endsAtNanos >= 0) {
            log.atWarn().log("hold of change capture ended by its deadline");
            end("the hold's time is over");
        }
    }

    private void end(String why) {
        Hold current = hold;
        hold = null;
        if (current != null) {
            IllegalStateException ended = new IllegalStateException(why);
            current.inForce.completeExceptionally(ended);
            if (current.passed != null) {
                current.passed.completeExceptionally(ended);
            }
        }
        changed.signalAll();
    }
}
