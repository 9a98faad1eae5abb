package dev.crossfade.pipeline;

import static java.util.Objects.requireNonNull;

import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.Faults;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.NearestName;
import dev.crossfade.model.Problem;
import dev.crossfade.model.TableId;
import dev.crossfade.model.TablePlan;
import dev.crossfade.pipeline.AbortOptions.TargetTables;
import dev.crossfade.pipeline.abort.Aborter;
import dev.crossfade.pipeline.plan.Planner;
import dev.crossfade.pipeline.plan.Planning;
import dev.crossfade.pipeline.run.ProgressJson;
import dev.crossfade.pipeline.run.Runner;
import dev.crossfade.pipeline.run.Signals;
import dev.crossfade.pipeline.run.Stopping;
import dev.crossfade.pipeline.stop.Resuming;
import dev.crossfade.pipeline.stop.StopReading;
import dev.crossfade.pipeline.verification.RemotePairing;
import dev.crossfade.sink.control.ControlSchema;
import dev.crossfade.sink.control.MigrationRecord;
import dev.crossfade.sink.control.MigrationStore;
import dev.crossfade.sink.control.RunLock;
import dev.crossfade.sink.control.RunLock.Holder;
import dev.crossfade.sink.control.VerificationBoard;
import dev.crossfade.sink.target.TargetDatabase;
import dev.crossfade.sink.target.TargetPool;
import dev.crossfade.verify.ParityReport;
import dev.crossfade.verify.ValueDisclosure;
import dev.crossfade.verify.VerificationLimits;
import dev.crossfade.verify.VerificationListener;
import dev.crossfade.verify.VerificationRequest;
import dev.crossfade.verify.Verifier;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A migration as a library. All state is on the target and in Kafka, so every method but {@link #run} may be called from any machine
 * while the migration runs somewhere. {@link #requestStop} may be called from any thread; otherwise one thread.
 */
public final class Migration {
    /** A process that was just started must catch up before it answers, and the machine may be busy. */
    private static final Duration ANSWER_WITHIN = Duration.ofMinutes(5);

    private static final int VERIFY_CONNECTIONS = 2;

    private final MigrationSpec spec;
    private final KafkaSource kafka;
    private final Faults faults;
    private final Signals signals = new Signals();

    private Migration(MigrationSpec spec, KafkaSource kafka, Faults faults) {
        this.spec = requireNonNull(spec, "spec");
        this.kafka = requireNonNull(kafka, "kafka");
        this.faults = requireNonNull(faults, "faults");
    }

    /** A migration; nothing is connected to yet. */
    public static Migration of(MigrationSpec spec, KafkaSource kafka, Faults faults) {
        return new Migration(spec, kafka, faults);
    }

    /**
     * Checks the file against both databases. Writes nothing.
     *
     * @throws MigrationException with all problems
     */
    public Planning plan() {
        return Planner.plan(spec, kafka.problems());
    }

    /**
     * Begins the migration, or goes on where it was after any kind of end, until it is stopped or the wanted phase is reached. On
     * return, and after every exception, everything that was reported is durable and {@code run} may be called again, in this or
     * another process.
     *
     * @throws MigrationException if the plan is refused, another process runs the migration, or a part has failed for good
     */
    public void run(RunOptions options, MigrationListener listener) throws InterruptedException {
        new Runner(spec, kafka, faults, signals).run(options, listener);
    }

    /** Ends {@link #run} in good order, soon. Any thread, also before run is called. */
    public void requestStop() {
        signals.requestStop();
    }

    /** What the target knows of the migration; empty if it was never begun there. */
    public Optional<MigrationStatus> status() {
        try (TargetPool target = new TargetDatabase(spec.target()).pool(1)) {
            if (!new ControlSchema(target).isInstalled()) {
                return Optional.empty();
            }
            Optional<MigrationRecord> record = new MigrationStore(target, spec.name()).read();
            Optional<Holder> holder = RunLock.holder(target, spec.name());
            List<StoppedTables> stopped = record.isPresent() ? StopReading.stopped(target, spec.name()) : List.of();
            return record.map(begun -> status(begun, holder, stopped));
        }
    }

    private static MigrationStatus status(
            MigrationRecord record, Optional<Holder> holder, List<StoppedTables> stopped) {
        boolean reported = record.status().contains("phase");
        return new MigrationStatus(
                record.migration(),
                record.mappingHash(),
                Phase.valueOf(record.phase()),
                holder.isPresent(),
                holder.map(running -> running.owner().toString()).orElse(""),
                reported ? Optional.of(record.statusAt()) : Optional.empty(),
                reported ? Optional.of(ProgressJson.read(record.status())) : Optional.empty(),
                stopped);
    }

    /**
     * Compares both sides from a pair of snapshots while the migration runs, here or elsewhere.
     *
     * @throws MigrationException if the migration does not run, does not shadow yet, or a snapshot cannot be opened; differences and
     *     rows that could not be read are in the report, not exceptions
     */
    public ParityReport verify(VerifyOptions options, VerificationListener listener) {
        Planning planning = Planner.plan(spec);
        Set<TableId> tables = targets(planning.plan(), options.tables());
        requireShadowing();
        try (TargetPool target = new TargetDatabase(spec.target()).pool(VERIFY_CONNECTIONS)) {
            RemotePairing pairing = new RemotePairing(
                    new VerificationBoard(target, spec.name()),
                    planning.plan(),
                    planning.partitioning(spec.settings()).total(),
                    ANSWER_WITHIN);
            VerificationLimits limits = VerificationLimits.DEFAULT;
            VerificationRequest request = new VerificationRequest(
                    planning.plan(),
                    spec.source(),
                    spec.target(),
                    tables,
                    ValueDisclosure.KEYS_ONLY,
                    new VerificationLimits(
                            options.maxFindingsPerTable(),
                            limits.maxRowsHeld(),
                            limits.maxReadings(),
                            limits.holdAtMost(),
                            limits.silenceAtMost()),
                    listener);
            return new Verifier(Clock.systemUTC()).verify(request, pairing);
        }
    }

    private void requireShadowing() {
        MigrationStatus status = status().orElseThrow(() -> notShadowing("it was never begun on this target"));
        if (!status.running()) {
            throw notShadowing("no process runs it; it stands at " + status.phase());
        }
        if (!status.phase().isAtLeast(Phase.SHADOWING)) {
            throw notShadowing("it stands at " + status.phase());
        }
    }

    private MigrationException notShadowing(String seen) {
        return MigrationException.of(
                List.of(new Problem(
                        ErrorKind.PLAN,
                        "NOT-SHADOWING",
                        "migration " + spec.name(),
                        seen + ", verify needs a running migration that shadows",
                        "crossfade run -c FILE, and wait for the phase SHADOWING")),
                "nothing was compared");
    }

    /** Target tables by their source or target names. */
    private static Set<TableId> targets(MigrationPlan plan, List<String> names) {
        Set<TableId> targets = new HashSet<>();
        List<Problem> problems = new ArrayList<>();
        for (String name : names) {
            Optional<TablePlan> match = plan.tables().stream()
                    .filter(table -> name.equals(table.target().id().toString())
                            || name.equals(table.source().id().toString()))
                    .findFirst();
            match.ifPresent(table -> targets.add(table.target().id()));
            if (match.isEmpty()) {
                List<String> known = plan.tables().stream()
                        .map(table -> table.target().id().toString())
                        .toList();
                problems.add(new Problem(
                        ErrorKind.PLAN,
                        "TABLE-UNKNOWN",
                        "--table " + name,
                        "is no table of this migration" + NearestName.hint(name, known),
                        ""));
            }
        }
        if (!problems.isEmpty()) {
            throw MigrationException.of(problems, "nothing was compared");
        }
        return targets;
    }

    /**
     * Asks the process that runs the migration, wherever it is, to stop, and waits until it has.
     *
     * @return false if no process runs it
     * @throws MigrationException of kind TARGET if it still runs after {@code patience}
     */
    public boolean stop(Duration patience) throws InterruptedException {
        try (TargetPool target = new TargetDatabase(spec.target()).pool(1)) {
            if (!new ControlSchema(target).isInstalled()
                    || RunLock.holder(target, spec.name()).isEmpty()) {
                return false;
            }
            Stopping.stop(target, spec.name(), patience).ifPresent(holder -> {
                throw new MigrationException(
                        ErrorKind.TARGET,
                        "migration " + spec.name() + " is still run by " + holder.owner() + " after "
                                + patience.toSeconds() + " s; it was asked to stop and will when it can");
            });
            return true;
        }
    }

    /**
     * Asks that a stopped table, and what stopped with it, be taken up again: by the process that runs the migration, or by the next one.
     * To be called when the cause is mended; else the table stops again.
     *
     * @param table the name of a source table
     * @param patience how long to wait for the outcome while a process runs the migration
     * @return how the tables stand then; empty if they run again
     * @throws MigrationException of kind PLAN if the table has not stopped
     */
    public Optional<StoppedTables> resume(String table, Duration patience) throws InterruptedException {
        try (TargetPool target = new TargetDatabase(spec.target()).pool(1)) {
            return new Resuming(target, spec.name()).resume(table, patience);
        }
    }

    /**
     * Looks for everything that the migration has made, on both sides and in Kafka, in whatever state it is. Writes nothing.
     *
     * @throws MigrationException with everything that would stand in the way of an abort
     */
    public AbortPlan planAbort(TargetTables targetTables) {
        return new Aborter(spec, kafka, faults).plan(targetTables);
    }

    /**
     * Takes away everything that the migration has made, after it has stopped the process that runs it and taken the run lock. Nothing
     * of other migrations, and nothing of the user's, is touched. After any kind of end it may be called again, and takes away what is
     * left; once it has returned, the same migration can begin anew.
     *
     * @return what was taken away
     * @throws MigrationException before anything is taken away, with everything that stands in the way, a process that does not stop
     *     among it; or later, if a side fails
     */
    public List<Removal> abort(AbortOptions options, AbortListener listener) throws InterruptedException {
        return new Aborter(spec, kafka, faults).abort(options, listener);
    }
}
