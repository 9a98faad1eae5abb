package dev.crossfade.sink.apply;

import static java.util.Objects.requireNonNull;

import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.MigrationException;
import dev.crossfade.sink.control.LogPosition;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads one partition, committed records only, from a position that the target keeps. Kafka stores no offset for it, and a position
 * that the log does not have is an error, never a reset. One thread reads; {@link #stop} is for any other.
 */
public final class PartitionReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(500);
    private static final int FETCH_BYTES = 4 << 20; // one fetch is worked on while the next is under way
    private static final int FETCH_WAIT_MILLIS = 50;
    private static final int MAX_RECORDS = 5_000;

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final TopicPartition partition;
    private volatile boolean stopping;

    /**
     * A reader that does not read yet.
     *
     * @param clientProperties {@code bootstrap.servers} and whatever the cluster needs
     * @param name who reads, for the cluster's logs; a partition may have several readers
     */
    public PartitionReader(Map<String, String> clientProperties, String name, String topic, int partition) {
        requireNonNull(topic, "topic");
        Properties properties = new Properties();
        properties.putAll(clientProperties);
        properties.put(ConsumerConfig.CLIENT_ID_CONFIG, "crossfade-sink-" + topic + "-" + name);
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, MAX_RECORDS);
        properties.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES);
        properties.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FETCH_BYTES);
        properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, FETCH_WAIT_MILLIS);
        properties.remove(ConsumerConfig.GROUP_ID_CONFIG);
        this.partition = new TopicPartition(topic, partition);
        this.consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer.assign(List.of(this.partition));
    }

    public TopicPartition partition() {
        return partition;
    }

    /**
     * The next {@link #poll} begins at this position. The client asks the broker whether the log still has the position's epoch there.
     *
     * @see <a href="https://cwiki.apache.org/confluence/display/KAFKA/KIP-320">KIP-320</a>
     */
    public void seek(LogPosition position) {
        Optional<Integer> epoch =
                position.leaderEpoch() == LogPosition.NO_EPOCH ? Optional.empty() : Optional.of(position.leaderEpoch());
        consumer.seek(partition, new OffsetAndMetadata(position.offset(), epoch, ""));
    }

    /** The position behind a record. */
    static LogPosition behind(ConsumerRecord<?, ?> record) {
        return new LogPosition(record.offset() + 1, record.leaderEpoch().orElse(LogPosition.NO_EPOCH));
    }

    /**
     * Records in order; none after half a second without any, or once {@link #stop} was called.
     *
     * @throws MigrationException of kind TRANSFORM if the log does not have the position any more, or the cluster refuses us
     */
    public List<ConsumerRecord<byte[], byte[]>> poll() {
        if (stopping) {
            return List.of();
        }
        try {
            return consumer.poll(POLL).records(partition);
        } catch (WakeupException e) {
            return List.of();
        } catch (InvalidOffsetException e) {
            throw new MigrationException(
                    ErrorKind.TRANSFORM,
                    "log " + partition + " does not have the position that the target stands at: it is another log, its"
                            + " end was lost, or its records were deleted; nothing was applied",
                    e);
        } catch (RetriableException e) {
            return List.of(); // the client connects again by itself
        } catch (KafkaException e) {
            throw new MigrationException(
                    ErrorKind.TRANSFORM,
                    "cannot read log " + partition + ": " + e.getClass().getSimpleName(),
                    e);
        }
    }

    public boolean isStopping() {
        return stopping;
    }

    /** Makes the reading thread find no more records. */
    public void stop() {
        stopping = true;
        consumer.wakeup();
    }

    /** To be called by the reading thread, when it has ended its work. */
    @Override
    public void close() {
        consumer.close();
    }
}
