package dev.crossfade.capture.backfill;

import dev.crossfade.capture.source.SourceDatabase;
import dev.crossfade.model.ChunkId;
import dev.crossfade.model.ChunkRecord;
import dev.crossfade.model.CopyBegin;
import dev.crossfade.model.CopyEnd;
import dev.crossfade.model.FaultPoint;
import dev.crossfade.model.Faults;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.OrderGroup;
import dev.crossfade.model.RowKey;
import dev.crossfade.model.TableId;
import dev.crossfade.model.TopicNames;
import dev.crossfade.model.codec.ChunkCodec;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies the tables of those order groups that are copied under a snapshot, group after group, each group under one snapshot, on one thread and into one partition that
 * nobody else writes. A {@link CopyBegin} says where the snapshot stands in the log, each chunk is one transaction as elsewhere, and
 * a {@link CopyEnd} closes the copy. A snapshot cannot be opened a second time, so a copy that has no end when its reader dies or
 * loses a connection is begun again from nothing, with a new snapshot: its {@code CopyBegin} voids in the same partition what came
 * before. A copy that has its end is never begun again.
 */
final class GroupCopier {
    private static final Logger log = LoggerFactory.getLogger(GroupCopier.class);
    private static final Duration CLOSE_DEADLINE = Duration.ofSeconds(5);

    private final SourceDatabase source;
    private final MigrationPlan plan;
    private final KafkaClients kafka;
    private final BackfillSettings settings;
    private final Turnstile turnstile;
    private final Faults faults;
    private final ProgressCounters progress;
    private final Supplier<Set<TableId>> onTarget;
    private final TopicNames topics;
    private final TopicPartition chunks;
    private final Attempts attempts;

    GroupCopier(
            SourceDatabase source,
            MigrationPlan plan,
            KafkaClients kafka,
            BackfillSettings settings,
            Turnstile turnstile,
            Faults faults,
            ProgressCounters progress,
            Supplier<Set<TableId>> onTarget) {
        this.source = source;
        this.plan = plan;
        this.kafka = kafka;
        this.settings = settings;
        this.turnstile = turnstile;
        this.faults = faults;
        this.progress = progress;
        this.onTarget = onTarget;
        this.topics = new TopicNames(plan.migration());
        this.chunks = new TopicPartition(topics.chunks(), settings.readers());
        this.attempts = new Attempts(
                "the copier of order groups",
                topics.chunks(),
                "the copy that it was at is begun again at the next start",
                source,
                turnstile);
    }

    /**
     * Copies what is not copied yet.
     *
     * @return true if all groups are copied, false if it was stopped before
     * @throws MigrationException if a group cannot be read or written
     */
    boolean run() throws InterruptedException {
        return attempts.run(this::copyGroups);
    }

    private boolean copyGroups() throws SQLException, InterruptedException {
        Producer<byte[], byte[]> producer = kafka.producer(topics.copierTransactionalId());
        try {
            producer.initTransactions(); // ends what a predecessor left open, before what it committed is read
            Set<String> copied = copied();
            for (OrderGroup group : plan.snapshotGroups()) {
                if (!copied.contains(group.name()) && !copy(group, producer)) {
                    return false;
                }
            }
            return true;
        } finally {
            producer.close(CLOSE_DEADLINE); // what is open then is ended by the next initTransactions
        }
    }

    /**
     * Copies a group whatever was copied of it before, under a new snapshot; begun again as often as a connection breaks.
     *
     * @return true if it is copied, false if it was stopped before
     * @throws MigrationException if it cannot be read or written
     */
    boolean copyAgain(OrderGroup group) throws InterruptedException {
        return attempts.run(() -> {
            Producer<byte[], byte[]> producer = kafka.producer(topics.copierTransactionalId());
            try {
                producer.initTransactions();
                return copy(group, producer);
            } finally {
                producer.close(CLOSE_DEADLINE);
            }
        });
    }

    /**
     * Groups whose last copy has its end, in the log or on the target: what the target holds may be deleted from the log at any time,
     * also now, so the target is asked last. Reads what is left of the partition: only a run that goes on with a backfill does so.
     */
    private Set<String> copied() {
        Set<String> copied = new HashSet<>();
        kafka.readToEnd(topics.readerGroup(), List.of(chunks), record -> {
            ChunkRecord seen = ChunkCodec.decodeChunk(record.value());
            if (seen instanceof CopyBegin begin) {
                copied.remove(begin.group());
            } else if (seen instanceof CopyEnd end) {
                copied.add(end.group());
            }
        });
        Set<TableId> tables = onTarget.get();
        plan.snapshotGroups().stream()
                .filter(group -> tables.containsAll(group.tables()))
                .forEach(group -> copied.add(group.name()));
        return copied;
    }

    private boolean copy(OrderGroup group, Producer<byte[], byte[]> producer)
            throws SQLException, InterruptedException {
        if (!turnstile.awaitOpen()) {
            return false;
        }
        Optional<GroupSnapshot> opened = GroupSnapshot.open(source, plan, settings, turnstile);
        if (opened.isEmpty()) {
            return false;
        }
        try (GroupSnapshot snapshot = opened.get()) {
            return copy(group, snapshot, producer);
        }
    }

    private boolean copy(OrderGroup group, GroupSnapshot snapshot, Producer<byte[], byte[]> producer)
            throws SQLException {
        long begin = System.nanoTime();
        producer.beginTransaction();
        send(producer, new CopyBegin(group.name(), snapshot.position()));
        KafkaClients.commit(producer);
        faults.reached(FaultPoint.COPY_AFTER_BEGIN);
        progress.beganAgain(group.tables());
        log.atInfo()
                .addKeyValue("group", group.name())
                .addKeyValue("tables", group.tables().size())
                .addKeyValue("position", snapshot.position())
                .log("copying an order group under one snapshot");
        Map<TableId, Integer> chunksByTable = new HashMap<>();
        for (TableId table : group.tables()) {
            TableCopy copy = new TableCopy(table, producer);
            if (!copy.run(group, snapshot)) {
                return false;
            }
            chunksByTable.put(table, copy.number);
        }
        producer.beginTransaction();
        send(producer, new CopyEnd(group.name(), chunksByTable));
        producer.flush();
        faults.reached(FaultPoint.COPY_BEFORE_END_COMMIT);
        KafkaClients.commit(producer);
        faults.reached(FaultPoint.COPY_AFTER_END);
        attempts.progressed();
        log.atInfo()
                .addKeyValue("group", group.name())
                .addKeyValue("millis", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin))
                .log("order group copied");
        return true;
    }

    private void send(Producer<byte[], byte[]> producer, ChunkRecord record) {
        // A failed send fails the commit.
        Future<RecordMetadata> unused = producer.send(
                new ProducerRecord<>(chunks.topic(), chunks.partition(), null, ChunkCodec.encode(record)));
    }

    /** Cuts one table's rows, as they come, into chunks that follow each other without gap from the first row to the last. */
    private final class TableCopy implements TableReading.EachRow {
        private final TableId table;
        private final Producer<byte[], byte[]> producer;
        private ChunkWriter writer;
        private int number; // of chunks that are committed

        TableCopy(TableId table, Producer<byte[], byte[]> producer) {
            this.table = table;
            this.producer = producer;
            this.writer = writer(Optional.empty());
        }

        private ChunkWriter writer(Optional<RowKey> from) {
            return new ChunkWriter(producer, chunks, new ChunkId(table, number), from, settings.batchBytes(), faults);
        }

        /** Returns false if it was stopped before the end. */
        boolean run(OrderGroup group, GroupSnapshot snapshot) throws SQLException {
            awaitOpen();
            producer.beginTransaction();
            try {
                if (snapshot.read(table, this, turnstile::isStopped)) {
                    commit(Optional.empty());
                    return true;
                }
            } catch (SQLException e) {
                attempts.abort(producer);
                throw e;
            } catch (MigrationException e) {
                attempts.abort(producer);
                throw new MigrationException(
                        e.kind(),
                        e.getMessage() + ". The copy of order group " + group.name()
                                + " has no end and will be begun again",
                        e);
            }
            attempts.abort(producer);
            return false;
        }

        @Override
        public void take(CurrentRow row) throws SQLException {
            if (writer.size() >= settings.chunkBytes()) {
                Optional<RowKey> border = Optional.of(row.place());
                commit(border);
                awaitOpen();
                producer.beginTransaction();
                writer = writer(border);
            }
            writer.append(row);
        }

        /** If the workers are to stop meanwhile, the reading ends by itself. */
        private void awaitOpen() {
            try {
                boolean unused = turnstile.awaitOpen();
            } catch (InterruptedException e) {
                throw new InterruptException(e); // no transaction is open
            }
        }

        private void commit(Optional<RowKey> to) {
            writer.close(to);
            producer.flush();
            faults.reached(FaultPoint.BACKFILL_BEFORE_CHUNK_COMMIT);
            KafkaClients.commit(producer);
            faults.reached(FaultPoint.BACKFILL_AFTER_CHUNK_COMMIT);
            number++;
            turnstile.passed(chunks.partition(), writer);
            progress.chunkCommitted(table, writer.rows(), writer.bytes());
        }
    }
}
