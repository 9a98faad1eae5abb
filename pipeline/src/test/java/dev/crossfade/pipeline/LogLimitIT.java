package dev.crossfade.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.crossfade.model.ChunkEnd;
import dev.crossfade.model.FaultPoint;
import dev.crossfade.model.Faults;
import dev.crossfade.model.TopicNames;
import dev.crossfade.model.codec.ChunkCodec;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The log holds of the backfill what the target does not hold yet, and no more than it may; everything else it keeps. */
@Timeout(value = 8, unit = TimeUnit.MINUTES)
class LogLimitIT {
    private static final int CHUNK_BYTES = 64 << 10;
    private static final int LIMIT_BYTES = 512 << 10;
    /** A chunk of each of two readers, which are cut by guess. */
    private static final int OVER_THE_LIMIT = 4 * CHUNK_BYTES;

    private static final RunSettings SETTINGS = new RunSettings(2, 2, CHUNK_BYTES, 16 << 10, LIMIT_BYTES);
    private static final String LETTERS =
            "create table letters (id int primary key, words varchar(200) character set ascii not null)";
    /** Some 12 MB. */
    private static final String MANY_LETTERS = "insert into letters select seq, repeat('x', 180) from seq_1_to_60000";

    /** Chunks are cut by the source's statistics, which would be those of an empty table for a while. */
    private static final String COUNT_LETTERS = "analyze table letters";

    @AutoClose
    private static Sides sides;

    @BeforeAll
    static void startServers(@TempDir Path directory) {
        sides = Sides.start(directory);
    }

    private static RunningMigration start(MigrationSpec spec, Faults faults) {
        return RunningMigration.until(Migration.of(spec, KafkaSource.at(spec.kafka()), faults), Phase.SHADOWING);
    }

    private static MigrationSpec letters(String name) {
        return letters(name, MANY_LETTERS);
    }

    private static MigrationSpec letters(String name, String rows) {
        sides.createDatabases(name, LETTERS, rows, COUNT_LETTERS);
        return Sides.withSettings(sides.spec(name + "-move", name), SETTINGS);
    }

    /** Until a status says so that is younger than {@code begun}. */
    private static void awaitReadersWaiting(MigrationSpec spec, Instant begun) {
        Awaitility.await().atMost(Duration.ofMinutes(3)).until(() -> RunningMigration.of(spec)
                .status()
                .filter(status -> status.reportedAt().filter(begun::isBefore).isPresent())
                .flatMap(MigrationStatus::progress)
                .flatMap(MigrationProgress::waiting)
                .filter(reason -> reason.contains("run.unapplied-megabytes is 0"))
                .isPresent());
    }

    private static List<TopicPartition> chunks(MigrationSpec spec, int partitions) {
        String topic = new TopicNames(spec.name()).chunks();
        return IntStream.range(0, partitions)
                .mapToObj(number -> new TopicPartition(topic, number))
                .toList();
    }

    private static Admin admin() {
        return Admin.create(Map.<String, Object>copyOf(Sides.kafka(sides.broker)));
    }

    /** Bytes of rows in all chunks that are in the log, whether they are applied or not. */
    private static long bytesInLog(MigrationSpec spec) {
        Map<String, Object> client = new HashMap<>(Sides.kafka(sides.broker));
        client.put("isolation.level", "read_committed");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = chunks(spec, 2);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            long[] bytes = {0};
            while (partitions.stream()
                    .anyMatch(partition -> consumer.position(partition) < ends.getOrDefault(partition, 0L))) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> {
                    if (ChunkCodec.decodeChunk(record.value()) instanceof ChunkEnd end) {
                        bytes[0] += end.bytes();
                    }
                });
            }
            return bytes[0];
        }
    }

    /** Of the chunks, by number of the partition. */
    private static Map<Integer, Long> begins(MigrationSpec spec, int partitions) throws Exception {
        Map<Integer, Long> begins = new HashMap<>();
        begins(chunks(spec, partitions)).forEach((partition, begin) -> begins.put(partition.partition(), begin));
        return begins;
    }

    private static Map<TopicPartition, Long> begins(List<TopicPartition> partitions) throws Exception {
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        partitions.forEach(partition -> wanted.put(partition, OffsetSpec.earliest()));
        try (Admin admin = admin()) {
            Map<TopicPartition, Long> begins = new HashMap<>();
            admin.listOffsets(wanted).all().get().forEach((partition, begin) -> begins.put(partition, begin.offset()));
            return begins;
        }
    }

    /** All partitions but those of the chunks. */
    private static List<TopicPartition> others(MigrationSpec spec) throws Exception {
        TopicNames names = new TopicNames(spec.name());
        try (Admin admin = admin()) {
            return admin.describeTopics(names.all()).allTopicNames().get().values().stream()
                    .filter(topic -> !topic.name().equals(names.chunks()))
                    .flatMap(topic -> topic.partitions().stream()
                            .map(partition -> new TopicPartition(topic.name(), partition.partition())))
                    .toList();
        }
    }

    private static long bytesOnDisk(MigrationSpec spec) throws Exception {
        List<TopicPartition> partitions = chunks(spec, 2);
        try (Admin admin = admin()) {
            return admin.describeLogDirs(List.of(1)).allDescriptions().get().values().stream()
                    .flatMap(directories -> directories.values().stream())
                    .flatMap(directory -> directory.replicaInfos().entrySet().stream())
                    .filter(replica -> partitions.contains(replica.getKey()))
                    .mapToLong(replica -> replica.getValue().size())
                    .sum();
        }
    }

    private static Map<Integer, Long> positions(String database) {
        Map<Integer, Long> positions = new HashMap<>();
        sides.onTarget(
                        database,
                        "select partition || ' ' || position from crossfade.progress where topic like '%chunks'")
                .forEach(line ->
                        positions.put(Integer.valueOf(line.split(" ", 2)[0]), Long.valueOf(line.split(" ", 2)[1])));
        return positions;
    }

    @Test
    void readersWaitWhileTheLogHoldsTooMuchThatTheTargetDoesNotAlsoWhenTheyAreStartedAgain() throws Exception {
        MigrationSpec spec = letters("waiting");
        Brake first = new Brake(FaultPoint.SINK_WITHIN_CHUNK);
        Instant begun = Instant.now();
        try (RunningMigration running = start(spec, first);
                first) {
            awaitReadersWaiting(spec, begun);
            assertThat(bytesInLog(spec)).isBetween((long) LIMIT_BYTES, (long) LIMIT_BYTES + OVER_THE_LIMIT);
            first.die();
            assertThatThrownBy(running::awaitEnd).hasMessageContaining("died");
        }
        Brake second = new Brake(FaultPoint.SINK_WITHIN_CHUNK);
        Instant begunAgain = Instant.now();
        try (RunningMigration running = start(spec, second);
                second) {
            awaitReadersWaiting(spec, begunAgain);
            assertThat(bytesInLog(spec)).isBetween((long) LIMIT_BYTES, (long) LIMIT_BYTES + OVER_THE_LIMIT);
            second.release();
            running.awaitEnd();
        }
        assertThat(sides.assertEqual("waiting", "letters")).isEqualTo(60_000);
    }

    @Test
    void chunksThatAreEachLargerThanTheLimitPassOneAfterTheOtherAlsoThoseOfAGroup() throws Exception {
        letters("narrow", "insert into letters select seq, repeat('x', 180) from seq_1_to_6000");
        sides.source.execute(
                "narrow",
                "create table writer (id int primary key, words varchar(200))",
                "create table pen (id int primary key, writer int,"
                        + " foreign key (writer) references writer (id) on delete cascade)",
                "insert into writer select seq, repeat('x', 180) from seq_1_to_2000",
                "insert into pen select seq, seq from seq_1_to_2000");
        MigrationSpec spec = Sides.withSettings(
                sides.spec("narrow-move", "narrow"), new RunSettings(2, 2, CHUNK_BYTES, 16 << 10, 1));

        try (RunningMigration running = start(spec, Faults.NONE)) {
            running.awaitEnd();
        }

        assertThat(sides.assertEqual("narrow", "letters")).isEqualTo(6_000);
        assertThat(sides.assertEqual("narrow", "writer")).isEqualTo(2_000);
        assertThat(sides.assertEqual("narrow", "pen")).isEqualTo(2_000);
    }

    @Test
    void whatTheTargetHoldsIsDeletedFromTheLogButForTheLastRecordWhicheverWayTheRunEnded() throws Exception {
        MigrationSpec spec = letters("deleted");
        KilledMigration.run(spec, "deleted", FaultPoint.SINK_AFTER_CHUNK_COMMIT, 40);
        KilledMigration.run(spec, "deleted", FaultPoint.PIPELINE_AFTER_CHUNKS_DELETED, 2);
        try (RunningMigration running = RunningMigration.start(spec).awaitPhase(Phase.SHADOWING)) {
            Map<Integer, Long> lastRecords = new HashMap<>();
            positions("deleted").forEach((partition, position) -> lastRecords.put(partition, position - 1));
            assertThat(lastRecords.remove(2)).as("nothing was copied again").isEqualTo(-1);
            Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(begins(spec, 2))
                    .isEqualTo(lastRecords));
            Awaitility.await() // files that are written to stay, of at most 1 MiB each
                    .atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(bytesOnDisk(spec)).isLessThan(3 << 20));
            assertThat(lastRecords.values())
                    .allSatisfy(record -> assertThat(record).isGreaterThan(100));
            assertThat(begins(others(spec))).hasSizeGreaterThan(4).allSatisfy((partition, begin) -> assertThat(begin)
                    .as("what %s holds for changes, and for tables that have stopped, stays", partition)
                    .isZero());
            running.stop();
        }
        assertThat(sides.assertEqual("deleted", "letters")).isEqualTo(60_000);
        try (RunningMigration again = RunningMigration.start(spec).awaitPhase(Phase.SHADOWING)) {
            again.stop(); // finds its log as it left it
        }
    }

    @Test
    void aCopyOfAGroupWhoseEndIsDeletedFromTheLogIsNotBegunAgain() throws Exception {
        sides.createDatabases(
                "copied",
                LETTERS,
                MANY_LETTERS,
                COUNT_LETTERS,
                "create table writer (id int primary key, title varchar(40))",
                "create table pen (id int primary key, writer int,"
                        + " foreign key (writer) references writer (id) on delete cascade)",
                "insert into writer select seq, 'writer' from seq_1_to_1000",
                "insert into pen select seq, seq from seq_1_to_1000");
        MigrationSpec spec = sides.spec("copied-move", "copied"); // the default limit: the copier shall not wait
        Brake brake = new Brake(
                FaultPoint.SINK_WITHIN_CHUNK,
                () -> !Thread.currentThread().getName().equals("chunk-applier-2")); // that of groups
        try (RunningMigration running = start(spec, brake);
                brake) {
            running.awaitPhase(Phase.BACKFILLING);
            Awaitility.await()
                    .atMost(Duration.ofMinutes(3))
                    .until(() -> sides.onTarget(
                                            "copied",
                                            "select count(*) from crossfade.group_copy where chunks is not null")
                                    .equals(List.of("2"))
                            && begins(spec, 3).getOrDefault(2, 0L) > 3
                            && begins(spec, 3).getOrDefault(2, 0L)
                                    == positions("copied").getOrDefault(2, 0L) - 1);
            brake.die();
            assertThatThrownBy(running::awaitEnd).hasMessageContaining("died");
        }
        sides.source.execute("copied", "delete from writer where id > 500");
        try (RunningMigration again = start(spec, Faults.NONE)) {
            again.awaitEnd();
        }
        assertThat(sides.assertEqual("copied", "letters")).isEqualTo(60_000);
        assertThat(sides.assertEqual("copied", "writer")).isEqualTo(500);
        assertThat(sides.assertEqual("copied", "pen")).isEqualTo(500);
    }

    @Test
    void doesNotGoOnWithATopicThatDeletesRecordsByItself() throws Exception {
        sides.createDatabases("kept", LETTERS);
        MigrationSpec spec = Sides.withSettings(sides.spec("kept-move", "kept"), SETTINGS);
        try (RunningMigration first = start(spec, Faults.NONE)) {
            first.awaitEnd();
        }
        String rows = new TopicNames(spec.name()).rows();
        try (Admin admin = admin()) {
            admin.incrementalAlterConfigs(Map.of(
                            new ConfigResource(ConfigResource.Type.TOPIC, rows),
                            List.of(new AlterConfigOp(
                                    new ConfigEntry("retention.bytes", "1000"), AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
        }
        try (RunningMigration again = start(spec, Faults.NONE)) {
            assertThatThrownBy(again::awaitEnd)
                    .hasMessageContaining("topic " + rows + ": it has retention.bytes=1000")
                    .hasMessageContaining("LOG-RETENTION")
                    .hasMessageContaining("nothing was written");
        }
    }
}
