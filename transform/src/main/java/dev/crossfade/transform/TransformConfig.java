package dev.crossfade.transform;

import static org.apache.kafka.streams.StreamsConfig.consumerPrefix;
import static org.apache.kafka.streams.StreamsConfig.producerPrefix;

import dev.crossfade.model.TopicNames;
import java.util.Properties;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.DefaultProductionExceptionHandler;
import org.apache.kafka.streams.errors.LogAndFailExceptionHandler;
import org.apache.kafka.streams.errors.LogAndFailProcessingExceptionHandler;

/** Streams' properties: the user's, and over them what exactly-once and a short fence need. */
final class TransformConfig {
    private static final int MAX_REQUEST_BYTES = 32 << 20; // the longest row of 8 MiB, its key and its frame, with room
    private static final int BATCH_BYTES = 256 << 10;
    private static final int LINGER_MILLIS = 5; // Streams' own default of 100 ms would be the longest part of a fence

    /** Records held per partition: a change may be 16 MiB (both images of an 8 MiB row), so the count must be small. */
    private static final int BUFFERED_RECORDS = 64;

    private static final int POLL_RECORDS = 256;
    private static final int POLL_MILLIS = 10; // a commit that is due waits for the running poll, so it must be short
    private static final int SESSION_TIMEOUT_MILLIS = 10_000;
    private static final int HEARTBEAT_MILLIS = 3_000;

    /**
     * Longest life of a transaction whose process hangs. A process that dies does not wait for it, its successor aborts the
     * transaction; a process that is suspended for longer finds itself fenced.
     */
    private static final int TRANSACTION_TIMEOUT_MILLIS = 60_000;

    private TransformConfig() {}

    static Properties of(TopicNames topics, TransformSettings settings) {
        Properties properties = new Properties();
        properties.putAll(settings.kafka());
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, topics.transformGroup());
        properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        properties.put(
                StreamsConfig.COMMIT_INTERVAL_MS_CONFIG,
                settings.commitInterval().toMillis());
        properties.put(StreamsConfig.POLL_MS_CONFIG, POLL_MILLIS);
        properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, settings.threads());
        properties.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, BUFFERED_RECORDS);
        properties.put(StreamsConfig.STATE_DIR_CONFIG, settings.stateDirectory().toString());
        properties.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, -1); // the broker's default
        properties.put(StreamsConfig.METRIC_REPORTER_CLASSES_CONFIG, ""); // no JMX
        properties.put(StreamsConfig.ENABLE_METRICS_PUSH_CONFIG, false);
        properties.put(StreamsConfig.DESERIALIZATION_EXCEPTION_HANDLER_CLASS_CONFIG, LogAndFailExceptionHandler.class);
        properties.put(
                StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG, LogAndFailProcessingExceptionHandler.class);
        properties.put(
                StreamsConfig.PRODUCTION_EXCEPTION_HANDLER_CLASS_CONFIG, DefaultProductionExceptionHandler.class);
        consumer(properties, ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        consumer(properties, ConsumerConfig.MAX_POLL_RECORDS_CONFIG, POLL_RECORDS);
        // A static member: a successor takes its place at once, and a zombie is fenced, instead of waiting for its
        // session.
        consumer(properties, CommonClientConfigs.GROUP_INSTANCE_ID_CONFIG, topics.transformGroup());
        consumer(properties, ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, SESSION_TIMEOUT_MILLIS);
        consumer(properties, ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, HEARTBEAT_MILLIS);
        producer(properties, ProducerConfig.ACKS_CONFIG, "all");
        producer(properties, ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, TRANSACTION_TIMEOUT_MILLIS);
        producer(properties, ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MAX_REQUEST_BYTES);
        producer(properties, ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES);
        producer(properties, ProducerConfig.LINGER_MS_CONFIG, LINGER_MILLIS);
        return properties;
    }

    private static void consumer(Properties properties, String name, Object value) {
        properties.put(consumerPrefix(name), value);
    }

    private static void producer(Properties properties, String name, Object value) {
        properties.put(producerPrefix(name), value);
    }
}
