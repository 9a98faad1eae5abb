package dev.crossfade.pipeline.run;

import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.Problem;
import java.util.ArrayList;
import java.util.HashMap;
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

    /** Every position that its partition cannot have given. */
    List<Problem> compare(List<StoredPosition> stored) {
        Set<TopicPartition> partitions =
                stored.stream().map(StoredPosition::partition).collect(Collectors.toSet());
        Map<TopicPartition, ListOffsetsResultInfo> begins =
                offsets(partitions, OffsetSpec.earliest(), IsolationLevel.READ_UNCOMMITTED);
        // What was read was committed, and stays so: the end of what is decided cannot go back.
        Map<TopicPartition, ListOffsetsResultInfo> ends =
                offsets(partitions, OffsetSpec.latest(), IsolationLevel.READ_COMMITTED);
        List<Problem> problems = new ArrayList<>();
        try (EpochReader reader = new EpochReader(clientProperties)) {
            for (StoredPosition position : stored) {
                compare(position, require(begins, position.partition()), require(ends, position.partition()), reader)
                        .ifPresent(problems::add);
            }
        }
        return problems;
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
        return position.leaderEpoch().flatMap(epoch -> {
            Optional<String> difference =
                    end.leaderEpoch().filter(latest -> latest < epoch).isPresent()
                            ? Optional.of("its newest leader epoch is "
                                    + end.leaderEpoch().get())
                            : position.isBehindRecord()
                                    ? reader.differenceBefore(position.partition(), position.offset(), epoch)
                                    : reader.differenceAt(position.partition(), position.offset(), epoch);
            return difference.map(seen -> problem(
                    "LOG-EPOCH",
                    position.partition(),
                    seen + ", and " + position.claim() + ": its end was lost and others were written there"));
        });
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
