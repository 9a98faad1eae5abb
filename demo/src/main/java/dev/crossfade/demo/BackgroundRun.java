package dev.crossfade.demo;

import dev.crossfade.pipeline.Migration;
import dev.crossfade.pipeline.MigrationListener;
import dev.crossfade.pipeline.MigrationProgress;
import dev.crossfade.pipeline.Phase;
import dev.crossfade.pipeline.RunOptions;
import java.util.concurrent.CompletableFuture;

/** A migration that runs on a thread of its own. What it tells goes to one listener after the other. */
final class BackgroundRun implements AutoCloseable {
    /** Hears nothing. */
    private static final MigrationListener NOBODY = new MigrationListener() {
        @Override
        public void phase(Phase phase) {}

        @Override
        public void progress(MigrationProgress progress) {}

        @Override
        public void message(String text) {}
    };

    private final Migration migration;
    private volatile MigrationListener listener;
    private final CompletableFuture<Void> shadowing = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final Thread thread;

    private BackgroundRun(Migration migration, MigrationListener listener) {
        this.migration = migration;
        this.listener = listener;
        this.thread = new Thread(this::run, "demo-run");
    }

    static BackgroundRun start(Migration migration, MigrationListener listener) {
        BackgroundRun run = new BackgroundRun(migration, listener);
        run.thread.start();
        return run;
    }

    private void run() {
        try {
            migration.run(RunOptions.UNTIL_STOPPED, new Relay());
            ended.complete(null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            ended.completeExceptionally(e);
        } catch (RuntimeException | Error e) {
            ended.completeExceptionally(e);
        }
    }

    /** From now on tells {@code next} instead. */
    void tell(MigrationListener next) {
        listener = next;
    }

    /** From now on tells nobody. */
    void tellNobody() {
        listener = NOBODY;
    }

    /** Done once the target follows the source, and the listener has been told so. */
    CompletableFuture<Void> shadowing() {
        return shadowing;
    }

    /** Done once the run has ended: stopped from here or elsewhere, or failed with what the future says. */
    CompletableFuture<Void> ended() {
        return ended;
    }

    /** Stops the run and waits for its end; what it failed with is not thrown any more. */
    @Override
    public void close() {
        migration.requestStop();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Passes everything on. */
    private final class Relay implements MigrationListener {
        @Override
        public void phase(Phase phase) {
            listener.phase(phase);
        }

        @Override
        public void progress(MigrationProgress progress) {
            listener.progress(progress);
            if (progress.phase() == Phase.SHADOWING) {
                shadowing.complete(null);
            }
        }

        @Override
        public void message(String text) {
            listener.message(text);
        }
    }
}
