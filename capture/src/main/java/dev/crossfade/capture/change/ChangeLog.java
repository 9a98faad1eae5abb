package dev.crossfade.capture.change;

import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.MigrationException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The writing end of capture's topics: one Kafka transaction after the other under capture's transactional id. A second one under the
 * same id, in whatever process, ends this one. One thread at a time, after {@link #open}.
 */
final class ChangeLog implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ChangeLog.class);

    /** The largest request; a record must stay well below it. */
    static final int MAX_REQUEST_BYTES = 32 << 20;

    private static final int ATTEMPTS = 5;
    private static final int COMMIT_ATTEMPTS = 6; // each waits for max.block.ms
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

    private final KafkaProducer<byte[], byte[]> producer;
    private final String transactionalId;
    private final Map<TopicPartition, Long> ends = new ConcurrentHashMap<>();
    private boolean usable = true;

    ChangeLog(String transactionalId, Map<String, String> kafka) {
        this.transactionalId = transactionalId;
        Map<String, Object> properties = new HashMap<>(kafka);
        properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MAX_REQUEST_BYTES);
        properties.putIfAbsent(ProducerConfig.BATCH_SIZE_CONFIG, String.valueOf(256 << 10));
        properties.putIfAbsent(ProducerConfig.LINGER_MS_CONFIG, "5");
        properties.putIfAbsent(ProducerConfig.BUFFER_MEMORY_CONFIG, String.valueOf(64 << 20));
        properties.putIfAbsent(ProducerConfig.MAX_BLOCK_MS_CONFIG, "30000");
        properties.putIfAbsent(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, "60000");
        this.producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Kafka does not answer, or this producer cannot go on; the outcome of the last transaction may be unknown. */
    static final class LogUnavailable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        LogUnavailable(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** A producer was opened under the same id, by whomever; this one is at its end. What it had not committed is not in the log. */
    static final class Fenced extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Fenced(String transactionalId, Throwable cause) {
            super("another producer was opened as " + transactionalId, cause);
        }
    }

    /** What a transaction holds. Called once more for each attempt, and writes the same each time. */
    @FunctionalInterface
    interface Content {
        void writeTo(Sender sender);
    }

    /** Takes records into the open transaction. */
    @FunctionalInterface
    interface Sender {
        void send(ProducerRecord<byte[], byte[]> record);
    }

    /**
     * Ends every predecessor: what one of them left open is committed or aborted when this returns, and none of them can write again.
     *
     * @throws LogUnavailable if Kafka does not answer
     * @throws Fenced if a successor was opened meanwhile
     */
    void open() {
        try {
            for (int attempt = 1; ; attempt++) {
                try {
                    producer.initTransactions();
                    return;
                } catch (TimeoutException e) {
                    if (attempt == ATTEMPTS) {
                        throw e;
                    }
                }
            }
        } catch (ProducerFencedException e) {
            throw new Fenced(transactionalId, e);
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            throw new LogUnavailable("Kafka does not give change capture its transactions", e);
        }
    }

    /**
     * Writes {@code content} and commits it; on return it is durable. A transaction that Kafka aborts is written again, a commit
     * without an answer is asked for again.
     *
     * @throws MigrationException of kind TRANSFORM if a record is too large
     * @throws Fenced if a successor was opened
     * @throws LogUnavailable if Kafka does not answer; then the outcome is unknown until {@link #open} of a successor
     */
    void commit(Content content) {
        usable = false;
        write(content);
        usable = true;
    }

    /** Whether the outcome of every transaction is known, so that another may follow. */
    boolean isUsable() {
        return usable;
    }

    /** The offset behind the last record that Kafka took from this writer; 0 before the first. */
    long endOf(TopicPartition partition) {
        return ends.getOrDefault(partition, 0L);
    }

    private void write(Content content) {
        for (int attempt = 1; ; attempt++) {
            AtomicReference<@Nullable Exception> refused = new AtomicReference<>();
            try {
                producer.beginTransaction();
                content.writeTo(record -> send(record, refused));
                commitTransaction();
                return;
            } catch (ProducerFencedException e) {
                throw new Fenced(transactionalId, e);
            } catch (InterruptException | LogUnavailable e) {
                throw e;
            } catch (KafkaException e) {
                Exception cause = refused.get();
                if (cause instanceof RecordTooLargeException) {
                    throw new MigrationException(
                            ErrorKind.TRANSFORM,
                            "a change is larger than max.message.bytes of its topic; the transaction was not committed."
                                    + " Hint: raise max.message.bytes of the changes topic",
                            e);
                }
                if (attempt == ATTEMPTS || cause instanceof AuthorizationException) {
                    throw new LogUnavailable("Kafka refuses the changes of " + transactionalId, e);
                }
                abort();
                log.atWarn()
                        .addKeyValue("attempt", attempt)
                        .addKeyValue("cause", (cause == null ? e : cause).toString())
                        .log("transaction of changes was aborted and is written again");
            } catch (
                    RuntimeException e) { // the content itself; a producer must not be closed over an empty transaction
                abortAfter(e);
                throw e;
            }
        }
    }

    private void send(ProducerRecord<byte[], byte[]> record, AtomicReference<@Nullable Exception> refused) {
        Future<RecordMetadata> unused = producer.send(record, (metadata, failure) -> {
            if (failure != null) {
                refused.compareAndSet(null, failure); // the commit fails of it
            } else {
                ends.merge(
                        new TopicPartition(metadata.topic(), metadata.partition()), metadata.offset() + 1, Math::max);
            }
        });
    }

    private void commitTransaction() {
        for (int attempt = 1; ; attempt++) {
            try {
                producer.commitTransaction();
                return;
            } catch (TimeoutException e) {
                if (attempt == COMMIT_ATTEMPTS) {
                    throw new LogUnavailable("Kafka does not say whether a transaction of changes is committed", e);
                }
                log.atWarn().addKeyValue("attempt", attempt).log("commit of changes has no answer yet");
            }
        }
    }

    private void abort() {
        try {
            producer.abortTransaction();
        } catch (ProducerFencedException e) {
            throw new Fenced(transactionalId, e);
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            throw new LogUnavailable("a transaction of changes can neither be committed nor aborted", e);
        }
    }

    private void abortAfter(RuntimeException reason) {
        try {
            producer.abortTransaction();
            usable = true;
        } catch (KafkaException e) {
            reason.addSuppressed(e);
        }
    }

    @Override
    public void close() {
        boolean interrupted = Thread.interrupted();
        try {
            producer.close(CLOSE_TIMEOUT);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
