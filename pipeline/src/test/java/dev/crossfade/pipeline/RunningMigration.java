package dev.crossfade.pipeline;

import dev.crossfade.model.Faults;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A migration that runs on a thread of its own. Closing it asks it to stop, waits, and passes over how it ended. */
final class RunningMigration implements MigrationListener, AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final List<Phase> phases = new CopyOnWriteArrayList<>();
    private final List<String> messages = new CopyOnWriteArrayList<>();
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final Migration migration;
    private final Future<?> run;

    private RunningMigration(Migration migration, RunOptions options) {
        this.migration = migration;
        this.run = thread.submit(() -> {
            migration.run(options, this);
            return null;
        });
    }

    static RunningMigration start(MigrationSpec spec) {
        return start(of(spec));
    }

    static RunningMigration start(Migration migration) {
        return new RunningMigration(migration, RunOptions.UNTIL_STOPPED);
    }

    static RunningMigration until(MigrationSpec spec, Phase phase) {
        return until(of(spec), phase);
    }

    static RunningMigration until(Migration migration, Phase phase) {
        return new RunningMigration(migration, RunOptions.until(phase));
    }

    static Migration of(MigrationSpec spec) {
        return Migration.of(spec, KafkaSource.at(spec.kafka()), Faults.NONE);
    }

    @Override
    public void phase(Phase phase) {
        phases.add(phase);
    }

    @Override
    public void progress(MigrationProgress progress) {}

    @Override
    public void message(String text) {
        messages.add(text);
    }

    List<Phase> phases() {
        return phases;
    }

    List<String> messages() {
        return messages;
    }

    /** Waits for the phase; an end before it is thrown. */
    RunningMigration awaitPhase(Phase phase) throws Exception {
        long ends = System.nanoTime() + PATIENCE.toNanos();
        while (!phases.contains(phase)) {
            try {
                run.get(50, TimeUnit.MILLISECONDS);
                if (!phases.contains(phase)) {
                    throw new AssertionError("the run ended in " + phases);
                }
            } catch (TimeoutException e) {
                if (System.nanoTime() - ends > 0) {
                    throw new AssertionError("the run stands in " + phases + " after " + PATIENCE, e);
                }
            }
        }
        return this;
    }

    /** Waits for the end, whose exception is thrown as it is. */
    void awaitEnd() throws Exception {
        try {
            run.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        }
    }

    boolean hasEnded() {
        return run.isDone();
    }

    /** Ends it from inside its own process. */
    void stop() throws Exception {
        migration.requestStop();
        awaitEnd();
    }

    @Override
    public void close() {
        migration.requestStop();
        thread.shutdown();
        try {
            if (!thread.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                thread.shutdownNow();
            }
        } catch (InterruptedException e) {
            thread.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
