package dev.crossfade.pipeline.run;

import dev.crossfade.model.FaultPoint;
import dev.crossfade.model.Faults;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.OrderGroup;
import dev.crossfade.pipeline.KafkaSource;
import dev.crossfade.pipeline.MigrationListener;
import dev.crossfade.pipeline.MigrationSpec;
import dev.crossfade.pipeline.Phase;
import dev.crossfade.pipeline.RunOptions;
import dev.crossfade.pipeline.plan.BegunDefinitions;
import dev.crossfade.pipeline.plan.PlanText;
import dev.crossfade.pipeline.plan.Planner;
import dev.crossfade.pipeline.plan.Planning;
import dev.crossfade.sink.control.ControlSchema;
import dev.crossfade.sink.control.Epoch;
import dev.crossfade.sink.control.MigrationRecord;
import dev.crossfade.sink.control.MigrationStore;
import dev.crossfade.sink.control.RunLock;
import dev.crossfade.sink.control.RunOwner;
import dev.crossfade.sink.control.SourceDefinitions;
import dev.crossfade.sink.target.TargetDatabase;
import dev.crossfade.sink.target.TargetPool;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of a migration in this process, from the checks to the end. Each phase can be entered again after any kind of death: what
 * it finds done on the target and in Kafka it does not do again.
 */
public final class Runner {
    /** What {@code stop} writes for the running process to see. */
    public static final String WANTED_STOPPED = "stopped";

    private static final Logger log = LoggerFactory.getLogger(Runner.class);
    /** A process that was killed a moment ago may still hold its lock until the server notices. */
    private static final Duration LOCK_PATIENCE = Duration.ofSeconds(3);
    /** Run control, progress and fences; the appliers have connections of their own. */
    private static final int CONTROL_CONNECTIONS = 6;

    private final MigrationSpec spec;
    private final KafkaSource kafkaSource;
    private final Faults faults;
    private final Signals signals;

    public Runner(MigrationSpec spec, KafkaSource kafkaSource, Faults faults, Signals signals) {
        this.spec = spec;
        this.kafkaSource = kafkaSource;
        this.faults = faults;
        this.signals = signals;
    }

    /**
     * Runs until the wanted phase is reached or a stop is asked for.
     *
     * @throws MigrationException if the plan is refused, another process runs the migration, or a part has failed for good; what was
     *     durable stays, and another run goes on from there
     */
    public void run(RunOptions options, MigrationListener listener) throws InterruptedException {
        Planning planning = Planner.plan(spec, kafkaSource.problems());
        planning.advice().forEach(listener::message);
        planning.plan().groups().forEach(Runner::logReasons);
        try (Stack stack = new Stack()) {
            TargetDatabase database = new TargetDatabase(spec.target());
            TargetPool target = stack.started("target connections", database.pool(CONTROL_CONNECTIONS));
            new ControlSchema(target).install();
            RunLock lock = stack.started(
                    "run lock",
                    RunLock.acquire(
                            new TargetDatabase(spec.target()),
                            spec.name(),
                            RunOwner.thisProcess(),
                            LOCK_PATIENCE,
                            new LockWatcher(database)));
            MigrationStore store = new MigrationStore(target, spec.name());
            MigrationRecord record = store.begin(
                    lock.epoch(),
                    planning.plan().mappingHash(),
                    PlanText.join(PlanText.of(planning.plan(), spec.settings())),
                    Phase.PLANNED.name());
            new SourceDefinitions(target, spec.name())
                    .keep(lock.epoch(), BegunDefinitions.text(planning.plan(), planning.schema()));
            store.want("");
            Phases phases = new Phases(store, lock.epoch(), Phase.valueOf(record.phase()), listener);
            KafkaSource.Session kafka = stack.startedKafka(kafkaSource.open());
            var unused = kafka.failure().thenAccept(signals::fail);
            MainThread.whileThere(kafka, () -> {
                Parts parts = new Parts(
                        spec.withKafka(kafka.clientProperties()),
                        planning,
                        database,
                        target,
                        lock.epoch(),
                        faults,
                        signals,
                        stack);
                parts.prepare(phases.current(), kafka.doubts());
                Retention.advice(kafka.clientProperties()).ifPresent(listener::message);
                go(parts, phases, options, listener);
            });
        }
    }

    private static void logReasons(OrderGroup group) {
        log.atInfo()
                .addKeyValue("group", group.name())
                .addKeyValue("tables", group.tables())
                .addKeyValue("copied", group.copy())
                .addKeyValue("reasons", group.reasons())
                .log("changes of these tables are applied in the order of the source");
    }

    private void go(Parts parts, Phases phases, RunOptions options, MigrationListener listener)
            throws InterruptedException {
        Reporter reporter = parts.reporter(phases, listener);
        Steps steps = new Steps(reporter);
        parts.startCapture();
        parts.startTransform();
        if (!steps.done(() -> phases.enter(Phase.BACKFILLING))) {
            return;
        }
        if (!phases.current().isAtLeast(Phase.CATCHING_UP)) {
            if (!steps.done(parts::startBackfill) || !steps.until(parts::isBackfillComplete)) {
                return;
            }
            parts.finishBackfill();
            if (!steps.done(() -> phases.enter(Phase.CATCHING_UP))) {
                return;
            }
        }
        if (!steps.done(parts::startApplying)
                || options.until()
                        .filter(until -> !until.isAtLeast(Phase.SHADOWING))
                        .isPresent()) {
            return;
        }
        Deque<String> caughtUp = new ArrayDeque<>();
        if (!steps.done(() -> caughtUp.push(parts.fence("caught-up")))
                || !steps.until(() -> parts.hasPassed(caughtUp.element()))) {
            return;
        }
        if (!steps.done(parts::buildUniqueIndexes) || !steps.done(() -> phases.enter(Phase.SHADOWING))) {
            return;
        }
        reporter.reportPhase();
        if (options.until().isPresent()) {
            return;
        }
        if (steps.done(parts::startVerificationDesk)) {
            steps.untilStopped();
        }
    }

    /** Ends the run with the lock; and when the lock's connection falls silent, everybody else's is not trusted either. */
    private final class LockWatcher implements RunLock.Watcher {
        private final TargetDatabase database;

        LockWatcher(TargetDatabase database) {
            this.database = database;
        }

        @Override
        public void lost(MigrationException reason) {
            signals.fail(reason);
        }

        @Override
        public void broken() {
            database.breakConnections();
        }
    }

    /** The phase, durable on the target before anybody is told. */
    final class Phases {
        private final MigrationStore store;
        private final Epoch epoch;
        private final MigrationListener listener;
        private Phase current;

        Phases(MigrationStore store, Epoch epoch, Phase current, MigrationListener listener) {
            this.store = store;
            this.epoch = epoch;
            this.current = current;
            this.listener = listener;
            listener.phase(current);
        }

        Phase current() {
            return current;
        }

        MigrationStore store() {
            return store;
        }

        Epoch epoch() {
            return epoch;
        }

        /** Moves forward; does nothing if the phase was reached before. */
        void enter(Phase next) {
            if (current.isAtLeast(next)) {
                return;
            }
            store.phase(epoch, next.name());
            faults.reached(FaultPoint.PIPELINE_AFTER_PHASE);
            current = next;
            log.atInfo().addKeyValue("phase", next).log("phase entered");
            listener.phase(next);
        }
    }
}
