package dev.crossfade.transform;

import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.FaultPoint;
import dev.crossfade.model.Faults;
import dev.crossfade.model.MigrationException;
import java.util.HashMap;
import java.util.Map;
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
 * Makes Streams' clients, with two differences from the usual ones. The transactional id is the same at every start: Streams
 * would put a random process id into it, and the transaction of a process that was killed would then block readers and the
 * group's offsets until it times out; with the same id, the successor aborts it at once. And each commit is told to
 * {@link Faults}.
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
                if (callback != null) {
                    callback.onCompletion(metadata, isFenced(failure) ? takenOver(failure) : failure);
                }
            });
        }

        @Override
        public void sendOffsetsToTransaction(
                Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata consumerGroup) {
            unlessFenced(() -> super.sendOffsetsToTransaction(offsets, consumerGroup));
        }

        @Override
        public void commitTransaction() {
            unlessFenced(super::commitTransaction);
            commits.incrementAndGet();
            faults.reached(FaultPoint.TRANSFORM_AFTER_COMMIT);
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
