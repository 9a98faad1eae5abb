package dev.crossfade.capture.backfill;

import dev.crossfade.capture.source.SourceDatabase;
import dev.crossfade.model.ChunkPlanSeal;
import dev.crossfade.model.ChunkTask;
import dev.crossfade.model.FaultPoint;
import dev.crossfade.model.Faults;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.TaskRecord;
import dev.crossfade.model.TopicNames;
import dev.crossfade.model.codec.ChunkCodec;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does the tasks of one partition, one after the other, on one thread. A chunk is one Kafka transaction: its batches, its closing
 * record, the task's offset, and where the chunk ends, for the same group; whatever breaks before the commit leaves nothing behind and
 * the chunk is read again whole.
 */
final class ChunkReader {
    private static final Logger log = LoggerFactory.getLogger(ChunkReader.class);
    private static final Duration CLOSE_DEADLINE = Duration.ofSeconds(5);

    private final int number;
    private final SourceDatabase source;
    private final MigrationPlan plan;
    private final KafkaClients kafka;
    private final BackfillSettings settings;
    private final Turnstile turnstile;
    private final Faults faults;
    private final ProgressCounters progress;
    private final TopicNames topics;
    private final TopicPartition tasks;
    private final Attempts attempts;

    ChunkReader(
            int number,
            SourceDatabase source,
            MigrationPlan plan,
            KafkaClients kafka,
            BackfillSettings settings,
            Turnstile turnstile,
            Faults faults,
            ProgressCounters progress) {
        this.number = number;
        this.source = source;
        this.plan = plan;
        this.kafka = kafka;
        this.settings = settings;
        this.turnstile = turnstile;
        this.faults = faults;
        this.progress = progress;
        this.topics = new TopicNames(plan.migration());
        this.tasks = new TopicPartition(topics.tasks(), number);
        this.attempts = new Attempts(
                "chunk reader " + number,
                topics.chunks(),
                "its open chunk is not visible and will be read again at the next start",
                source,
                turnstile);
    }

    /**
     * Reads until the seal, or until told to stop.
     *
     * @return true at the seal, false if it was stopped before
     * @throws MigrationException if a chunk cannot be read or written; nothing of that chunk is visible
     */
    boolean run() throws InterruptedException {
        return attempts.run(this::readTasks);
    }

    private boolean readTasks() throws SQLException, InterruptedException {
        Producer<byte[], byte[]> producer = kafka.producer(topics.readerTransactionalId(number));
        try (Consumer<byte[], byte[]> consumer = kafka.consumer(topics.readerGroup())) {
            producer.initTransactions(); // ends a predecessor's open chunk before its offset is read
            consumer.assign(List.of(tasks)); // and goes on at the group's offset
            ChunkSession session = null;
            try {
                while (!turnstile.isStopped()) {
                    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(KafkaClients.POLL)) {
                        TaskRecord task = ChunkCodec.decodeTask(record.value());
                        if (task instanceof ChunkPlanSeal) {
                            return true;
                        }
                        if (!turnstile.awaitOpen()) {
                            return false;
                        }
                        if (session == null) {
                            session = ChunkSession.open(source, plan, settings);
                        }
                        copy(session, producer, consumer.groupMetadata(), (ChunkTask) task, record.offset());
                    }
                }
                return false;
            } finally {
                if (session != null) {
                    session.close();
                }
            }
        } finally {
            producer.close(CLOSE_DEADLINE); // what is open then is ended by the next initTransactions
        }
    }

    private void copy(
            ChunkSession session,
            Producer<byte[], byte[]> producer,
            ConsumerGroupMetadata group,
            ChunkTask task,
            long offset)
            throws SQLException {
        long begin = System.nanoTime();
        producer.beginTransaction();
        TopicPartition chunks = new TopicPartition(topics.chunks(), number);
        ChunkWriter writer =
                new ChunkWriter(producer, chunks, task.chunk(), task.range().from(), settings.batchBytes(), faults);
        try {
            session.read(task, writer, turnstile::isStopped);
        } catch (SQLException | MigrationException e) {
            attempts.abort(producer);
            throw e;
        }
        if (!writer.isClosed()) {
            attempts.abort(producer); // stopped in mid-chunk
            return;
        }
        producer.flush();
        producer.sendOffsetsToTransaction(Map.of(tasks, new OffsetAndMetadata(offset + 1)), group); // if all is sent
        producer.sendOffsetsToTransaction(Map.of(chunks, new OffsetAndMetadata(writer.endOffset() + 1)), group);
        faults.reached(FaultPoint.BACKFILL_BEFORE_CHUNK_COMMIT);
        KafkaClients.commit(producer);
        faults.reached(FaultPoint.BACKFILL_AFTER_CHUNK_COMMIT);
        attempts.progressed();
        turnstile.passed(number, writer);
        progress.chunkCommitted(task.chunk().source(), writer.rows(), writer.bytes());
        log.atDebug()
                .addKeyValue("chunk", task.chunk())
                .addKeyValue("rows", writer.rows())
                .addKeyValue("bytes", writer.bytes())
                .addKeyValue("millis", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin))
                .log("chunk copied");
    }
}
