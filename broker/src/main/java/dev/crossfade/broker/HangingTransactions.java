package dev.crossfade.broker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.AbortTransactionSpec;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeProducersResult.PartitionProducerState;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends transactions that are open in a partition although their coordinator holds them for over. Killed together with its clients,
 * Kafka 4.3.1 has left such a one behind about once in forty kills: an offset commit stays pending, and whoever asks for that offset
 * waits for ever. What the coordinator does not know can never be committed, so aborting it loses nothing.
 */
final class HangingTransactions implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(HangingTransactions.class);
    private static final long EVERY_SECONDS = 3;
    private static final long ANSWER_SECONDS = 10;
    private static final Set<TransactionState> OPEN =
            Set.of(TransactionState.ONGOING, TransactionState.PREPARE_COMMIT, TransactionState.PREPARE_ABORT);

    private final Admin admin;
    private final ScheduledExecutorService sweeper = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "kafka-hanging-transactions");
        thread.setDaemon(true);
        return thread;
    });
    private Set<Hanging> suspects = Set.of(); // of the sweep before; read and written by the sweeper

    /** One transaction in one partition; another transaction of the producer begins at another offset. */
    private record Hanging(
            TopicPartition partition, long producerId, int epoch, int coordinatorEpoch, long startOffset) {}

    private HangingTransactions(Admin admin) {
        this.admin = admin;
    }

    static HangingTransactions watch(String bootstrapServers) {
        HangingTransactions watch =
                new HangingTransactions(Admin.create(Map.of("bootstrap.servers", bootstrapServers)));
        var unused = watch.sweeper.scheduleWithFixedDelay(watch::sweep, EVERY_SECONDS, EVERY_SECONDS, TimeUnit.SECONDS);
        return watch;
    }

    private void sweep() {
        try {
            Set<Hanging> seen = hanging();
            for (Hanging transaction : seen) {
                // Seen twice: one that was just beginning or ending at the first look is not the same at the second.
                if (suspects.contains(transaction)) {
                    abort(transaction);
                }
            }
            suspects = seen;
        } catch (ExecutionException | TimeoutException e) {
            log.atDebug().setCause(e).log("transactions could not be looked at");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Asks the coordinator first, so that what begins meanwhile is no more than a suspect. */
    private Set<Hanging> hanging() throws ExecutionException, TimeoutException, InterruptedException {
        Set<Long> open = new HashSet<>();
        admin.listTransactions().all().get(ANSWER_SECONDS, TimeUnit.SECONDS).forEach(transaction -> {
            if (OPEN.contains(transaction.state())) {
                open.add(transaction.producerId());
            }
        });
        Set<Hanging> hanging = new HashSet<>();
        Map<TopicPartition, PartitionProducerState> producers =
                admin.describeProducers(partitions()).all().get(ANSWER_SECONDS, TimeUnit.SECONDS);
        producers.forEach((partition, state) -> {
            for (ProducerState producer : state.activeProducers()) {
                if (producer.currentTransactionStartOffset().isPresent() && !open.contains(producer.producerId())) {
                    hanging.add(new Hanging(
                            partition,
                            producer.producerId(),
                            producer.producerEpoch(),
                            producer.coordinatorEpoch().orElse(0),
                            producer.currentTransactionStartOffset().getAsLong()));
                }
            }
        });
        return hanging;
    }

    private List<TopicPartition> partitions() throws ExecutionException, TimeoutException, InterruptedException {
        Set<String> topics = admin.listTopics(new ListTopicsOptions().listInternal(true))
                .names()
                .get(ANSWER_SECONDS, TimeUnit.SECONDS);
        List<TopicPartition> partitions = new ArrayList<>();
        for (TopicDescription topic : admin.describeTopics(topics)
                .allTopicNames()
                .get(ANSWER_SECONDS, TimeUnit.SECONDS)
                .values()) {
            topic.partitions().forEach(one -> partitions.add(new TopicPartition(topic.name(), one.partition())));
        }
        return partitions;
    }

    private void abort(Hanging transaction) throws ExecutionException, TimeoutException, InterruptedException {
        admin.abortTransaction(new AbortTransactionSpec(
                        transaction.partition(),
                        transaction.producerId(),
                        (short) transaction.epoch(),
                        transaction.coordinatorEpoch()))
                .all()
                .get(ANSWER_SECONDS, TimeUnit.SECONDS);
        log.atWarn()
                .addKeyValue("partition", transaction.partition())
                .addKeyValue("producerId", transaction.producerId())
                .log("aborted a transaction that its coordinator had left open");
    }

    @Override
    public void close() {
        sweeper.shutdownNow();
        admin.close(Duration.ofSeconds(1));
    }
}
