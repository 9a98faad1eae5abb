package dev.crossfade.sink;

import static dev.crossfade.sink.GroupTarget.row;
import static dev.crossfade.sink.GroupTarget.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.crossfade.model.BinlogPosition;
import dev.crossfade.model.ChunkBatch;
import dev.crossfade.model.ChunkEnd;
import dev.crossfade.model.ChunkId;
import dev.crossfade.model.ChunkPlanSeal;
import dev.crossfade.model.CopyBegin;
import dev.crossfade.model.CopyEnd;
import dev.crossfade.model.FaultPoint;
import dev.crossfade.model.Faults;
import dev.crossfade.model.KeyRange;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.Row;
import dev.crossfade.model.Table;
import dev.crossfade.model.TableId;
import dev.crossfade.sink.control.BackfillLedger;
import dev.crossfade.sink.control.GroupCopies;
import dev.crossfade.sink.control.RunLock;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GroupCopyIT {
    private static final Table PARENTS = table("parents", "id", "code");
    private static final Table CHILDREN = table("children", "id", "parent");
    private static final TableId PARENT_SOURCE = new TableId("shop", "parents");
    private static final TableId CHILD_SOURCE = new TableId("shop", "children");
    private static final BinlogPosition FIRST = new BinlogPosition("binlog.000002", 500, "");
    private static final BinlogPosition SECOND = new BinlogPosition("binlog.000003", 4, "0-1-77");
    private static final ChunkPlanSeal NOTHING_ELSE = new ChunkPlanSeal(Map.of());

    private final TestTarget target = new TestTarget();
    private final MigrationPlan plan =
            TestPlans.grouped("copy-" + target.database().replace('_', '-'), List.of(), PARENTS, CHILDREN);
    private final String group = plan.groups().get(0).name();
    private final BackfillLedger ledger = new BackfillLedger(target.access(), plan.migration());
    private final TestLog log = new TestLog(plan.migration(), 1, 1);
    private final RunLock lock = target.begin(plan.migration());

    @BeforeEach
    void createTables() {
        new TargetSchema(target.access(), Faults.NONE).createTables(lock.epoch(), plan);
    }

    @AfterEach
    void close() {
        log.close();
        lock.close();
    }

    private Sink sink(Faults faults) {
        return new Sink(new SinkSettings(1, 1), target.access(), plan, lock.epoch(), log.client(), faults);
    }

    private void writeBegin(BinlogPosition position) {
        log.writeChunk(0, new CopyBegin(group, position));
    }

    private void writeEnd(Map<TableId, Integer> chunks) {
        log.writeChunk(0, new CopyEnd(group, chunks));
    }

    /** A chunk of one row that covers its whole table. */
    private void writeChunk(TableId source, Row row) {
        writeChunk(new ChunkId(source, 0), KeyRange.ALL, row);
    }

    private void writeChunk(ChunkId chunk, KeyRange range, Row row) {
        byte[] bytes = row.bytes();
        log.writeChunk(
                0,
                new ChunkBatch(chunk, range, 1, bytes, 0, bytes.length),
                new ChunkEnd(chunk, range, 1, 1, bytes.length));
    }

    private boolean isComplete() {
        return ledger.isComplete(NOTHING_ELSE, plan.groups());
    }

    private Map<TableId, BinlogPosition> completed() throws SQLException {
        try (Connection connection = target.access().open()) {
            return GroupCopies.completed(connection, plan.migration());
        }
    }

    private List<String> parents() {
        return target.rows("select * from parents order by 1");
    }

    private List<String> children() {
        return target.rows("select * from children order by 1");
    }

    @Test
    void copyThatBeginsAnewReplacesWhatTheOneBeforeBrought() throws SQLException {
        writeBegin(FIRST);
        writeChunk(PARENT_SOURCE, row(PARENTS, 1, 0));
        writeChunk(CHILD_SOURCE, row(CHILDREN, 11, 1));

        try (Sink sink = sink(Faults.NONE)) {
            sink.startChunks();
            await().until(() -> sink.progress().chunksCopied() == 2);
            assertThat(isComplete()).isFalse();
            assertThat(completed()).isEmpty();

            writeBegin(SECOND);
            writeChunk(CHILD_SOURCE, row(CHILDREN, 22, 2));
            await().until(() -> children().equals(List.of("22|2")));
            assertThat(parents()).isEmpty();
            assertThat(isComplete()).isFalse();

            writeChunk(PARENT_SOURCE, row(PARENTS, 2, 0));
            writeEnd(Map.of(PARENT_SOURCE, 1, CHILD_SOURCE, 1));
            await().until(this::isComplete);
        }

        assertThat(parents()).containsExactly("2|0");
        assertThat(children()).containsExactly("22|2");
        assertThat(completed()).isEqualTo(Map.of(PARENT_SOURCE, SECOND, CHILD_SOURCE, SECOND));
    }

    @Test
    void tablesAreEmptiedOnceThoughTheAnswerToCommitWasLost() {
        AtomicInteger begun = new AtomicInteger();
        writeBegin(FIRST);
        writeChunk(PARENT_SOURCE, row(PARENTS, 1, 0));
        writeChunk(CHILD_SOURCE, row(CHILDREN, 11, 1));
        writeEnd(Map.of(PARENT_SOURCE, 1, CHILD_SOURCE, 1));

        try (Sink sink = sink(point -> {
            if (point == FaultPoint.SINK_AFTER_COPY_BEGIN && begun.incrementAndGet() == 1) {
                throw TestFaults.connectionBroke();
            }
        })) {
            sink.startChunks();
            await().until(this::isComplete);
        }

        assertThat(begun).hasValue(1);
        assertThat(parents()).containsExactly("1|0");
        assertThat(children()).containsExactly("11|1");
    }

    @Test
    void copyIsCompleteOnlyWithEveryChunkThatItsEndCounts() {
        writeBegin(FIRST);
        writeChunk(PARENT_SOURCE, row(PARENTS, 1, 0));
        writeEnd(Map.of(PARENT_SOURCE, 1, CHILD_SOURCE, 1));
        writeChunk(CHILD_SOURCE, row(CHILDREN, 11, 1));

        try (Sink sink = sink(point -> {
            if (point == FaultPoint.SINK_BEFORE_CHUNK_COMMIT && !parents().isEmpty()) {
                assertThat(isComplete()).isFalse();
            }
        })) {
            sink.startChunks();
            await().until(this::isComplete);
            assertThat(sink.failure()).isNotDone();
        }
    }

    @Test
    void copyWithAGapIsNeverComplete() {
        writeBegin(FIRST);
        writeChunk(CHILD_SOURCE, row(CHILDREN, 11, 1));
        KeyRange below = KeyRange.of(Optional.empty(), Optional.of(TestPlans.key(5)));
        KeyRange above = KeyRange.of(Optional.of(TestPlans.key(6)), Optional.empty());
        writeChunk(new ChunkId(PARENT_SOURCE, 0), below, row(PARENTS, 1, 0));
        writeChunk(new ChunkId(PARENT_SOURCE, 1), above, row(PARENTS, 6, 0));

        try (Sink sink = sink(Faults.NONE)) {
            sink.startChunks();
            await().until(() -> sink.progress().chunksCopied() == 3);
            writeEnd(Map.of(PARENT_SOURCE, 2, CHILD_SOURCE, 1));
            await().until(() -> target.rows("select * from crossfade.group_copy where chunks is null")
                    .isEmpty());
        }

        assertThatThrownBy(this::isComplete)
                .isInstanceOf(MigrationException.class)
                .hasMessageContaining("backfill of shop.parents does not cover the table: chunk 1 does not begin");
    }

    @Test
    void copyThatIsCompleteNeverBeginsAnew() throws Exception {
        writeBegin(FIRST);
        writeChunk(PARENT_SOURCE, row(PARENTS, 1, 0));
        writeChunk(CHILD_SOURCE, row(CHILDREN, 11, 1));
        writeEnd(Map.of(PARENT_SOURCE, 1, CHILD_SOURCE, 1));
        writeBegin(SECOND);

        try (Sink sink = sink(Faults.NONE)) {
            sink.startChunks();
            assertThat(sink.failure().get(20, TimeUnit.SECONDS))
                    .isInstanceOf(MigrationException.class)
                    .hasMessageContaining(
                            "begins the copy of group " + group + " at binlog.000003:4 (0-1-77) once more")
                    .hasMessageContaining("nothing of the group was changed");
        }
        assertThat(parents()).containsExactly("1|0");
    }

    @Test
    void endThatLeavesATableOutIsRefused() throws Exception {
        writeBegin(FIRST);
        writeChunk(PARENT_SOURCE, row(PARENTS, 1, 0));
        writeEnd(Map.of(PARENT_SOURCE, 1));

        try (Sink sink = sink(Faults.NONE)) {
            sink.startChunks();
            assertThat(sink.failure().get(20, TimeUnit.SECONDS))
                    .isInstanceOf(MigrationException.class)
                    .hasMessageContaining("ends with the tables shop.parents, it began with others");
        }
        assertThat(isComplete()).isFalse();
    }
}
