package dev.crossfade.pipeline.run;

import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.Problem;
import dev.crossfade.model.TopicNames;
import dev.crossfade.pipeline.Phase;
import dev.crossfade.sink.control.LogIdentity;
import dev.crossfade.sink.control.LogPosition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Whether the log is the one that the migration began with, and still holds what was read of it. Offsets are valid numbers in any log,
 * so a migration that went on in another one would lose changes and not know. Reads only; to be called before anything is written to
 * the log, because a log that has lost its end would soon reach the stored positions again, with other records in it.
 */
final class LogCheck {
    static final String NOTHING_WRITTEN = "nothing was written";

    /** What helps whatever the difference. */
    static final String REMEDY =
            "bring the log back that the migration began with, or begin anew with empty target tables:"
                    + " crossfade abort, or another migration name";

    private final TopicNames names;
    private final Map<String, Integer> partitions;
    private final Map<String, String> clientProperties;
    private final List<Problem> doubts;

    /**
     * A check; Kafka is not asked yet.
     *
     * @param doubts why the log may have lost what it acknowledged, although it is the same log
     */
    LogCheck(TopicNames names, PartitionCounts counts, Map<String, String> clientProperties, List<Problem> doubts) {
        this.names = names;
        this.partitions = Topics.partitions(names, counts);
        this.clientProperties = clientProperties;
        this.doubts = List.copyOf(doubts);
    }

    /** The identity of the log as it is now, with all topics of the migration. */
    LogIdentity identity() {
        try (Admin admin = Topics.admin(clientProperties)) {
            return identity(admin, Topics.describe(admin, partitions.keySet()));
        }
    }

    /**
     * Refuses a doubtful log if it holds anything of this migration. For a migration that has applied nothing yet.
     *
     * @throws MigrationException of kind TRANSFORM
     */
    void requireUndoubted() {
        if (doubts.isEmpty()) {
            return;
        }
        try (Admin admin = Topics.admin(clientProperties)) {
            if (!descriptions(admin).isEmpty()) {
                throw MigrationException.of(doubts, NOTHING_WRITTEN);
            }
        }
    }

    /**
     * Compares the log with what the target and the consumer groups remember of it.
     *
     * @param kept the identity of the log that the migration began with
     * @param applied the target's position in each partition that it reads
     * @param phase at least {@link Phase#BACKFILLING}
     * @throws MigrationException of kind TRANSFORM with every difference
     */
    void requireSame(Optional<LogIdentity> kept, Map<TopicPartition, LogPosition> applied, Phase phase) {
        try (Admin admin = Topics.admin(clientProperties)) {
            Map<String, TopicDescription> descriptions = descriptions(admin);
            List<Problem> problems = new ArrayList<>(doubts);
            Set<String> same = new HashSet<>(descriptions.keySet());
            compareIdentity(kept, identity(admin, descriptions), same, problems);
            comparePartitions(descriptions, same, problems);
            List<StoredPosition> stored = new ArrayList<>();
            applied.forEach((partition, position) -> stored.add(StoredPosition.ofTarget(partition, position)));
            if (same.contains(names.changes())) {
                addGroup(admin, names.transformGroup(), names.changes(), names.rows(), stored, problems);
            }
            // Once the backfill is over, the readers' group is idle and Kafka may forget it.
            if (same.contains(names.tasks()) && !phase.isAtLeast(Phase.CATCHING_UP)) {
                addGroup(admin, names.readerGroup(), names.tasks(), names.chunks(), stored, problems);
            }
            problems.addAll(Retention.problems(admin, same));
            stored.removeIf(position -> !same.contains(position.partition().topic()));
            PositionCheck positions = new PositionCheck(admin, clientProperties);
            problems.addAll(positions.compare(stored));
            if (same.contains(names.positions())) {
                problems.addAll(positions.requireNotEmpty(new TopicPartition(names.positions(), 0)));
            }
            if (!problems.isEmpty()) {
                throw MigrationException.of(problems, NOTHING_WRITTEN);
            }
        }
    }

    /** Of those of the migration's topics that exist. */
    private Map<String, TopicDescription> descriptions(Admin admin) {
        Set<String> existing = new HashSet<>(Topics.get(admin.listTopics().names(), "list topics"));
        existing.retainAll(partitions.keySet());
        return Topics.describe(admin, existing);
    }

    private static LogIdentity identity(Admin admin, Map<String, TopicDescription> descriptions) {
        Map<String, String> topicIds = new HashMap<>();
        descriptions.forEach((topic, description) ->
                topicIds.put(topic, description.topicId().toString()));
        return new LogIdentity(Topics.get(admin.describeCluster().clusterId(), "ask for the cluster's id"), topicIds);
    }

    /** Takes what is another one, or may be, out of {@code same}. */
    private void compareIdentity(
            Optional<LogIdentity> kept, LogIdentity seen, Set<String> same, List<Problem> problems) {
        String kafka = "Kafka at " + clientProperties.get("bootstrap.servers");
        String missing = partitions.keySet().stream()
                .filter(topic -> !seen.topicIds().containsKey(topic))
                .sorted()
                .collect(Collectors.joining(", "));
        if (!missing.isEmpty()) {
            problems.add(problem(
                    "LOG-TOPICS-MISSING", kafka, "it does not have " + missing + " of a migration that has begun"));
        }
        if (kept.isEmpty()) {
            same.clear();
            problems.add(problem(
                    "LOG-UNKNOWN",
                    kafka,
                    "the target does not remember which log the migration began with, so it may be any"));
        } else if (!kept.get().clusterId().equals(seen.clusterId())) {
            same.clear(); // whatever is there, it is not ours
            problems.add(problem(
                    "LOG-CLUSTER",
                    kafka,
                    "it is cluster " + seen.clusterId() + ", the migration began with cluster "
                            + kept.get().clusterId()));
        } else {
            new HashSet<>(same).stream().sorted().forEach(topic -> {
                String keptId = kept.get().topicIds().getOrDefault(topic, "none");
                String seenId = seen.topicIds().getOrDefault(topic, "none");
                if (!keptId.equals(seenId)) {
                    same.remove(topic);
                    problems.add(problem(
                            "LOG-TOPIC-REMADE",
                            "topic " + topic,
                            "it has id " + seenId + ", the migration began with id " + keptId
                                    + ": it was deleted and made again"));
                }
            });
        }
    }

    private void comparePartitions(
            Map<String, TopicDescription> descriptions, Set<String> same, List<Problem> problems) {
        descriptions.forEach((topic, description) -> {
            int seen = description.partitions().size();
            int wanted = partitions.getOrDefault(topic, 0);
            if (seen != wanted) {
                same.remove(topic);
                problems.add(problem(
                        "LOG-PARTITIONS",
                        "topic " + topic,
                        "it has " + seen + " partitions, this migration needs " + wanted));
            }
        });
    }

    /**
     * What a group has read of one topic and written to another. Of the latter some may be absent: nothing was written there yet, or
     * Kafka has forgotten it, as it does when a group comes across nothing new for long enough.
     */
    private void addGroup(
            Admin admin,
            String group,
            String topic,
            String written,
            List<StoredPosition> stored,
            List<Problem> problems) {
        Map<TopicPartition, OffsetAndMetadata> committed = Topics.get(
                admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata(), "read offsets of " + group);
        for (int partition = 0; partition < partitions.getOrDefault(topic, 0); partition++) {
            TopicPartition read = new TopicPartition(topic, partition);
            OffsetAndMetadata offset = committed.get(read);
            if (offset == null) {
                problems.add(problem(
                        "LOG-GROUP",
                        "group " + group,
                        "it has no offset for " + read + ", so it is unknown what of it was read"));
            } else {
                stored.add(StoredPosition.ofGroup(group, read, offset));
            }
        }
        for (int partition = 0; partition < partitions.getOrDefault(written, 0); partition++) {
            TopicPartition writtenTo = new TopicPartition(written, partition);
            Optional.ofNullable(committed.get(writtenTo))
                    .ifPresent(offset -> stored.add(StoredPosition.ofWriters(group, writtenTo, offset)));
        }
    }

    private static Problem problem(String code, String subject, String seen) {
        return new Problem(ErrorKind.TRANSFORM, code, subject, seen, REMEDY);
    }
}
