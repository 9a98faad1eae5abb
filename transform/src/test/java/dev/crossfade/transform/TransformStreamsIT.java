package dev.crossfade.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.crossfade.broker.EmbeddedBroker;
import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.FaultPoint;
import dev.crossfade.model.Faults;
import dev.crossfade.model.Fence;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.RowRecord;
import dev.crossfade.model.RowUpsert;
import dev.crossfade.model.SourceChange;
import dev.crossfade.model.codec.Partitioning;
import dev.crossfade.model.codec.RecordKeys;
import dev.crossfade.transform.Rig.ReadRow;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TransformStreamsIT {
    private static EmbeddedBroker broker;

    @TempDir
    static Path brokerDirectory = Path.of("");

    @TempDir
    Path stateDirectory = Path.of("");

    @BeforeAll
    static void startBroker() {
        broker = EmbeddedBroker.start(brokerDirectory);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @Test
    void everyChangeComesOutOnceInItsPartitionAndEveryFenceInAllOfThemOverARestart() throws Exception {
        try (Rig rig = new Rig(broker, "restart", stateDirectory)) {
            AtomicInteger commits = new AtomicInteger();
            Faults countCommits = point -> {
                if (point == FaultPoint.TRANSFORM_AFTER_COMMIT) {
                    commits.incrementAndGet();
                }
            };
            List<ReadRow> read = new ArrayList<>();

            try (TransformStreams first = rig.started(countCommits)) {
                rig.write(people(0, 500));
                rig.write(Rig.fences("one"));
                read.addAll(rig.readThrough("one"));
                assertThat(first.recordsMapped()).isEqualTo(500);
                rig.write(people(500, 1000)); // may or may not be mapped when it closes
            }
            rig.write(people(1000, 1500));
            rig.write(Rig.fences("two"));
            try (TransformStreams second = rig.started(countCommits)) {
                read.addAll(rig.readThrough("two"));
                assertThat(second.failure()).isEmpty();
            }

            assertThat(upserts(read)).containsExactlyInAnyOrderElementsOf(expected(1500));
            assertEachInItsPartition(read);
            assertFencesAreInOrder(read, "one", "two");
            assertThat(commits).hasPositiveValue();
            assertThat(stateDirectory).as("a topology without state").isEmptyDirectory();
        }
    }

    @Test
    void aFenceStandsBehindEveryRowOfItsChangePartition() throws Exception {
        try (Rig rig = new Rig(broker, "order", stateDirectory)) {
            List<SourceChange> changes = people(0, 300);
            rig.write(changes.subList(0, 200));
            rig.write(Rig.fences("middle"));
            rig.write(changes.subList(200, 300));
            rig.write(Rig.fences("end"));

            List<ReadRow> read;
            try (TransformStreams transform = rig.started(Faults.NONE)) {
                read = rig.readThrough("end");
                assertThat(transform.failure()).isEmpty();
            }

            // For each change partition and each row partition: rows from before the fence stand before it, the others
            // behind.
            Map<RowRecord, Integer> changePartition = changes.stream()
                    .collect(Collectors.toMap(
                            TransformStreamsIT::upsertOf,
                            change -> RecordKeys.partition(recordKey(change), Rig.PARTITIONS)));
            Set<RowRecord> before = changes.subList(0, 200).stream()
                    .map(TransformStreamsIT::upsertOf)
                    .collect(Collectors.toSet());
            for (int from = 0; from < Rig.PARTITIONS; from++) {
                Fence fence = new Fence("middle", from);
                for (int to = 0; to < Rig.PARTITIONS; to++) {
                    int at = to;
                    List<RowRecord> rows = read.stream()
                            .filter(row -> row.partition() == at)
                            .map(ReadRow::row)
                            .toList();
                    int fenceAt = rows.indexOf(fence);
                    for (RowRecord row : rows) {
                        if (Integer.valueOf(from).equals(changePartition.get(row))) {
                            assertThat(rows.indexOf(row) < fenceAt).isEqualTo(before.contains(row));
                        }
                    }
                }
            }
        }
    }

    @Test
    void aSuccessorTakesOverAtOnceFromAProcessThatDiedInsideATransaction() throws Exception {
        try (Rig rig = new Rig(broker, "takeover", stateDirectory)) {
            CountDownLatch inside = new CountDownLatch(1);
            CountDownLatch released = new CountDownLatch(1);
            AtomicInteger mapped = new AtomicInteger();
            Faults stopForEver = point -> {
                if (point == FaultPoint.TRANSFORM_WITHIN_TRANSACTION && mapped.incrementAndGet() == 50) {
                    inside.countDown();
                    awaitLatch(released);
                }
            };
            TransformStreams dead = rig.started(stopForEver);
            try {
                rig.write(people(0, 200));
                assertThat(inside.await(20, TimeUnit.SECONDS)).isTrue();
                rig.write(Rig.fences("end"));

                long started = System.nanoTime();
                List<ReadRow> read;
                try (TransformStreams successor = rig.started(Faults.NONE)) {
                    read = rig.readThrough("end");
                    // Under the session timeout and the transaction timeout, which nobody waits for.
                    assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(10));
                    released.countDown(); // the dead come back: a zombie
                    MigrationException fenced = rig.failed.get(30, TimeUnit.SECONDS);
                    assertThat(fenced.getMessage()).contains("another process has taken over");
                    assertThat(dead.failure()).contains(fenced);
                    rig.write(Rig.fences("after"));
                    read.addAll(rig.readThrough("after"));
                    assertThat(successor.failure()).isEmpty();
                }

                assertThat(upserts(read)).containsExactlyInAnyOrderElementsOf(expected(200));
            } finally {
                released.countDown();
                dead.close();
            }
        }
    }

    @ParameterizedTest
    @MethodSource
    void aThreadThatABrokerFailedIsReplacedAndEveryChangeComesOutOnce(String name, RuntimeException said)
            throws Exception {
        try (Rig rig = new Rig(broker, name, stateDirectory)) {
            AtomicInteger mapped = new AtomicInteger();
            Faults failOnce = point -> {
                if (point == FaultPoint.TRANSFORM_WITHIN_TRANSACTION && mapped.incrementAndGet() == 50) {
                    throw said;
                }
            };
            try (TransformStreams transform = rig.started(failOnce)) {
                rig.write(people(0, 200));
                rig.write(Rig.fences("end"));

                assertThat(upserts(rig.readThrough("end"))).containsExactlyInAnyOrderElementsOf(expected(200));
                assertThat(mapped).as("mapped twice").hasValueGreaterThan(200);
                assertThat(transform.failure()).isEmpty();
            }
        }
    }

    static List<Arguments> aThreadThatABrokerFailedIsReplacedAndEveryChangeComesOutOnce() {
        return List.of(
                Arguments.of(
                        "topic-unknown", new MissingSourceTopicException("one or more source topics were missing")),
                Arguments.of("ended-by-itself", new InvalidTxnStateException("in an invalid state")));
    }

    @Test
    void aMissingOffsetStopsBeforeAnythingIsStarted() throws Exception {
        try (Rig rig = new Rig(broker, "no-offset", stateDirectory)) {
            rig.admin()
                    .deleteConsumerGroupOffsets(
                            rig.topics.transformGroup(), Set.of(new TopicPartition(rig.topics.changes(), 2)))
                    .all()
                    .get();

            try (TransformStreams transform = rig.transform(Faults.NONE)) {
                assertThatThrownBy(transform::start)
                        .isInstanceOfSatisfying(MigrationException.class, failure -> assertThat(failure.kind())
                                .isEqualTo(ErrorKind.TRANSFORM))
                        .hasMessageContaining("crossfade.no-offset.changes-2")
                        .hasMessageContaining("nothing was started");
            }
        }
    }

    @Test
    void anOffsetOutsideTheLogStopsInsteadOfPassingOverChanges() throws Exception {
        try (Rig rig = new Rig(broker, "truncated", stateDirectory)) {
            rig.write(people(0, 200));
            rig.admin()
                    .deleteRecords(Map.of(new TopicPartition(rig.topics.changes(), 1), RecordsToDelete.beforeOffset(5)))
                    .all()
                    .get();

            try (TransformStreams transform = rig.transform(Faults.NONE)) {
                transform.start();
                MigrationException failure = rig.failed.get(30, TimeUnit.SECONDS);

                assertThat(failure.kind()).isEqualTo(ErrorKind.TRANSFORM);
                assertThat(failure.getMessage())
                        .contains("crossfade.truncated.changes", "outside the log", "passes over nothing");
                assertThat(transform.failure()).contains(failure);
                assertThatThrownBy(() -> transform.awaitRunning(Duration.ofSeconds(10)))
                        .isSameAs(failure);
            }
        }
    }

    @Test
    void aBrokenRecordStopsAndStopsAgainAfterARestart() throws Exception {
        try (Rig rig = new Rig(broker, "poison", stateDirectory)) {
            rig.write(people(0, 20));
            rig.writeRaw(3, new byte[] {1, 1, 'u'});

            try (TransformStreams transform = rig.started(Faults.NONE)) {
                MigrationException failure = rig.failed.get(30, TimeUnit.SECONDS);
                assertThat(failure.kind()).isEqualTo(ErrorKind.TRANSFORM);
                assertThat(failure.getMessage()).contains("crossfade.poison.changes-3@", "not a change record");
                assertThat(transform.failure()).contains(failure);
            }
            try (TransformStreams again = rig.transform(Faults.NONE)) {
                again.start();
                await().atMost(Duration.ofSeconds(30))
                        .untilAsserted(() -> assertThat(again.failure()).isPresent());
            }
        }
    }

    @Test
    void topicsOfAnotherSizeAreRefused() throws Exception {
        try (Rig rig = new Rig(broker, "size", stateDirectory)) {
            TransformSettings eight = TransformSettings.of(
                    Map.of("bootstrap.servers", broker.bootstrapServers()),
                    new Partitioning(8, Shop.plan("size")),
                    stateDirectory);
            try (TransformStreams transform =
                    new TransformStreams(Shop.plan("size"), eight, Faults.NONE, rig.failed::complete)) {
                assertThatThrownBy(transform::start)
                        .isInstanceOf(MigrationException.class)
                        .hasMessageContaining("has 4 partitions, must have 8");
            }
        }
    }

    @Test
    void aRowOfEightMebibytesPasses() throws Exception {
        try (Rig rig = new Rig(broker, "large", stateDirectory)) {
            String before = "b".repeat(8 << 20);
            String after = "a".repeat(8 << 20);
            rig.write(List.of(Shop.update(Shop.user(1, "n", before), Shop.user(1, "n", after))));
            rig.write(Rig.fences("end"));

            try (TransformStreams transform = rig.started(Faults.NONE)) {
                assertThat(upserts(rig.readThrough("end")))
                        .containsExactly(new RowUpsert(Shop.PEOPLE, Shop.person(after, 1)));
                assertThat(transform.recordsMapped()).isEqualTo(1);
            }
        }
    }

    static List<SourceChange> people(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(id -> Shop.create(id, "n" + id, id + "@example.org"))
                .toList();
    }

    private static List<RowRecord> expected(int people) {
        return people(0, people).stream().map(TransformStreamsIT::upsertOf).toList();
    }

    private static RowRecord upsertOf(SourceChange change) {
        return new RowUpsert(Shop.PEOPLE, change.row().project(new int[] {2, 0}));
    }

    private static byte[] recordKey(SourceChange change) {
        return RecordKeys.of(Shop.USERS, change.row().key(new int[] {0}));
    }

    private static List<RowRecord> upserts(List<ReadRow> read) {
        return read.stream()
                .map(ReadRow::row)
                .filter(RowUpsert.class::isInstance)
                .toList();
    }

    private static void assertEachInItsPartition(List<ReadRow> read) {
        for (ReadRow row : read) {
            if (row.row() instanceof RowUpsert upsert) {
                byte[] key = RecordKeys.of(Shop.PEOPLE, upsert.row().key(new int[] {1}));
                assertThat(row.partition()).isEqualTo(RecordKeys.partition(key, Rig.PARTITIONS));
            }
        }
    }

    /** Every partition of the rows has one fence per token and change partition, in the order in which they were written. */
    private static void assertFencesAreInOrder(List<ReadRow> read, String... tokens) {
        for (int partition = 0; partition < Rig.PARTITIONS; partition++) {
            int at = partition;
            for (int from = 0; from < Rig.PARTITIONS; from++) {
                int changePartition = from;
                assertThat(read.stream()
                                .filter(row -> row.partition() == at)
                                .map(ReadRow::row)
                                .filter(row ->
                                        row instanceof Fence fence && fence.changePartition() == changePartition))
                        .containsExactly(Stream.of(tokens)
                                .map(token -> new Fence(token, changePartition))
                                .toArray(RowRecord[]::new));
            }
        }
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
