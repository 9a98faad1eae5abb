package dev.crossfade.sink;

import static java.util.Objects.requireNonNull;

import dev.crossfade.model.Faults;
import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.TopicNames;
import dev.crossfade.sink.apply.ChunkApplier;
import dev.crossfade.sink.apply.Counters;
import dev.crossfade.sink.apply.PartitionReader;
import dev.crossfade.sink.apply.PartitionWork;
import dev.crossfade.sink.apply.PartitionWorker;
import dev.crossfade.sink.apply.RowApplier;
import dev.crossfade.sink.apply.UnitReplay;
import dev.crossfade.sink.apply.WorkPosition;
import dev.crossfade.sink.control.Epoch;
import dev.crossfade.sink.control.Progress;
import dev.crossfade.sink.stop.UnitHold;
import dev.crossfade.sink.target.TargetDatabase;
import dev.crossfade.sink.target.TargetErrors;
import dev.crossfade.sink.target.TargetPool;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * The appliers of one run: first those of the chunks; once all chunks are on the target and its keys are built, those of the rows.
 * When that is, the caller decides, by {@link dev.crossfade.sink.control.BackfillLedger} and {@link TargetSchema#buildKeys}. One
 * thread at a time calls the methods; {@link #progress} and {@link #failure} are for any, replays and copies for one that ends before
 * {@link #close}.
 *
 * <p>If an applier stops by a failure, the others go on until {@link #close}; what is committed stays, and the next run goes on
 * from it. Close it before the {@link dev.crossfade.sink.control.RunLock}.
 */
public final class Sink implements AutoCloseable {
    private final SinkSettings settings;
    private final MigrationPlan plan;
    private final Epoch epoch;
    private final Map<String, String> kafka;
    private final Faults faults;
    private final TopicNames topics;
    private final TargetPool pool;
    private final Counters counters = new Counters();
    private final CompletableFuture<RuntimeException> failure = new CompletableFuture<>();
    private final List<PartitionWorker> chunkWorkers = new ArrayList<>();
    private final List<PartitionWorker> rowWorkers = new ArrayList<>();
    private final List<PartitionWorker> replays = new CopyOnWriteArrayList<>();
    private final List<PartitionWorker> recopies = new CopyOnWriteArrayList<>();

    /**
     * A sink at rest.
     *
     * @param epoch of the run lock that this run holds
     * @param kafka client properties, {@code bootstrap.servers} among them
     */
    public Sink(
            SinkSettings settings,
            TargetDatabase target,
            MigrationPlan plan,
            Epoch epoch,
            Map<String, String> kafka,
            Faults faults) {
        this.settings = requireNonNull(settings, "settings");
        this.plan = requireNonNull(plan, "plan");
        this.epoch = requireNonNull(epoch, "epoch");
        this.kafka = Map.copyOf(kafka);
        this.faults = requireNonNull(faults, "faults");
        this.topics = new TopicNames(plan.migration());
        this.pool = target.pool(2 * settings.rowsPartitions() + settings.chunksPartitions()); // a replay needs its own
    }

    /**
     * Starts one applier per partition of the chunks. The target's tables and the topic must be there.
     *
     * @throws dev.crossfade.model.MigrationException of kind TARGET; none was started then
     */
    public void startChunks() {
        List<Progress> positions = positionsOf(topics.chunks(), settings.chunksPartitions());
        for (int partition = 0; partition < positions.size(); partition++) {
            Progress progress = positions.get(partition);
            ChunkApplier applier = new ChunkApplier(plan, epoch, progress, faults, counters);
            chunkWorkers.add(worker(
                    "chunk-applier-" + partition,
                    topics.chunks(),
                    partition,
                    positionOf(progress),
                    applier,
                    failure::complete));
        }
    }

    /** Stops the chunk appliers and waits for them; a chunk under way is rolled back. Harmless if they do not run. */
    public void stopChunks() {
        stop(chunkWorkers);
    }

    /**
     * Starts one applier per partition of the rows. All chunks must be on the target, and its keys built.
     *
     * @throws dev.crossfade.model.MigrationException of kind TARGET; none was started then
     */
    public void startRows() {
        List<Progress> positions = positionsOf(topics.rows(), settings.rowsPartitions());
        for (int partition = 0; partition < positions.size(); partition++) {
            Progress progress = positions.get(partition);
            RowApplier applier = new RowApplier(plan, epoch, progress, partition, faults, counters);
            rowWorkers.add(worker(
                    "row-applier-" + partition,
                    topics.rows(),
                    partition,
                    positionOf(progress),
                    applier,
                    failure::complete));
        }
    }

    /** Stops the row appliers and waits for them; a batch under way is committed first. */
    public void stopRows() {
        stop(rowWorkers);
    }

    /**
     * Applies what these partitions hold back of a unit whose replay has begun, each on a thread of its own that ends by itself. The row
     * appliers run meanwhile. One unit at a time.
     *
     * @throws IllegalStateException if a replay is under way
     */
    public void startReplay(String unit, Set<Integer> partitions) {
        if (isReplaying()) {
            throw new IllegalStateException("a replay is under way, that of " + unit + " must wait");
        }
        stop(replays);
        for (int partition : partitions) {
            UnitHold hold = new UnitHold(epoch, unit, topics.rows(), partition);
            UnitReplay replay = new UnitReplay(plan, epoch, hold, faults, counters);
            replays.add(
                    worker("replay-" + partition, topics.rows(), partition, hold::position, replay, failure::complete));
        }
    }

    /**
     * Starts an applier of the partition in which stopped units are copied again.
     *
     * @param from where the copy begins in that partition; what stands before is of copies that were given up
     * @param failureListener told, instead of {@link #failure}, what stopped the applier
     */
    public void startRecopy(long from, Consumer<RuntimeException> failureListener) {
        stop(recopies);
        int partition = settings.chunksPartitions() - 1;
        Progress progress = new Progress(epoch, topics.chunks(), partition);
        try (Connection connection = pool.open()) {
            connection.setAutoCommit(false);
            progress.skipTo(connection, from);
            Progress.commitToDisk(connection);
        } catch (SQLException e) {
            throw TargetErrors.of("pass over copies that were given up", e);
        }
        ChunkApplier applier = new ChunkApplier(plan, epoch, progress, faults, counters);
        recopies.add(
                worker("recopy-applier", topics.chunks(), partition, positionOf(progress), applier, failureListener));
    }

    /** Where the applier of a copy stands. */
    public long recopied() {
        try (Connection connection = pool.open()) {
            return new Progress(epoch, topics.chunks(), settings.chunksPartitions() - 1)
                    .position(connection)
                    .orElseThrow(() -> new IllegalStateException("no copy was begun"))
                    .offset();
        } catch (SQLException e) {
            throw TargetErrors.of("read how far a copy is applied", e);
        }
    }

    /** Stops the applier of a copy and waits for it. Harmless if there is none. */
    public void stopRecopy() {
        stop(recopies);
    }

    /** Whether a thread of a replay has not ended yet. */
    public boolean isReplaying() {
        return replays.stream().anyMatch(worker -> !worker.hasEnded());
    }

    /** Completes with the first failure that stopped an applier; never completes otherwise. */
    public CompletableFuture<RuntimeException> failure() {
        return failure.copy();
    }

    /** What this sink has made durable since it began. */
    public SinkProgress progress() {
        return new SinkProgress(counters.chunks(), counters.rows(), counters.bytes(), counters.changes());
    }

    @Override
    public void close() {
        chunkWorkers.forEach(PartitionWorker::stop);
        rowWorkers.forEach(PartitionWorker::stop);
        stop(replays);
        stopRecopy();
        stopChunks();
        stopRows();
        pool.close();
    }

    private static void stop(List<PartitionWorker> workers) {
        workers.forEach(PartitionWorker::stop);
        workers.forEach(PartitionWorker::close);
        workers.clear();
    }

    /** All of them before any applier starts: so a target that is away leaves none behind. */
    private List<Progress> positionsOf(String topic, int partitions) {
        List<Progress> positions = new ArrayList<>();
        for (int partition = 0; partition < partitions; partition++) {
            positions.add(new Progress(epoch, topic, partition));
        }
        try (Connection connection = pool.open()) {
            connection.setAutoCommit(false);
            for (Progress progress : positions) {
                progress.create(connection);
            }
            connection.commit();
        } catch (SQLException e) {
            throw TargetErrors.of("make the progress rows of " + topic, e);
        }
        return positions;
    }

    private static WorkPosition positionOf(Progress progress) {
        return connection -> Optional.of(progress.position(connection)
                .orElseThrow(() -> new IllegalStateException("a partition that is applied has no progress")));
    }

    private PartitionWorker worker(
            String name,
            String topic,
            int partition,
            WorkPosition position,
            PartitionWork work,
            Consumer<RuntimeException> failureListener) {
        PartitionReader reader = new PartitionReader(kafka, name, topic, partition);
        return PartitionWorker.start(name, pool, position, reader, work, failureListener);
    }
}
