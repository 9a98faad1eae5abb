package dev.crossfade.pipeline.abort;

import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.FaultPoint;
import dev.crossfade.model.Faults;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.Problem;
import dev.crossfade.pipeline.AbortListener;
import dev.crossfade.pipeline.AbortOptions;
import dev.crossfade.pipeline.AbortOptions.TargetTables;
import dev.crossfade.pipeline.AbortPlan;
import dev.crossfade.pipeline.KafkaSource;
import dev.crossfade.pipeline.MigrationSpec;
import dev.crossfade.pipeline.Removal;
import dev.crossfade.pipeline.abort.Survey.Step;
import dev.crossfade.pipeline.run.Stopping;
import dev.crossfade.sink.control.ControlSchema;
import dev.crossfade.sink.control.MigrationStore;
import dev.crossfade.sink.control.RunLock;
import dev.crossfade.sink.control.RunLock.Holder;
import dev.crossfade.sink.control.RunOwner;
import dev.crossfade.sink.target.TargetDatabase;
import dev.crossfade.sink.target.TargetPool;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes away what a migration has made: first in Kafka, then on the source, then on the target, whose control schema knows what there
 * is to take away and therefore goes last. Each step looks for what is there, so that an abort that was killed can be run again from
 * its beginning. From the first step on the target says that the migration is being aborted, and no run goes on with it. One thread.
 */
public final class Aborter {
    private static final Logger log = LoggerFactory.getLogger(Aborter.class);
    private static final String NOTHING_REMOVED = "nothing was removed";
    /** A process that was killed a moment ago may still hold its lock until the server notices. */
    private static final Duration LOCK_PATIENCE = Duration.ofSeconds(3);

    private static final int CONNECTIONS = 2;

    private final MigrationSpec spec;
    private final KafkaSource kafka;
    private final Faults faults;

    public Aborter(MigrationSpec spec, KafkaSource kafka, Faults faults) {
        this.spec = spec;
        this.kafka = kafka;
        this.faults = faults;
    }

    /**
     * What there is to take away. Writes nothing.
     *
     * @throws MigrationException with everything that stands in the way
     */
    public AbortPlan plan(TargetTables targetTables) {
        try (Survey survey = Survey.of(spec, kafka, faults, targetTables)) {
            return survey.plan();
        }
    }

    /**
     * Stops the run, takes its lock, looks again, and takes away what it finds.
     *
     * @return what was taken away
     * @throws MigrationException with everything that stands in the way, before anything is taken away; or of a step that failed,
     *     after which an abort can be run again
     */
    public List<Removal> abort(AbortOptions options, AbortListener listener) throws InterruptedException {
        if (plan(options.targetTables()).isEmpty()) {
            return List.of();
        }
        TargetDatabase database = new TargetDatabase(spec.target());
        try (TargetPool target = database.pool(CONNECTIONS)) {
            new ControlSchema(target).install();
            stop(target, options.stopWithin(), listener);
            try (RunLock lock =
                    RunLock.acquire(database, spec.name(), RunOwner.thisProcess(), LOCK_PATIENCE, this::lockLost)) {
                return remove(target, lock, options, listener);
            }
        }
    }

    private void lockLost(MigrationException loss) {
        log.atError().setCause(loss).log("the run lock is lost; the abort ends before its next step");
    }

    private void stop(TargetPool target, Duration patience, AbortListener listener) throws InterruptedException {
        RunLock.holder(target, spec.name())
                .ifPresent(holder -> listener.message("asking " + holder.owner() + " to stop …"));
        Optional<Holder> stays = Stopping.stop(target, spec.name(), patience);
        if (stays.isPresent()) {
            Holder holder = stays.get();
            throw refused(new Problem(
                    ErrorKind.PLAN,
                    "RUN-LOCKED",
                    "migration " + spec.name(),
                    "it is run by " + holder.owner() + " since " + holder.since()
                            + ", which was asked to stop and has not within " + patience.toSeconds() + " s",
                    "stop that process; if its machine is gone: select pg_terminate_backend(" + holder.backend()
                            + ") on the target"));
        }
    }

    private List<Removal> remove(TargetPool target, RunLock lock, AbortOptions options, AbortListener listener) {
        try (Survey survey = Survey.of(spec, kafka, faults, options.targetTables())) {
            options.confirmed().ifPresent(confirmed -> requireNothingBeyond(survey.plan(), confirmed));
            new MigrationStore(target, spec.name()).markAborted(lock.epoch());
            faults.reached(FaultPoint.ABORT_AFTER_MARK);
            for (Step step : survey.steps()) {
                requireHeld(lock);
                step.action().accept(lock.epoch());
                faults.reached(step.done());
                step.removals().forEach(removal -> {
                    log.atInfo()
                            .addKeyValue("place", removal.place())
                            .addKeyValue("manner", removal.manner())
                            .addKeyValue("object", removal.object())
                            .log("removed");
                    listener.removed(removal);
                });
            }
            return survey.plan().removals();
        }
    }

    /** A run may have come further between the question and the answer. */
    private void requireNothingBeyond(AbortPlan found, AbortPlan confirmed) {
        Set<String> beyond = found.onTargetBeyond(confirmed);
        if (!beyond.isEmpty()) {
            throw refused(new Problem(
                    ErrorKind.PLAN,
                    "ABORT-CHANGED",
                    "migration " + spec.name(),
                    "since it was asked what to remove, there is more on the target: " + String.join(", ", beyond),
                    "abort again and look at the new list; the run is stopped now"));
        }
    }

    private void requireHeld(RunLock lock) {
        if (!lock.isHeld()) {
            throw new MigrationException(
                    ErrorKind.TARGET,
                    "target: the connection that holds the run lock of migration " + spec.name()
                            + " is lost; what was removed before stays removed. Hint: abort again, it goes on from here");
        }
    }

    private static MigrationException refused(Problem problem) {
        return MigrationException.of(List.of(problem), NOTHING_REMOVED);
    }
}
