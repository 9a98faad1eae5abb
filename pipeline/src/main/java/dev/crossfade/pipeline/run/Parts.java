package dev.crossfade.pipeline.run;

import dev.crossfade.capture.backfill.Backfill;
import dev.crossfade.capture.backfill.BackfillListener;
import dev.crossfade.capture.backfill.BackfillSettings;
import dev.crossfade.capture.backfill.ChunkPlanner;
import dev.crossfade.capture.change.CaptureSettings;
import dev.crossfade.capture.change.CaptureTuning;
import dev.crossfade.capture.change.CapturedTable;
import dev.crossfade.capture.change.ChangeCapture;
import dev.crossfade.capture.source.MarkerTable;
import dev.crossfade.capture.source.SourceDatabase;
import dev.crossfade.model.ChunkPlanSeal;
import dev.crossfade.model.FaultPoint;
import dev.crossfade.model.Faults;
import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.Problem;
import dev.crossfade.model.TableId;
import dev.crossfade.model.TopicNames;
import dev.crossfade.pipeline.MigrationListener;
import dev.crossfade.pipeline.MigrationProgress;
import dev.crossfade.pipeline.MigrationSpec;
import dev.crossfade.pipeline.Phase;
import dev.crossfade.pipeline.plan.Planning;
import dev.crossfade.pipeline.run.Runner.Phases;
import dev.crossfade.pipeline.stop.StopDesk;
import dev.crossfade.pipeline.stop.StopReading;
import dev.crossfade.pipeline.verification.HoldDesk;
import dev.crossfade.sink.Sink;
import dev.crossfade.sink.SinkSettings;
import dev.crossfade.sink.TargetSchema;
import dev.crossfade.sink.control.BackfillLedger;
import dev.crossfade.sink.control.BackfillLedger.Applied;
import dev.crossfade.sink.control.Epoch;
import dev.crossfade.sink.control.FenceBoard;
import dev.crossfade.sink.control.LogPosition;
import dev.crossfade.sink.control.LogStore;
import dev.crossfade.sink.control.Progress;
import dev.crossfade.sink.control.VerificationBoard;
import dev.crossfade.sink.stop.StopBoard;
import dev.crossfade.sink.stop.Units;
import dev.crossfade.sink.target.TargetDatabase;
import dev.crossfade.sink.target.TargetErrors;
import dev.crossfade.sink.target.TargetPool;
import dev.crossfade.transform.TransformSettings;
import dev.crossfade.transform.TransformStreams;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The parts of one run and how they hang together. Started by the run's main thread in the order of the methods; the stack closes
 * them in reverse.
 */
final class Parts {
    private static final Duration FIRST_POSITION_WITHIN = Duration.ofMinutes(2);
    private static final Duration STREAMS_WITHIN = Duration.ofMinutes(2);

    /** Keys are built by the server's own processes; two keep a small server busy and leave a large one room. */
    private static final int PARALLEL_KEYS = 2;

    private static final Duration VERIFICATION_LOOK = Duration.ofMillis(25);
    private static final Duration STOP_LOOK = Duration.ofMillis(200);

    private final MigrationSpec spec;
    private final Planning planning;
    private final MigrationPlan plan;
    private final TopicNames topics;
    private final PartitionCounts counts;
    private final TargetPool target;
    private final Epoch epoch;
    private final Faults faults;
    private final Signals signals;
    private final Stack stack;
    private final SourceDatabase source;
    private final MarkerTable markerTable;
    private final Markers markers;
    private final TargetSchema schema;
    private final Sink sink;
    private final FenceBoard board;
    private final BackfillLedger ledger;
    private final ChunkLog chunkLog;
    private final StopBoard stops;
    private final UniqueIndexWork uniqueIndexes;
    private final ChangeCapture capture;
    private @Nullable ChunkPlanSeal seal; // null until the chunk plan is read; not read again once the backfill is over
    private @Nullable LagMeter lagMeter; // null until changes are applied
    private Map<TableId, Applied> applied = Map.of();
    private Map<TableId, Integer> sealed = Map.of();
    private boolean isAppliedFinal;

    Parts(
            MigrationSpec spec,
            Planning planning,
            TargetDatabase database,
            TargetPool target,
            Epoch epoch,
            Faults faults,
            Signals signals,
            Stack stack) {
        this.spec = spec;
        this.planning = planning;
        this.plan = planning.plan();
        this.topics = new TopicNames(spec.name());
        this.counts = PartitionCounts.of(planning, spec.settings());
        this.target = target;
        this.epoch = epoch;
        this.faults = faults;
        this.signals = signals;
        this.stack = stack;
        this.source = SourceDatabase.of(spec.source());
        this.markerTable = new MarkerTable(planning.schema().database());
        this.markers = stack.started("markers", new Markers(source, markerTable, spec.name()));
        this.schema = new TargetSchema(database, faults);
        this.board = new FenceBoard(target, spec.name(), counts.changes());
        this.ledger = new BackfillLedger(target, spec.name());
        this.chunkLog = new ChunkLog(
                target, topics, counts.chunks(), spec.kafka(), spec.settings().unappliedBytes(), faults, signals::fail);
        this.stops = new StopBoard(target, spec.name());
        this.uniqueIndexes = new UniqueIndexWork(schema, epoch, plan, stops);
        this.sink = stack.started(
                "sink",
                new Sink(
                        new SinkSettings(counts.changes(), counts.chunks()),
                        database,
                        plan,
                        epoch,
                        spec.kafka(),
                        faults));
        var unused = sink.failure().thenAccept(signals::fail);
        this.capture = new ChangeCapture(captureSettings());
    }

    private CaptureSettings captureSettings() {
        List<CapturedTable> tables = plan.tables().stream()
                .map(table -> CapturedTable.of(planning.source(table.source().id())))
                .toList();
        return new CaptureSettings(
                source,
                planning.schema().server().product(),
                topics,
                planning.partitioning(spec.settings()),
                spec.kafka(),
                tables,
                markerTable.id(),
                new EpochOwnership(target, epoch),
                CaptureTuning.DEFAULT,
                faults);
    }

    /**
     * Topics, marker table and target tables: made before anything is captured, required from then on.
     *
     * @param doubts why the log may have lost what it acknowledged
     */
    void prepare(Phase phase, List<Problem> doubts) {
        LogCheck log = new LogCheck(topics, counts, spec.kafka(), doubts);
        LogStore kept = new LogStore(target, spec.name());
        if (phase.isAtLeast(Phase.BACKFILLING)) {
            log.requireSame(kept.read(), appliedPositions(), phase);
        } else {
            log.requireUndoubted();
            new Topics(topics, counts, spec.kafka(), spec.settings().unappliedBytes()).create();
            faults.reached(FaultPoint.PIPELINE_AFTER_TOPICS);
            kept.keep(epoch, log.identity());
            markers.createTable();
            faults.reached(FaultPoint.CAPTURE_AFTER_MARKER_TABLE);
            schema.createTables(epoch, plan);
        }
        stack.started("chunk log", chunkLog).start();
    }

    /** How far the target has applied each partition that it reads. */
    private Map<TopicPartition, LogPosition> appliedPositions() {
        Map<TopicPartition, LogPosition> positions = new HashMap<>();
        try (Connection connection = target.open()) {
            for (String topic : List.of(topics.rows(), topics.chunks())) {
                Progress.positions(connection, spec.name(), topic)
                        .forEach(
                                (partition, position) -> positions.put(new TopicPartition(topic, partition), position));
            }
        } catch (SQLException e) {
            throw TargetErrors.of("read the progress of migration " + spec.name(), e);
        }
        return positions;
    }

    /** From its return on, every change that is committed on the source will be captured. */
    void startCapture() throws InterruptedException {
        stack.started("capture", capture).start();
        var unused = capture.failure().thenAccept(signals::fail);
        capture.awaitFirstPosition(FIRST_POSITION_WITHIN);
    }

    void startTransform() {
        TransformStreams transform = stack.started(
                "transform",
                new TransformStreams(
                        plan,
                        TransformSettings.of(
                                spec.kafka(),
                                planning.partitioning(spec.settings()),
                                Path.of(System.getProperty("java.io.tmpdir"), "crossfade-streams-" + spec.name())),
                        faults,
                        signals::fail));
        transform.start();
        transform.awaitRunning(STREAMS_WITHIN);
    }

    /**
     * Plans the chunks, or finds them planned, and starts to read and to copy them, and order groups beside them. Everything before P0
     * is visible to the readers: the marker is written after P0 became durable and its COMMIT has returned, the source commits in the
     * order of its log, and no prepared transaction is open. May be called again after it failed.
     */
    void startBackfill() {
        String marker = markers.writeBackfill();
        markers.refusePreparedTransactions();
        BackfillSettings settings = backfillSettings(spec, marker);
        seal = new ChunkPlanner(source, plan, spec.kafka(), settings, faults).plan();
        sink.startChunks();
        Backfill reading = stack.started(
                "backfill",
                new Backfill(
                        source,
                        plan,
                        spec.kafka(),
                        settings,
                        chunkLog,
                        () -> ledger.sealedCopies().keySet(),
                        faults,
                        new Listener()));
        reading.start();
    }

    static BackfillSettings backfillSettings(MigrationSpec spec, String marker) {
        return new BackfillSettings(
                spec.settings().readers(),
                spec.settings().chunkBytes(),
                spec.settings().batchBytes(),
                marker);
    }

    private final class Listener implements BackfillListener {
        @Override
        public void backfillComplete() {}

        @Override
        public void backfillFailed(Throwable failure) {
            signals.fail(asException(failure));
        }
    }

    private static RuntimeException asException(Throwable failure) {
        return failure instanceof RuntimeException exception
                ? exception
                : new IllegalStateException("a part of the run has failed", failure);
    }

    boolean isBackfillComplete() {
        return ledger.isComplete(requirePlanned(), plan.snapshotGroups());
    }

    private ChunkPlanSeal requirePlanned() {
        ChunkPlanSeal planned = seal;
        if (planned == null) {
            throw new IllegalStateException("the chunks are not planned yet");
        }
        return planned;
    }

    /** All chunks, those of order groups included, are on the target: builds the keys that changes are applied by. */
    void finishBackfill() throws InterruptedException {
        sink.stopChunks();
        schema.buildKeys(epoch, plan, PARALLEL_KEYS);
    }

    /** Applies the changes since P0, and takes stopped tables up again from now on. May be called again after it failed. */
    void startApplying() {
        sink.startRows();
        LagMeter meter = stack.started("lag meter", new LagMeter(markers, board));
        meter.start();
        lagMeter = meter;
        StopDesk desk = new StopDesk(
                stops,
                new Units(plan),
                epoch,
                sink,
                new RunCopySource(spec, planning, source, capture, markers, board, chunkLog, faults),
                counts.changes(),
                uniqueIndexes::tablesRunAgain,
                faults);
        DeskThread thread = stack.started("stop desk", new DeskThread("stop-desk", desk::tick, STOP_LOOK, signals));
        stack.started("copies of stopped tables", desk); // closed before its thread, which then ends
        thread.start();
    }

    /** Makes a fence and returns its token. */
    String fence(String reason) {
        return markers.writeFence(reason);
    }

    boolean hasPassed(String token) {
        return board.isPassed(token);
    }

    /**
     * Everything before a fence past the last chunk is applied: builds what the moving of values forbade until now, if it is not there.
     * May be called again after it failed.
     */
    void buildUniqueIndexes() {
        uniqueIndexes.begin();
    }

    /** Answers the verifying processes from now on. May be called again after it failed. */
    void startVerificationDesk() {
        HoldDesk desk = new HoldDesk(
                new VerificationBoard(target, spec.name()),
                new CaptureHold(capture, markers, board),
                Clock.systemUTC());
        stack.started("verification desk", new DeskThread("verification-desk", desk::tick, VERIFICATION_LOOK, signals))
                .start();
    }

    Reporter reporter(Phases phases, MigrationListener listener) {
        Map<TableId, Long> estimates = new HashMap<>();
        plan.tables()
                .forEach(table -> estimates.put(
                        table.source().id(),
                        planning.source(table.source().id()).estimatedRows()));
        ProgressBoard progress = new ProgressBoard(plan, estimates);
        return new Reporter(signals, phases, listener, (nanos, now) -> picture(progress, nanos, now.current()));
    }

    private MigrationProgress picture(ProgressBoard progress, long nanos, Phase phase) {
        if (!isAppliedFinal) {
            applied = ledger.applied();
            sealed = sealed();
            isAppliedFinal = phase.isAtLeast(Phase.CATCHING_UP); // no chunk comes after that
        }
        LagMeter meter = lagMeter;
        return progress.at(
                nanos,
                phase,
                new ProgressBoard.Counts(
                        applied,
                        sealed,
                        capture.progress().changes(),
                        sink.progress().changesApplied(),
                        phase.isAtLeast(Phase.CATCHING_UP) ? Optional.empty() : chunkLog.waiting(),
                        StopReading.stopped(target, spec.name())),
                meter == null ? Optional.empty() : meter.lag());
    }

    /** How many chunks each table has, of those for which that is known. */
    private Map<TableId, Integer> sealed() {
        Map<TableId, Integer> chunks = new HashMap<>(ledger.sealedCopies());
        ChunkPlanSeal planned = seal;
        if (planned != null) {
            chunks.putAll(planned.chunksByTable());
        }
        return chunks;
    }
}
