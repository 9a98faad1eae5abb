package dev.crossfade.pipeline.run;

import static java.util.Objects.requireNonNull;

import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.FaultPoint;
import dev.crossfade.model.Faults;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.TopicNames;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a migration has left in a Kafka that others use too, and how it is taken away: by exact names, except for topics that Streams
 * itself made. Its transactional ids stay known to Kafka, as nothing, until they expire there. To be removed only under the run
 * lock. One thread.
 */
public final class KafkaRemains implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(KafkaRemains.class);
    private static final Duration SETTLED_WITHIN = Duration.ofSeconds(30);
    private static final Duration LOOK_EVERY = Duration.ofMillis(100);
    private static final int ANSWER_MILLIS = 30_000;
    private static final Set<TransactionState> OPEN =
            Set.of(TransactionState.ONGOING, TransactionState.PREPARE_COMMIT, TransactionState.PREPARE_ABORT);

    private final TopicNames names;
    private final Admin admin;
    private final Faults faults;

    /** Looks at the Kafka of these client properties, {@code bootstrap.servers} among them. */
    public KafkaRemains(TopicNames names, Map<String, String> clientProperties, Faults faults) {
        this.names = requireNonNull(names, "names");
        this.faults = requireNonNull(faults, "faults");
        Map<String, Object> properties = new HashMap<>(clientProperties);
        properties.putIfAbsent(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ANSWER_MILLIS);
        this.admin = Admin.create(properties);
    }

    /** The migration's topics that are there, by name. */
    public List<String> topics() {
        Set<String> ours = Set.copyOf(names.all());
        String streams = names.transformGroup() + "-";
        return Topics.get(admin.listTopics().names(), "list topics").stream()
                .filter(topic -> ours.contains(topic) || topic.startsWith(streams))
                .sorted()
                .toList();
    }

    /** The migration's consumer groups that are there, by name. */
    public List<String> groups() {
        Set<String> ours = Set.of(names.transformGroup(), names.readerGroup(), names.historyGroup());
        return Topics.get(admin.listGroups().all(), "list consumer groups").stream()
                .map(GroupListing::groupId)
                .filter(ours::contains)
                .sorted()
                .toList();
    }

    /** Transactional ids of the migration whose transaction is open: a process was killed within it. */
    public List<String> openTransactions() {
        return transactions(OPEN);
    }

    private List<String> transactions(Set<TransactionState> states) {
        Collection<TransactionListing> known =
                Topics.get(admin.listTransactions().all(), "list transactions");
        return known.stream()
                .filter(transaction -> states.contains(transaction.state()))
                .map(TransactionListing::transactionalId)
                .filter(id -> id.startsWith(names.prefix()))
                .sorted()
                .toList();
    }

    /**
     * Aborts the open transactions, then removes the groups, then the topics; on return others see neither. What is gone already is
     * passed over.
     *
     * @throws MigrationException of kind TRANSFORM; what was removed before stays removed, and the rest can be asked for again
     */
    public void remove() {
        List<String> ongoing = transactions(Set.of(TransactionState.ONGOING));
        if (!ongoing.isEmpty()) {
            Topics.get(admin.fenceProducers(ongoing).all(), "abort the transactions of " + ongoing);
        }
        awaitNone(this::openTransactions, "open transactions");
        groups().forEach(this::removeGroup);
        faults.reached(FaultPoint.ABORT_WITHIN_LOG);
        topics().forEach(this::removeTopic);
        awaitNone(this::topics, "topics");
        log.atInfo().addKeyValue("prefix", names.prefix()).log("nothing of the migration is left in Kafka");
    }

    /** A process that was killed is a member until its session ends, and a group with members cannot be removed. */
    private void removeGroup(String group) {
        try {
            deleteGroup(group);
        } catch (MigrationException e) {
            if (!(e.getCause() instanceof GroupNotEmptyException)) {
                throw e;
            }
            passingOver(
                    UnknownMemberIdException.class,
                    () -> Topics.get(
                            admin.removeMembersFromConsumerGroup(group, new RemoveMembersFromConsumerGroupOptions())
                                    .all(),
                            "remove the members of group " + group));
            deleteGroup(group);
        }
    }

    private void deleteGroup(String group) {
        passingOver(
                GroupIdNotFoundException.class,
                () -> Topics.get(admin.deleteConsumerGroups(List.of(group)).all(), "remove group " + group));
    }

    private void removeTopic(String topic) {
        passingOver(
                UnknownTopicOrPartitionException.class,
                () -> Topics.get(admin.deleteTopics(List.of(topic)).all(), "remove topic " + topic));
    }

    private static void passingOver(Class<? extends Exception> gone, Runnable removal) {
        try {
            removal.run();
        } catch (MigrationException e) {
            if (!gone.isInstance(e.getCause())) {
                throw e;
            }
            log.atDebug().setCause(e).log("was gone already");
        }
    }

    private void awaitNone(Supplier<List<String>> left, String what) {
        long deadline = System.nanoTime() + SETTLED_WITHIN.toNanos();
        List<String> seen = left.get();
        while (!seen.isEmpty()) {
            if (System.nanoTime() - deadline > 0) {
                throw new MigrationException(
                        ErrorKind.TRANSFORM,
                        "Kafka still has the " + what + " of " + seen + " after " + SETTLED_WITHIN.toSeconds()
                                + " s, it was asked to end them. Hint: abort again; it goes on from here");
            }
            LockSupport.parkNanos(LOOK_EVERY.toNanos());
            seen = left.get();
        }
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }
}
