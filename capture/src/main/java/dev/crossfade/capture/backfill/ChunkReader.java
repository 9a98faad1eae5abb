package dev.crossfade.capture.backfill;

import dev.crossfade.capture.source.SourceDatabase;
import dev.crossfade.capture.source.SourceFailures;
import dev.crossfade.model.ChunkPlanSeal;
import dev.crossfade.model.ChunkTask;
import dev.crossfade.model.ErrorKind;
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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does the tasks of one partition, one after the other, on one thread. A chunk is one Kafka transaction: its batches, its closing
 * record, and the task's offset; whatever breaks before the commit leaves nothing behind and the chunk is read again whole. When the
 * source or Kafka breaks, everything is opened anew, exactly as after a crash.
 */
final class ChunkReader {
    private static final Logger log = LoggerFactory.getLogger(ChunkReader.class);
    private static final int MAX_ATTEMPTS = 20; // in a row without a chunk: about 8 minutes
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final Duration CLOSE_DEADLINE = Duration.ofSeconds(5);
    private static final Duration GATE_PAUSE = Duration.ofMillis(100);

    private final int number;
    private final SourceDatabase source;
    private final MigrationPlan plan;
    private final KafkaClients kafka;
    private final BackfillSettings settings;
    private final BackfillGate gate;
    private final Faults faults;
    private final ProgressCounters progress;
    private final CountDownLatch stop;
    private final TopicNames topics;
    private final TopicPartition tasks;
    private int attempts;

    ChunkReader(
            int number,
            SourceDatabase source,
            MigrationPlan plan,
            KafkaClients kafka,
            BackfillSettings settings,
            BackfillGate gate,
            Faults faults,
            ProgressCounters progress,
            CountDownLatch stop) {
        this.number = number;
        this.source = source;
        this.plan = plan;
        this.kafka = kafka;
        this.settings = settings;
        this.gate = gate;
        this.faults = faults;
        this.progress = progress;
        this.stop = stop;
        this.topics = new TopicNames(plan.migration());
        this.tasks = new TopicPartition(topics.tasks(), number);
    }

    /**
     * Reads until the seal, or until told to stop.
     *
     * @return true at the seal, false if it was stopped before
     * @throws MigrationException if a chunk cannot be read or written; nothing of that chunk is visible
     */
    boolean run() throws InterruptedException {
        Duration pause = FIRST_PAUSE;
        while (true) {
            int attemptsBefore = attempts;
            Exception broken;
            try {
                return readTasks();
            } catch (InterruptException e) {
                throw new InterruptedException();
            } catch (ProducerFencedException
                    | InvalidProducerEpochException
                    | AuthorizationException
                    | InvalidOffsetException e) {
                throw kafkaFailed(e);
            } catch (KafkaException e) {
                if (attempts >= MAX_ATTEMPTS) {
                    throw kafkaFailed(e);
                }
                broken = e;
            } catch (SQLException e) {
                if (stop.getCount() == 0) {
                    return false; // the statement was broken off on purpose
                }
                if (!SourceFailures.isPassing(e) || attempts >= MAX_ATTEMPTS) {
                    throw sourceFailed(e);
                }
                broken = e;
            } catch (MigrationException e) {
                if (!SourceFailures.isPassing(e) || attempts >= MAX_ATTEMPTS) {
                    throw e;
                }
                broken = e;
            }
            if (attempts < attemptsBefore) {
                pause = FIRST_PAUSE; // a chunk was done in between
            }
            attempts++;
            log.atWarn()
                    .addKeyValue("reader", number)
                    .addKeyValue("attempt", attempts)
                    .addKeyValue("pauseMillis", pause.toMillis())
                    .setCause(broken)
                    .log("chunk reader lost its connection and begins its chunk again");
            if (isStopped(pause)) {
                return false;
            }
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        }
    }

    private MigrationException kafkaFailed(KafkaException e) {
        return new MigrationException(
                ErrorKind.TRANSFORM,
                "chunk reader " + number + " cannot write to " + topics.chunks()
                        + "; its open chunk is not visible and will be read again at the next start",
                e);
    }

    private MigrationException sourceFailed(SQLException e) {
        return new MigrationException(
                ErrorKind.SOURCE,
                "chunk reader " + number + " cannot read from " + source + ": error " + e.getErrorCode() + ", SQLSTATE "
                        + e.getSQLState() + "; its chunk will be read again at the next start",
                e);
    }

    private boolean readTasks() throws SQLException, InterruptedException {
        Producer<byte[], byte[]> producer = kafka.producer(topics.readerTransactionalId(number));
        try (Consumer<byte[], byte[]> consumer = kafka.consumer(topics.readerGroup())) {
            producer.initTransactions(); // ends a predecessor's open chunk before its offset is read
            consumer.assign(List.of(tasks)); // and goes on at the group's offset
            ChunkSession session = null;
            try {
                while (!isStopped(Duration.ZERO)) {
                    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(KafkaClients.POLL)) {
                        TaskRecord task = ChunkCodec.decodeTask(record.value());
                        if (task instanceof ChunkPlanSeal) {
                            return true;
                        }
                        if (!awaitGate()) {
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
        ChunkWriter writer = new ChunkWriter(producer, topics.chunks(), number, task, settings.batchBytes(), faults);
        try {
            session.read(task, writer, () -> stop.getCount() == 0);
        } catch (SQLException | MigrationException e) {
            abort(producer);
            throw e;
        }
        if (!writer.isClosed()) {
            abort(producer); // stopped in mid-chunk
            return;
        }
        producer.sendOffsetsToTransaction(Map.of(tasks, new OffsetAndMetadata(offset + 1)), group);
        producer.flush();
        faults.reached(FaultPoint.BACKFILL_BEFORE_CHUNK_COMMIT);
        KafkaClients.commit(producer);
        faults.reached(FaultPoint.BACKFILL_AFTER_CHUNK_COMMIT);
        attempts = 0;
        progress.chunkCommitted(task.chunk().source(), writer.rows(), writer.bytes());
        log.atDebug()
                .addKeyValue("chunk", task.chunk())
                .addKeyValue("rows", writer.rows())
                .addKeyValue("bytes", writer.bytes())
                .addKeyValue("millis", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin))
                .log("chunk copied");
    }

    /** The first failure is the one that counts; an abort that fails is made good by the next initTransactions. */
    private void abort(Producer<byte[], byte[]> producer) {
        try {
            producer.abortTransaction();
        } catch (KafkaException e) {
            log.atDebug().addKeyValue("reader", number).setCause(e).log("open chunk left to the next start");
        }
    }

    private boolean awaitGate() throws InterruptedException {
        while (!gate.isOpen()) {
            if (isStopped(GATE_PAUSE)) {
                return false;
            }
        }
        return !isStopped(Duration.ZERO);
    }

    private boolean isStopped(Duration atMost) throws InterruptedException {
        return stop.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
    }
}
