package dev.crossfade.pipeline.crash;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.crossfade.model.ChangeRecord;
import dev.crossfade.model.Fence;
import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.SourceChange;
import dev.crossfade.model.SourceChange.Operation;
import dev.crossfade.model.Table;
import dev.crossfade.model.TableStop;
import dev.crossfade.model.TopicNames;
import dev.crossfade.model.codec.ChangeCodec;
import dev.crossfade.testkit.RowEvent;
import dev.crossfade.testkit.RowEvent.Kind;
import dev.crossfade.testkit.RowTexts;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * What the change topics hold and what the binlog says they must hold, both as the history of every key: the changes of that key in
 * their order, each with its transaction and its values, and for the tables of an order group its place among all changes of these. A
 * change of a key is two changes, of one key each, but in an order group it is one. What the source does to children by itself is in
 * neither.
 */
final class ChangeTopic {
    private static final int SHOWN = 20;

    private ChangeTopic() {}

    /** The committed content of the changes topic, by table and key. */
    static Map<String, List<String>> histories(Map<String, String> kafka, MigrationPlan plan, int partitions) {
        Histories histories = new Histories();
        String topic = new TopicNames(plan.migration()).changes();
        read(kafka, topic, partitions, record -> {
            ChangeRecord change = ChangeCodec.decode(record.value());
            change.fold(new ChangeRecord.Cases<Void>() {
                @Override
                public Void change(SourceChange seen) {
                    Table table = plan.bySource(seen.table()).source();
                    List<String> values = RowTexts.of(table.columns(), seen.row());
                    List<String> keyBefore = key(
                            table,
                            seen.before()
                                    .map(row -> RowTexts.of(table.columns(), row))
                                    .orElse(values));
                    histories.add(
                            table.id().name(),
                            key(table, values),
                            keyBefore,
                            seen.operation(),
                            seen.position().gtid(),
                            seen.operation() == Operation.DELETE ? List.of() : values);
                    return null;
                }

                @Override
                public Void fence(Fence fence) {
                    return null;
                }

                @Override
                public Void stop(TableStop stop) {
                    throw new AssertionError("nothing in this test may stop a table: " + stop);
                }
            });
        });
        return histories.byKey;
    }

    private static List<String> key(Table table, List<String> values) {
        return Arrays.stream(table.keyIndexes()).mapToObj(values::get).toList();
    }

    /** The same from the binlog's row events, those of transactions behind the first position. */
    static Map<String, List<String>> expected(List<RowEvent> events, Start start) {
        Histories histories = new Histories();
        for (RowEvent event : events) {
            String table = event.table();
            List<String> key = event.key();
            List<String> keyAfter = event.keyAfter();
            if (!Bank.TABLES.contains(table) || !start.isBefore(event.gtid())) {
                continue;
            }
            if (event.isKeyChange() && !Bank.GROUPS.containsKey(table)) {
                histories.add(table, key, key, Operation.DELETE, event.gtid(), List.of());
                histories.add(table, keyAfter, keyAfter, Operation.CREATE, event.gtid(), event.after());
            } else {
                histories.add(table, keyAfter, key, operation(event.kind()), event.gtid(), event.after());
            }
        }
        return histories.byKey;
    }

    private static Operation operation(Kind kind) {
        return switch (kind) {
            case INSERT -> Operation.CREATE;
            case UPDATE -> Operation.UPDATE;
            case DELETE -> Operation.DELETE;
        };
    }

    private static final class Histories {
        private final Map<String, List<String>> byKey = new TreeMap<>();
        private final Map<String, Integer> grouped = new HashMap<>();

        void add(
                String table,
                List<String> key,
                List<String> keyBefore,
                Operation operation,
                String gtid,
                List<String> after) {
            String group = Bank.GROUPS.get(table);
            String place = group == null
                    ? ""
                    : "change " + grouped.merge(group, 1, Integer::sum) + " of group " + group + ": ";
            String from = keyBefore.equals(key) ? "" : " of " + keyBefore;
            byKey.computeIfAbsent(table + key, unused -> new ArrayList<>())
                    .add(place + operation + from + " in " + gtid + " " + after);
        }
    }

    /** Keys whose histories differ, each with both, at most {@value #SHOWN} of them. */
    static List<String> differences(Map<String, List<String>> expected, Map<String, List<String>> seen) {
        return Stream.concat(expected.keySet().stream(), seen.keySet().stream())
                .distinct()
                .filter(key -> !Objects.equals(expected.get(key), seen.get(key)))
                .sorted()
                .limit(SHOWN)
                .map(key -> key + "%n  binlog: %s%n  topics: %s".formatted(expected.get(key), seen.get(key)))
                .toList();
    }

    /**
     * Where capture began: behind these transactions, by which it asks the server for the log. The file and offset that Debezium
     * stores with them may be a little older, because it asks for them first.
     *
     * @param sequences by replication domain the last transaction
     */
    record Start(Map<String, Long> sequences) {
        static Start behind(String gtids) {
            Map<String, Long> sequences = new TreeMap<>();
            for (String gtid : gtids.split(",", -1)) {
                String[] parts = gtid.strip().split("-", -1);
                sequences.put(parts[0], Long.valueOf(parts[2]));
            }
            return new Start(sequences);
        }

        boolean isBefore(String gtid) {
            String[] parts = gtid.split("-", -1);
            return Long.parseLong(parts[2]) > sequences.getOrDefault(parts[0], 0L);
        }
    }

    /** The first position that was ever stored. */
    static Start start(Map<String, String> kafka) {
        List<Start> positions = new ArrayList<>();
        read(kafka, new TopicNames(RunInChild.MIGRATION).positions(), 1, record -> {
            try {
                positions.add(Start.behind(new ObjectMapper()
                        .readTree(record.value())
                        .path("gtids")
                        .asText()));
            } catch (IOException e) {
                throw new IllegalStateException("a stored position is not JSON", e);
            }
        });
        return positions.get(0);
    }

    private interface Use {
        void on(ConsumerRecord<byte[], byte[]> record);
    }

    private static void read(Map<String, String> kafka, String topic, int partitions, Use use) {
        Map<String, Object> properties = new TreeMap<>(kafka);
        properties.put("isolation.level", "read_committed");
        properties.put("enable.auto.commit", "false");
        properties.put("auto.offset.reset", "none");
        List<TopicPartition> assigned = IntStream.range(0, partitions)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(assigned);
            consumer.seekToBeginning(assigned);
            Map<TopicPartition, Long> ends = consumer.endOffsets(assigned);
            while (assigned.stream().anyMatch(one -> consumer.position(one) < ends.getOrDefault(one, 0L))) {
                consumer.poll(Duration.ofMillis(100)).forEach(use::on);
            }
        }
    }
}
