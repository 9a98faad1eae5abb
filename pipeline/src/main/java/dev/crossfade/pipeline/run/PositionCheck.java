package dev.crossfade.pipeline.run;

import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.Problem;
import dev.crossfade.pipeline.run.StoredPosition.Claim;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/** Compares stored positions with the partitions that they are of. Reads only. */
final class PositionCheck {
    private final Admin admin;
    private final Map<String, String> clientProperties;

    PositionCheck(Admin admin, Map<String, String> clientProperties) {
        this.admin = admin;
        this.clientProperties = clientProperties;
    }

    /** Every position that its partition cannot have given, the first one of each partition. */
    List<Problem> compare(List<StoredPosition> stored) {
        Set<TopicPartition> partitions =
                stored.stream().map(StoredPosition::partition).collect(Collectors.toSet());
        Map<TopicPartition, ListOffsetsResultInfo> begins =
                offsets(partitions, OffsetSpec.earliest(), IsolationLevel.READ_UNCOMMITTED);
        // What was read was committed, and stays so: the end of what is decided cannot go back.
        Map<TopicPartition, ListOffsetsResultInfo> decided =
                offsets(partitions, OffsetSpec.latest(), IsolationLevel.READ_COMMITTED);
        // What was written may be committed and not marked so in its partition yet.
        Map<TopicPartition, ListOffsetsResultInfo> ends =
                offsets(partitions, OffsetSpec.latest(), IsolationLevel.READ_UNCOMMITTED);
        Map<TopicPartition, Problem> problems = new LinkedHashMap<>();
        try (EpochReader committed = new EpochReader(clientProperties, IsolationLevel.READ_COMMITTED);
                EpochReader any = new EpochReader(clientProperties, IsolationLevel.READ_UNCOMMITTED)) {
            for (StoredPosition position : stored) {
                TopicPartition partition = position.partition();
                boolean isDecided =
                        position.offset() <= require(decided, partition).offset();
                ListOffsetsResultInfo end = require(position.claimed() == Claim.WRITTEN ? ends : decided, partition);
                if (!problems.containsKey(partition)) {
                    compare(position, require(begins, partition), end, isDecided ? committed : any)
                            .ifPresent(problem -> problems.put(partition, problem));
                }
            }
        }
        return List.copyOf(problems.values());
    }

    private static Optional<Problem> compare(
            StoredPosition position, ListOffsetsResultInfo begin, ListOffsetsResultInfo end, EpochReader reader) {
        if (position.offset() == 0) {
            return Optional.empty();
        }
        if (end.offset() < position.offset()) {
            return Optional.of(problem(
                    "LOG-END",
                    position.partition(),
                    "it ends at " + end.offset() + ", and " + position.claim()
                            + ": its end is lost, or it is another log"));
        }
        if (begin.offset() >= position.offset()) {
            return Optional.of(problem(
                    "LOG-BEGIN",
                    position.partition(),
                    "it begins at " + begin.offset() + ", and " + position.claim()
                            + ": what stood there was deleted and cannot be compared"));
        }
        return difference(position, end, reader)
                .map(seen -> problem(
                        "LOG-EPOCH",
                        position.partition(),
                        seen + ", and " + position.claim() + ": its end was lost and others were written there"));
    }

    /** What stands in a log that is long enough instead of what was read or written there. */
    private static Optional<String> difference(StoredPosition position, ListOffsetsResultInfo end, EpochReader reader) {
        Optional<Integer> epoch = position.leaderEpoch();
        boolean isOlder = epoch.isPresent()
                && end.leaderEpoch().filter(latest -> latest < epoch.get()).isPresent();
        if (isOlder) {
            return Optional.of("its newest leader epoch is " + end.leaderEpoch().get());
        }
        return switch (position.claimed()) {
            case WRITTEN -> reader.differenceBefore(position.partition(), position.offset(), epoch);
            case APPLIED ->
                epoch.isPresent()
                        ? reader.differenceBefore(position.partition(), position.offset(), epoch)
                        : Optional.empty();
            case READ -> epoch.flatMap(read -> reader.differenceAt(position.partition(), position.offset(), read));
        };
    }

    /** A log that must have at least one record, decided or not. */
    List<Problem> requireNotEmpty(TopicPartition partition) {
        ListOffsetsResultInfo end =
                require(offsets(Set.of(partition), OffsetSpec.latest(), IsolationLevel.READ_UNCOMMITTED), partition);
        return end.offset() > 0
                ? List.of()
                : List.of(problem(
                        "LOG-END",
                        partition,
                        "it ends at 0, and the migration has begun from a position that stood in it"));
    }

    private Map<TopicPartition, ListOffsetsResultInfo> offsets(
            Set<TopicPartition> partitions, OffsetSpec which, IsolationLevel isolation) {
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        partitions.forEach(partition -> wanted.put(partition, which));
        return Topics.get(
                admin.listOffsets(wanted, new ListOffsetsOptions(isolation)).all(), "read the ends of topics");
    }

    private static ListOffsetsResultInfo require(
            Map<TopicPartition, ListOffsetsResultInfo> offsets, TopicPartition partition) {
        ListOffsetsResultInfo offset = offsets.get(partition);
        if (offset == null) {
            throw new IllegalStateException("Kafka did not answer for " + partition);
        }
        return offset;
    }

    private static Problem problem(String code, TopicPartition partition, String seen) {
        return new Problem(ErrorKind.TRANSFORM, code, "log " + partition, seen, LogCheck.REMEDY);
    }
}
