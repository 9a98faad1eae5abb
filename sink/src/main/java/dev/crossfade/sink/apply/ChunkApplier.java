package dev.crossfade.sink.apply;

import static java.util.Objects.requireNonNull;

import dev.crossfade.model.ChunkBatch;
import dev.crossfade.model.ChunkEnd;
import dev.crossfade.model.ChunkId;
import dev.crossfade.model.ChunkRecord;
import dev.crossfade.model.CopyBegin;
import dev.crossfade.model.CopyEnd;
import dev.crossfade.model.FaultPoint;
import dev.crossfade.model.Faults;
import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.OrderGroup;
import dev.crossfade.model.TableId;
import dev.crossfade.model.TablePlan;
import dev.crossfade.model.codec.ChunkCodec;
import dev.crossfade.sink.control.Epoch;
import dev.crossfade.sink.control.GroupCopies;
import dev.crossfade.sink.control.LogPosition;
import dev.crossfade.sink.control.Progress;
import dev.crossfade.sink.stop.Stops;
import dev.crossfade.sink.stop.Units;
import dev.crossfade.sink.target.Names;
import dev.crossfade.sink.target.SqlStates;
import dev.crossfade.sink.target.TargetErrors;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies the chunks of one partition, each in one transaction of the target: ledger row, rows, progress. Rows are sent on as they
 * are polled, so memory holds two fetches and never a chunk. Where the copy of an order group or of a stopped unit begins, its tables
 * are emptied. A COMMIT returns when it is on the target's disk, see {@link Progress#commitToDisk}. One thread.
 */
public final class ChunkApplier implements PartitionWork {
    private static final Logger log = LoggerFactory.getLogger(ChunkApplier.class);

    private final MigrationPlan plan;
    private final Units units;
    private final Epoch epoch;
    private final Progress progress;
    private final Faults faults;
    private final Counters counters;

    public ChunkApplier(MigrationPlan plan, Epoch epoch, Progress progress, Faults faults, Counters counters) {
        this.plan = requireNonNull(plan, "plan");
        this.units = new Units(plan);
        this.epoch = requireNonNull(epoch, "epoch");
        this.progress = requireNonNull(progress, "progress");
        this.faults = requireNonNull(faults, "faults");
        this.counters = requireNonNull(counters, "counters");
    }

    @Override
    public void apply(Connection connection, PartitionReader reader, long position) throws SQLException {
        Run run = new Run(connection, position);
        try {
            while (!reader.isStopping() && !run.moved) {
                for (ConsumerRecord<byte[], byte[]> record : reader.poll()) {
                    run.take(ChunkCodec.decodeChunk(record.value()), PartitionReader.behind(record));
                    if (run.moved || (reader.isStopping() && run.open.isEmpty())) {
                        break;
                    }
                }
            }
        } finally {
            run.abandon();
        }
    }

    /** A step of work that a record asks for. */
    @FunctionalInterface
    private interface Step {
        void run() throws SQLException;
    }

    private final class Run {
        private final Connection connection;
        private long position; // all before it is on the target
        private Optional<ChunkCopy> open = Optional.empty();
        private boolean moved; // somebody else has applied what we were about to

        Run(Connection connection, long position) {
            this.connection = connection;
            this.position = position;
        }

        void take(ChunkRecord record, LogPosition next) throws SQLException {
            record.fold(new ChunkRecord.Cases<Step>() {
                        @Override
                        public Step batch(ChunkBatch batch) {
                            return () -> addBatch(batch);
                        }

                        @Override
                        public Step end(ChunkEnd end) {
                            return () -> finish(end, next);
                        }

                        @Override
                        public Step copyBegin(CopyBegin begin) {
                            return () -> beginCopy(begin, next);
                        }

                        @Override
                        public Step copyEnd(CopyEnd end) {
                            return () -> endCopy(end, next);
                        }
                    })
                    .run();
        }

        private void addBatch(ChunkBatch batch) throws SQLException {
            ChunkCopy copy = copyOf(batch.chunk());
            boolean first = copy.add(batch);
            if (first) {
                faults.reached(FaultPoint.SINK_WITHIN_CHUNK);
            }
        }

        private ChunkCopy copyOf(ChunkId chunk) throws SQLException {
            if (open.isEmpty()) {
                open = Optional.of(ChunkCopy.begin(connection, epoch, plan.bySource(chunk.source()), chunk, position));
            }
            return open.get();
        }

        private void finish(ChunkEnd end, LogPosition next) throws SQLException {
            ChunkCopy copy = copyOf(end.chunk());
            copy.end(end);
            if (!progress.move(connection, position, next)) {
                moved = true;
                return;
            }
            faults.reached(FaultPoint.SINK_BEFORE_CHUNK_COMMIT);
            Progress.commitToDisk(connection);
            open = Optional.empty();
            position = next.offset();
            faults.reached(FaultPoint.SINK_AFTER_CHUNK_COMMIT);
            if (copy.isRepeated()) {
                log.atWarn().addKeyValue("chunk", end.chunk()).log("chunk was on the target already, passed over");
            } else {
                counters.copied(end.rows(), end.bytes());
                log.atDebug()
                        .addKeyValue("chunk", end.chunk())
                        .addKeyValue("rows", end.rows())
                        .log("chunk copied");
            }
        }

        private void beginCopy(CopyBegin begin, LogPosition next) throws SQLException {
            OrderGroup group = units.group(begin.group());
            if (!step(next, () -> {
                if (!Stops.isCopying(connection, epoch.migration(), group.name())) {
                    GroupCopies.requireIncomplete(connection, epoch, group, begin.position());
                }
                GroupCopies.begin(connection, epoch, group, begin.position());
                empty(group);
            })) {
                return;
            }
            faults.reached(FaultPoint.SINK_AFTER_COPY_BEGIN);
            log.atInfo()
                    .addKeyValue("group", begin.group())
                    .addKeyValue("position", begin.position())
                    .log("copy of a group begins, its tables are empty");
        }

        private void empty(OrderGroup group) throws SQLException {
            String targets = group.tables().stream()
                    .map(plan::bySource)
                    .flatMap(table -> Stream.of(table.target(), table.written()))
                    .map(table -> Names.quote(table.id()))
                    .distinct()
                    .collect(Collectors.joining(", "));
            try (Statement truncate = connection.createStatement()) {
                truncate.execute("truncate table " + targets);
            }
        }

        private void endCopy(CopyEnd end, LogPosition next) throws SQLException {
            if (step(next, () -> {
                GroupCopies.complete(connection, epoch, end);
                fill(units.group(end.group()));
            })) {
                log.atInfo().addKeyValue("group", end.group()).log("copy of a group is complete");
            }
        }

        /** All chunks of the copy are in the stores: chooses the target's rows. */
        private void fill(OrderGroup group) throws SQLException {
            for (TableId source : group.tables()) {
                TablePlan table = plan.bySource(source);
                Optional<Contributions> contributions = Contributions.of(table);
                if (contributions.isPresent()) {
                    try (Statement fill = connection.createStatement()) {
                        fill.execute(contributions.get().fillSql());
                    } catch (SQLException e) {
                        if (SqlStates.isTransient(e)) {
                            throw e;
                        }
                        throw TargetErrors.of("fill " + table.target().id(), "progress stays at " + position, e);
                    }
                }
            }
        }

        /** Work between chunks, in a transaction of its own; false if somebody else has done it. */
        private boolean step(LogPosition next, Step work) throws SQLException {
            if (open.isPresent()) {
                throw new IllegalStateException("a chunk before position " + next.offset() + " has no end");
            }
            if (!progress.move(connection, position, next)) {
                moved = true;
                connection.rollback();
                return false;
            }
            work.run();
            Progress.commitToDisk(connection);
            position = next.offset();
            return true;
        }

        /** Forgets a chunk that has not ended. A connection that fails here fails its next user too, and is replaced then. */
        void abandon() {
            if (open.isEmpty()) {
                return;
            }
            try {
                open.get().cancel();
                connection.rollback();
            } catch (SQLException e) {
                log.atDebug().setCause(e).log("roll-back of an unfinished chunk failed");
            }
        }
    }
}
