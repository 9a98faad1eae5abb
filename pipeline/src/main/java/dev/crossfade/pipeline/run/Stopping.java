package dev.crossfade.pipeline.run;

import dev.crossfade.sink.control.MigrationStore;
import dev.crossfade.sink.control.RunLock;
import dev.crossfade.sink.control.RunLock.Holder;
import dev.crossfade.sink.target.Connections;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Ends the run of a migration, wherever it is, by a wish on the target. Any process. */
public final class Stopping {
    private static final long LOOK_EVERY_MILLIS = 100;

    private Stopping() {}

    /**
     * Asks the process that holds the run lock to stop, and waits until the lock is free. The wish is repeated, since a run that is
     * just beginning clears those that it finds.
     *
     * @return who still holds the lock after {@code patience}; empty if nobody does
     */
    public static Optional<Holder> stop(Connections target, String migration, Duration patience)
            throws InterruptedException {
        MigrationStore store = new MigrationStore(target, migration);
        long deadline = System.nanoTime() + patience.toNanos();
        Optional<Holder> holder = RunLock.holder(target, migration);
        while (holder.isPresent() && System.nanoTime() - deadline < 0) {
            store.want(Runner.WANTED_STOPPED);
            TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MILLIS);
            holder = RunLock.holder(target, migration);
        }
        return holder;
    }
}
