package dev.crossfade.transform;

import static dev.crossfade.transform.Shop.PEOPLE;
import static dev.crossfade.transform.Shop.delete;
import static dev.crossfade.transform.Shop.key;
import static dev.crossfade.transform.Shop.person;
import static dev.crossfade.transform.Shop.recordKey;
import static dev.crossfade.transform.Shop.update;
import static dev.crossfade.transform.Shop.user;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.crossfade.model.BinlogPosition;
import dev.crossfade.model.ChangeRecord;
import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.FaultPoint;
import dev.crossfade.model.Faults;
import dev.crossfade.model.Fence;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.RowChange;
import dev.crossfade.model.RowDelete;
import dev.crossfade.model.RowRecord;
import dev.crossfade.model.RowUpsert;
import dev.crossfade.model.SourceChange;
import dev.crossfade.model.TableId;
import dev.crossfade.model.TableStop;
import dev.crossfade.model.TopicNames;
import dev.crossfade.model.codec.ChangeCodec;
import dev.crossfade.model.codec.Partitioning;
import dev.crossfade.model.codec.RecordKeys;
import dev.crossfade.model.codec.RowRecordCodec;
import dev.crossfade.model.codec.RowWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChangeTopologyTest {
    private static final TopicNames TOPICS = new TopicNames("shop");

    @TempDir
    Path directory = Path.of("");

    private final LongAdder recordsMapped = new LongAdder();
    private final List<FaultPoint> reached = new ArrayList<>();
    private @Nullable TopologyTestDriver driver;

    @AfterEach
    void close() {
        if (driver != null) {
            driver.close();
        }
    }

    @Test
    void isTheReviewedTopology() throws IOException {
        String reviewed;
        try (InputStream file = requireNonNull(getClass().getResourceAsStream("/topology.txt"))) {
            reviewed = new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }

        String described = ChangeTopology.of(
                        Shop.plan("shop"), new Partitioning(1, Shop.plan("shop")), recordsMapped, Faults.NONE)
                .describe()
                .toString();

        assertThat(described.strip()).isEqualTo(reviewed.strip());
    }

    @Test
    void aCreatedRowIsUpsertedUnderItsTargetKey() {
        List<TestRecord<byte[], byte[]>> rows = map(Shop.plan("shop"), Shop.create(7, "Åse", "åse@example.org"));

        assertThat(decoded(rows)).containsExactly(new RowUpsert(PEOPLE, person("åse@example.org", 7)));
        assertThat(rows.get(0).key()).isEqualTo(RecordKeys.of(PEOPLE, key(7)));
    }

    @Test
    void anUpdatedRowIsUpsertedOnceWhenItsKeyStays() {
        SourceChange renamed = update(user(7, "a", "x@example.org"), user(7, "b", "y@example.org"));

        assertThat(decoded(map(Shop.plan("shop"), renamed)))
                .containsExactly(new RowUpsert(PEOPLE, person("y@example.org", 7)));
    }

    @Test
    void anUpdateThatMovesTheTargetKeyDeletesTheOldRowFirst() {
        SourceChange moved = update(user(7, "a", "x@example.org"), user(7, "a", "y@example.org"));

        List<TestRecord<byte[], byte[]>> rows = map(Shop.planWithKey("shop", "email"), moved);

        assertThat(decoded(rows))
                .containsExactly(
                        new RowDelete(PEOPLE, key("x@example.org")), new RowUpsert(PEOPLE, person("y@example.org", 7)));
        assertThat(rows.get(0).key()).isEqualTo(RecordKeys.of(PEOPLE, key("x@example.org")));
        assertThat(rows.get(1).key()).isEqualTo(RecordKeys.of(PEOPLE, key("y@example.org")));
    }

    @Test
    void aDeletedRowIsDeletedUnderItsTargetKey() {
        List<TestRecord<byte[], byte[]>> rows = map(Shop.plan("shop"), delete(user(7, "a", "x@example.org")));

        assertThat(decoded(rows)).containsExactly(new RowDelete(PEOPLE, key(7)));
        assertThat(rows.get(0).key()).isEqualTo(RecordKeys.of(PEOPLE, key(7)));
    }

    @Test
    void changesOfOneKeyKeepTheirOrder() {
        SourceChange[] changes = {
            Shop.create(7, "a", "1"),
            delete(user(7, "a", "1")),
            Shop.create(7, "b", "2"),
            update(user(7, "b", "2"), user(7, "b", "3"))
        };

        assertThat(decoded(map(Shop.plan("shop"), changes)))
                .containsExactly(
                        new RowUpsert(PEOPLE, person("1", 7)),
                        new RowDelete(PEOPLE, key(7)),
                        new RowUpsert(PEOPLE, person("2", 7)),
                        new RowUpsert(PEOPLE, person("3", 7)));
    }

    @Test
    void aChangeOfAGroupIsPassedOnWithBothImagesAndItsTransaction() {
        BinlogPosition transaction = Shop.POSITION.transaction();
        SourceChange[] changes = {
            Shop.create(7, "a", "1"), update(user(7, "a", "1"), user(8, "a", "2")), delete(user(8, "a", "2"))
        };

        List<TestRecord<byte[], byte[]>> rows = map(Shop.planOfGroup("shop", 1), changes);

        assertThat(decoded(rows))
                .containsExactly(
                        new RowChange(PEOPLE, transaction, Optional.empty(), Optional.of(person("1", 7))),
                        new RowChange(PEOPLE, transaction, Optional.of(person("1", 7)), Optional.of(person("2", 8))),
                        new RowChange(PEOPLE, transaction, Optional.of(person("2", 8)), Optional.empty()));
        assertThat(rows)
                .extracting(TestRecord::key)
                .containsExactly(
                        RecordKeys.of(PEOPLE, key(7)), RecordKeys.of(PEOPLE, key(8)), RecordKeys.of(PEOPLE, key(8)));
    }

    @Test
    void aChangeOfAGroupWithAnotherNumberOfColumnsStopsToo() {
        RowWriter writer = new RowWriter(64);
        writer.startRow(2);
        writer.writeInt32(4711);
        writer.writeText("secret-value");

        assertThat(failureOf(Shop.planOfGroup("shop", 1), delete(writer.toRow()))
                        .getMessage())
                .contains("shop.users (4711)", "has 2 columns, the plan says 3")
                .doesNotContain("secret-value");
    }

    @Test
    void aFenceIsForwardedAsItIsAndNotCounted() {
        Fence fence = new Fence("token-1", 0);

        assertThat(decoded(map(Shop.plan("shop"), Shop.create(7, "a", "x"), fence)))
                .containsExactly(new RowUpsert(PEOPLE, person("x", 7)), fence);
        assertThat(recordsMapped.sum()).isEqualTo(1);
        assertThat(reached).containsExactly(FaultPoint.TRANSFORM_WITHIN_TRANSACTION);
    }

    @Test
    void theTimeOfARecordDoesNotMatter() {
        TestInputTopic<byte[], byte[]> changes = input(Shop.plan("shop"));

        changes.pipeInput(
                new TestRecord<>(recordKey(7), ChangeCodec.encode(Shop.create(7, "a", "1")), null, 9_000_000L));
        changes.pipeInput(new TestRecord<>(recordKey(7), ChangeCodec.encode(Shop.create(7, "a", "2")), null, 0L));

        assertThat(decoded(output()))
                .containsExactly(new RowUpsert(PEOPLE, person("1", 7)), new RowUpsert(PEOPLE, person("2", 7)));
    }

    @Test
    void theStopOfATableIsForwardedAsItIsAndNotCounted() {
        TableStop stop =
                new TableStop(Shop.USERS, "TRUNCATE", "was truncated", "truncate users", Shop.POSITION.transaction());

        assertThat(decoded(map(Shop.plan("shop"), stop))).containsExactly(stop);
        assertThat(recordsMapped.sum()).isZero();
    }

    @Test
    void aFenceOfAnotherPartitionStops() {
        assertThat(failureOf(Shop.plan("shop"), new Fence("token-1", 3)).getMessage())
                .contains("crossfade.shop.changes-0@0", "names partition 3");
    }

    @Test
    void aChangeOfATableOutsideThePlanStopsAndNamesIt() {
        SourceChange stranger = new SourceChange(
                new TableId("shop", "audit"),
                SourceChange.Operation.CREATE,
                Shop.POSITION,
                Optional.empty(),
                Optional.of(user(1, "a", "b")));

        MigrationException failure = failureOf(Shop.plan("shop"), stranger);

        assertThat(failure.kind()).isEqualTo(ErrorKind.TRANSFORM);
        assertThat(failure.getMessage()).contains("shop.audit", "binlog.000001:4");
    }

    @Test
    void aRowWithAnotherNumberOfColumnsStopsAndNamesTableAndKey() {
        RowWriter writer = new RowWriter(64);
        writer.startRow(2);
        writer.writeInt32(4711);
        writer.writeText("secret-value");
        SourceChange narrow = new SourceChange(
                Shop.USERS,
                SourceChange.Operation.CREATE,
                Shop.POSITION,
                Optional.empty(),
                Optional.of(writer.toRow()));

        MigrationException failure = failureOf(Shop.plan("shop"), narrow);

        assertThat(failure.kind()).isEqualTo(ErrorKind.TRANSFORM);
        assertThat(failure.getMessage())
                .contains("shop.users (4711)", "has 2 columns, the plan says 3")
                .doesNotContain("secret-value");
    }

    @Test
    void aNullInTheTargetKeyStopsAndNamesTableAndKey() {
        RowWriter writer = new RowWriter(64);
        writer.startRow(3);
        writer.writeInt32(4711);
        writer.writeText("a");
        writer.writeNull();
        SourceChange keyless = new SourceChange(
                Shop.USERS,
                SourceChange.Operation.CREATE,
                Shop.POSITION,
                Optional.empty(),
                Optional.of(writer.toRow()));

        assertThat(failureOf(Shop.planWithKey("shop", "email"), keyless).getMessage())
                .contains("shop.users (4711)", "NULL");
    }

    @Test
    void bytesThatAreNoChangeStopAtTheirPlace() {
        TestInputTopic<byte[], byte[]> changes = input(Shop.plan("shop"));
        changes.pipeInput(recordKey(7), ChangeCodec.encode(Shop.create(7, "a", "1")));

        Throwable thrown = catchThrowable(() -> changes.pipeInput(recordKey(7), new byte[] {1, 1, 'u', 0}));

        assertThat(migrationException(thrown).getMessage())
                .contains("crossfade.shop.changes-0@1", "not a change record");
    }

    private List<TestRecord<byte[], byte[]>> map(MigrationPlan plan, ChangeRecord... records) {
        TestInputTopic<byte[], byte[]> changes = input(plan);
        for (ChangeRecord record : records) {
            changes.pipeInput(recordKey(7), ChangeCodec.encode(record));
        }
        return output();
    }

    private MigrationException failureOf(MigrationPlan plan, ChangeRecord record) {
        return migrationException(catchThrowable(() -> map(plan, record)));
    }

    private static MigrationException migrationException(@Nullable Throwable thrown) {
        Throwable cause = thrown;
        while (cause != null && !(cause instanceof MigrationException)) {
            cause = cause.getCause();
        }
        return requireNonNull((MigrationException) cause, "a MigrationException");
    }

    private TestInputTopic<byte[], byte[]> input(MigrationPlan plan) {
        Partitioning partitioning = new Partitioning(1, plan);
        TopologyTestDriver started = new TopologyTestDriver(
                ChangeTopology.of(plan, partitioning, recordsMapped, reached::add),
                TransformConfig.of(
                        TOPICS, TransformSettings.of(Map.of("bootstrap.servers", "none:1"), partitioning, directory)));
        driver = started;
        return started.createInputTopic(TOPICS.changes(), new ByteArraySerializer(), new ByteArraySerializer());
    }

    private List<TestRecord<byte[], byte[]>> output() {
        TestOutputTopic<byte[], byte[]> rows = requireNonNull(driver)
                .createOutputTopic(TOPICS.rows(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        return rows.readRecordsToList();
    }

    private static List<RowRecord> decoded(List<TestRecord<byte[], byte[]>> records) {
        return records.stream()
                .map(record -> RowRecordCodec.decode(record.value()))
                .toList();
    }
}
