package dev.crossfade.pipeline.run;

import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.Problem;
import dev.crossfade.model.TopicNames;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The migration's topics. They are made once, before anything is captured; from then on a missing topic is a lost log and stops the
 * migration, see {@link LogCheck}. Consumer groups begin at offset 0 by a commit made here, never by a reset.
 */
final class Topics {
    private static final Logger log = LoggerFactory.getLogger(Topics.class);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(30);
    /** A row of 8 MiB before and after a change, and what stands around it. */
    private static final int MAX_RECORD_BYTES = 32 << 20;

    private static final long LEAST_SEGMENT_BYTES = 1 << 20; // Kafka takes no less

    private static final long MOST_SEGMENT_BYTES = 128 << 20;

    private final TopicNames names;
    private final PartitionCounts counts;
    private final Map<String, String> clientProperties;
    private final long unappliedBytes;

    /**
     * Topics that were not made yet.
     *
     * @param unappliedBytes how much of the chunks may wait for the target: of what the target holds, files that take a small part of
     *     that remain, because Kafka deletes records by whole files
     */
    Topics(TopicNames names, PartitionCounts counts, Map<String, String> clientProperties, long unappliedBytes) {
        this.names = names;
        this.counts = counts;
        this.clientProperties = clientProperties;
        this.unappliedBytes = unappliedBytes;
    }

    private Map<String, Integer> partitions() {
        return partitions(names, counts);
    }

    /** How many partitions each topic of a migration has. */
    static Map<String, Integer> partitions(TopicNames names, PartitionCounts counts) {
        return Map.of(
                names.changes(), counts.changes(),
                names.rows(), counts.changes(),
                names.tasks(), counts.tasks(),
                names.chunks(), counts.chunks(),
                names.positions(), 1,
                names.schemaHistory(), 1);
    }

    /**
     * Makes what is missing. Only before the backfill has begun. Doing it again changes nothing.
     *
     * @throws MigrationException of kind PLAN if the topics hold the chunks of an earlier migration of this name: they were made by
     *     another plan, perhaps, and would be copied into this one's target
     */
    void create() {
        try (Admin admin = admin()) {
            Set<String> existing = get(admin.listTopics().names(), "list topics");
            List<NewTopic> missing = new ArrayList<>();
            partitions().forEach((topic, partitions) -> {
                if (!existing.contains(topic)) {
                    missing.add(
                            new NewTopic(topic, Optional.of(partitions), Optional.empty()).configs(settings(topic)));
                }
            });
            get(admin.createTopics(missing).all(), "create topics");
            requirePartitions(admin);
            requireKept(admin);
            requireNoChunks(admin);
            beginAtZero(admin, names.transformGroup(), names.changes(), counts.changes());
            beginAtZero(admin, names.readerGroup(), names.tasks(), counts.tasks());
            log.atInfo().addKeyValue("topics", missing.size()).log("topics created");
        }
    }

    private void requireKept(Admin admin) {
        List<Problem> problems = Retention.problems(admin, partitions().keySet());
        if (!problems.isEmpty()) {
            throw MigrationException.of(problems, LogCheck.NOTHING_WRITTEN);
        }
    }

    private Map<String, String> settings(String topic) {
        Map<String, String> settings = new HashMap<>(Retention.SETTINGS);
        settings.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(MAX_RECORD_BYTES));
        if (topic.equals(names.chunks())) {
            long segment = Math.max(LEAST_SEGMENT_BYTES, Math.min(unappliedBytes / 32, MOST_SEGMENT_BYTES));
            settings.put(TopicConfig.SEGMENT_BYTES_CONFIG, Long.toString(segment));
        }
        return settings;
    }

    private void requireNoChunks(Admin admin) {
        Set<TopicPartition> partitions = new HashSet<>();
        for (int partition = 0; partition < counts.tasks(); partition++) {
            partitions.add(new TopicPartition(names.tasks(), partition));
        }
        for (int partition = 0; partition < counts.chunks(); partition++) {
            partitions.add(new TopicPartition(names.chunks(), partition));
        }
        ends(admin, partitions).forEach((partition, end) -> {
            if (end > 0) {
                throw new MigrationException(
                        ErrorKind.PLAN,
                        "topic " + partition.topic()
                                + " holds the backfill of an earlier migration of this name, which the"
                                + " target does not know of; nothing was written to the target. Hint: delete the topics "
                                + names.prefix() + "* and the groups " + names.transformGroup() + " and "
                                + names.readerGroup() + ", or begin under another migration name");
            }
        });
    }

    /** Where the partitions end, open transactions included. */
    private static Map<TopicPartition, Long> ends(Admin admin, Set<TopicPartition> partitions) {
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        partitions.forEach(partition -> latest.put(partition, OffsetSpec.latest()));
        Map<TopicPartition, Long> ends = new HashMap<>();
        get(admin.listOffsets(latest).all(), "read the ends of topics")
                .forEach((partition, end) -> ends.put(partition, end.offset()));
        return ends;
    }

    private void requirePartitions(Admin admin) {
        Map<String, Integer> wanted = partitions();
        describe(admin, wanted.keySet()).forEach((topic, description) -> {
            int seen = description.partitions().size();
            if (!Integer.valueOf(seen).equals(wanted.get(topic))) {
                throw new MigrationException(
                        ErrorKind.TRANSFORM,
                        "topic " + topic + " has " + seen + " partitions, this migration needs " + wanted.get(topic)
                                + "; nothing was written");
            }
        });
    }

    /** Of topics that exist. */
    static Map<String, TopicDescription> describe(Admin admin, Set<String> topics) {
        return onceKnown(() -> get(admin.describeTopics(topics).allTopicNames(), "describe topics"));
    }

    /** Asks again while a broker has not learned of a topic that another one has just made. */
    private static <T> T onceKnown(Supplier<T> question) {
        long deadline = System.nanoTime() + ANSWER_WITHIN.toNanos();
        while (true) {
            try {
                return question.get();
            } catch (MigrationException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException) || System.nanoTime() > deadline) {
                    throw e;
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            }
        }
    }

    private static void beginAtZero(Admin admin, String group, String topic, int partitions) {
        Map<TopicPartition, OffsetAndMetadata> committed =
                get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata(), "read offsets of " + group);
        Map<TopicPartition, OffsetAndMetadata> absent = new HashMap<>();
        for (int partition = 0; partition < partitions; partition++) {
            TopicPartition topicPartition = new TopicPartition(topic, partition);
            if (committed.get(topicPartition) == null) {
                absent.put(topicPartition, new OffsetAndMetadata(0));
            }
        }
        if (!absent.isEmpty()) {
            var unused = onceKnown(
                    () -> get(admin.alterConsumerGroupOffsets(group, absent).all(), "commit offset 0 for " + group));
        }
    }

    private Admin admin() {
        return admin(clientProperties);
    }

    /** An admin client that gives up in time; to be closed. */
    static Admin admin(Map<String, String> clientProperties) {
        Map<String, Object> properties = new HashMap<>(clientProperties);
        properties.putIfAbsent(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) ANSWER_WITHIN.toMillis());
        return Admin.create(properties);
    }

    /** Waits for the answer, not for ever; the failure of a future is the cause of the exception. */
    static <T> T get(KafkaFuture<T> future, String what) {
        try {
            return future.get(ANSWER_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new MigrationException(ErrorKind.TRANSFORM, "cannot " + what + ": " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            throw new MigrationException(
                    ErrorKind.TRANSFORM, "cannot " + what + ": no answer from Kafka within " + ANSWER_WITHIN, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MigrationException(ErrorKind.TRANSFORM, "interrupted while waiting to " + what, e);
        }
    }
}
