package dev.crossfade.broker;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArraySet;
import org.apache.kafka.common.utils.Exit;

/**
 * Turns Kafka's way of giving up, which is to end the process, into a failure that the owner of the broker hears of. Kafka keeps the
 * procedure in a static field, so this must be static too; with several brokers in one process all of them are told.
 */
final class FatalExits {
    private static final Set<CompletableFuture<IllegalStateException>> LISTENERS = new CopyOnWriteArraySet<>();

    private FatalExits() {}

    /** Completes {@code failure} when Kafka wants to end the process. */
    static synchronized void tell(CompletableFuture<IllegalStateException> failure) {
        LISTENERS.add(failure);
        Exit.setExitProcedure(FatalExits::exit);
        Exit.setHaltProcedure(FatalExits::exit);
    }

    /** Kafka's own way is back when the last one has left. */
    static synchronized void forget(CompletableFuture<IllegalStateException> failure) {
        LISTENERS.removeIf(listener -> listener == failure);
        if (LISTENERS.isEmpty()) {
            Exit.resetExitProcedure();
            Exit.resetHaltProcedure();
        }
    }

    /** Kafka relies on this not to return. */
    private static void exit(int status, @org.jspecify.annotations.Nullable String message) {
        IllegalStateException failure = new IllegalStateException(
                "the embedded Kafka broker gave up with status " + status + (message == null ? "" : ": " + message)
                        + "; its log says why, and what was acknowledged is on disk");
        LISTENERS.forEach(listener -> listener.complete(failure));
        throw failure;
    }
}
