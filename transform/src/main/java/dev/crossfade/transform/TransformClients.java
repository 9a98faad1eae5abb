package dev.crossfade.transform;

import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.FaultPoint;
import dev.crossfade.model.Faults;
import dev.crossfade.model.MigrationException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KafkaClientSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes Streams' clients, with three differences from the usual ones. The transactional id is the same at every start: Streams
 * would put a random process id into it, and the transaction of a process that was killed would then block readers and the
 * group's offsets until it times out; with the same id, the successor aborts it at once. With the offsets of what was read, a
 * transaction commits for the same group where what it wrote ends in each partition: a log that has lost its end can then be told from
 * one that was never longer. And each commit is told to {@link Faults}.
 */
final class TransformClients implements KafkaClientSupplier {
    private final String group;
    private final Faults faults;
    private final AtomicLong commits = new AtomicLong();

    TransformClients(String group, Faults faults) {
        this.group = group;
        this.faults = faults;
    }

    /** Transactions that Streams has committed since this object was made. */
    long commits() {
        return commits.get();
    }

    @Override
    public Admin getAdmin(Map<String, Object> config) {
        return Admin.create(config);
    }

    @Override
    public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
        Map<String, Object> ours = new HashMap<>(config);
        String id = String.valueOf(config.get(ProducerConfig.TRANSACTIONAL_ID_CONFIG));
        String thread = id.substring(id.lastIndexOf('-') + 1); // <application>-<process>-<thread>
        ours.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, group + "." + thread);
        return new ObservedProducer(ours);
    }

    @Override
    public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @Override
    public Consumer<byte[], byte[]> getRestoreConsumer(Map<String, Object> config) {
        return getConsumer(config);
    }

    @Override
    public Consumer<byte[], byte[]> getGlobalConsumer(Map<String, Object> config) {
        return getConsumer(config);
    }

    /**
     * Streams' own producer; the only place that knows when Streams has committed. Being fenced is final here: Streams would take it
     * for a lost partition, make a producer of the same id and so fence the successor in turn.
     */
    private final class ObservedProducer extends KafkaProducer<byte[], byte[]> {
        /** Behind the last record of the open transaction; filled by the producer's own thread, complete after a flush. */
        private final Map<TopicPartition, OffsetAndMetadata> ends = new ConcurrentHashMap<>();

        private final Map<TopicPartition, Long> last = new ConcurrentHashMap<>(); // offset of the last record of any
        private volatile Optional<String> loss = Optional.empty();

        ObservedProducer(Map<String, Object> config) {
            super(config, new ByteArraySerializer(), new ByteArraySerializer());
        }

        @Override
        public void initTransactions() {
            unlessFenced(super::initTransactions);
        }

        @Override
        public void beginTransaction() {
            unlessFenced(super::beginTransaction);
        }

        @Override
        public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record, @Nullable Callback callback) {
            return super.send(record, (metadata, failure) -> {
                if (failure == null && metadata.hasOffset()) {
                    note(new TopicPartition(metadata.topic(), metadata.partition()), metadata.offset());
                }
                if (callback != null) {
                    callback.onCompletion(metadata, isFenced(failure) ? takenOver(failure) : failure);
                }
            });
        }

        /** Kafka gives a producer's records offsets that rise, unless the log has lost records that it had taken. */
        private void note(TopicPartition partition, long offset) {
            Long before = last.put(partition, offset);
            if (before != null && offset <= before) {
                loss = Optional.of("log " + partition + " has lost its end: it took a record at offset " + before
                        + " and then another one at " + offset);
            }
            ends.put(partition, new OffsetAndMetadata(offset + 1));
        }

        private void requireNoLoss() {
            loss.ifPresent(seen -> {
                throw new MigrationException(
                        ErrorKind.TRANSFORM,
                        seen + "; the transform stopped, and nothing of its last transaction is visible."
                                + " Hint: begin anew with empty target tables: crossfade abort, or another migration name");
            });
        }

        @Override
        public void sendOffsetsToTransaction(
                Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata consumerGroup) {
            Map<TopicPartition, OffsetAndMetadata> all = new HashMap<>(offsets);
            unlessFenced(super::flush); // Streams has done so
            requireNoLoss();
            all.putAll(ends);
            unlessFenced(() -> super.sendOffsetsToTransaction(all, consumerGroup));
        }

        @Override
        public void commitTransaction() {
            unlessFenced(super::commitTransaction);
            ends.clear();
            commits.incrementAndGet();
            faults.reached(FaultPoint.TRANSFORM_AFTER_COMMIT);
        }

        @Override
        public void abortTransaction() {
            super.abortTransaction();
            ends.clear();
        }

        private void unlessFenced(Runnable step) {
            try {
                step.run();
            } catch (KafkaException e) {
                throw isFenced(e) ? takenOver(e) : e;
            }
        }

        private static boolean isFenced(@Nullable Exception failure) {
            return failure instanceof ProducerFencedException || failure instanceof InvalidProducerEpochException;
        }

        private MigrationException takenOver(Exception failure) {
            return new MigrationException(
                    ErrorKind.TRANSFORM,
                    "the transactions of group " + group
                            + " are fenced: another process has taken over, or this one stood"
                            + " still for longer than a transaction may take; it stopped, and nothing half-done is visible",
                    failure);
        }
    }
}
