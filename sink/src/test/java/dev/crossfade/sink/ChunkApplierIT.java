package dev.crossfade.sink;

import static dev.crossfade.sink.TestPlans.ORDERS;
import static dev.crossfade.sink.TestPlans.SOURCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.crossfade.model.ChunkBatch;
import dev.crossfade.model.ChunkEnd;
import dev.crossfade.model.ChunkId;
import dev.crossfade.model.ChunkPlanSeal;
import dev.crossfade.model.FaultPoint;
import dev.crossfade.model.Faults;
import dev.crossfade.model.KeyRange;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.TableId;
import dev.crossfade.model.codec.RowWriter;
import dev.crossfade.sink.control.BackfillLedger;
import dev.crossfade.sink.control.RunLock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ChunkApplierIT {
    private final TestTarget target = new TestTarget();
    private final MigrationPlan plan =
            TestPlans.plan("chunks-" + target.database().replace('_', '-'), ORDERS, AllTypes.TABLE);
    private final BackfillLedger ledger = new BackfillLedger(target.access(), plan.migration());
    private RunLock lock = target.begin(plan.migration());
    private TestLog log = new TestLog(plan.migration(), 1, 1);

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

    /** A batch of orders with ids {@code from} inclusive to {@code to} exclusive; 0 and 100 are the open ends. */
    private static ChunkBatch batch(int chunk, int from, int to) {
        return batch(chunk, from, to, "n");
    }

    private static ChunkBatch batch(int chunk, int from, int to, String note) {
        RowWriter writer = new RowWriter(64);
        for (int id = from; id < to; id++) {
            TestPlans.append(writer, id, note, null);
        }
        byte[] bytes = writer.toByteArray();
        return new ChunkBatch(new ChunkId(SOURCE, chunk), range(from, to), to - from, bytes, 0, bytes.length);
    }

    private static KeyRange range(int from, int to) {
        return KeyRange.of(
                from == 0 ? Optional.empty() : Optional.of(TestPlans.key(from)),
                to == 100 ? Optional.empty() : Optional.of(TestPlans.key(to)));
    }

    private static ChunkEnd end(int chunk, int from, int to, ChunkBatch... batches) {
        int rows = 0;
        long bytes = 0;
        for (ChunkBatch batch : batches) {
            rows += batch.rows();
            bytes += batch.length();
        }
        return new ChunkEnd(new ChunkId(SOURCE, chunk), range(from, to), batches.length, rows, bytes);
    }

    private void writeChunk(int chunk, int from, int middle, int to) {
        ChunkBatch first = batch(chunk, from, middle);
        ChunkBatch second = batch(chunk, middle, to);
        log.writeChunk(0, first, second, end(chunk, from, to, first, second));
    }

    private String orders() {
        return target.rows("select count(*), count(distinct id) from orders").get(0);
    }

    @Test
    void copiesEveryTypeAsPostgresShowsIt() {
        RowWriter writer = new RowWriter(1024);
        byte[] values = AllTypes.values(1).bytes();
        byte[] nulls = AllTypes.nulls(2).bytes();
        writer.writeRow(values, 0, values.length);
        writer.writeRow(nulls, 0, nulls.length);
        byte[] bytes = writer.toByteArray();
        ChunkId chunk = new ChunkId(new TableId("shop", AllTypes.ID.name()), 0);
        ChunkBatch batch = new ChunkBatch(chunk, KeyRange.ALL, 2, bytes, 0, bytes.length);
        log.writeChunk(0, batch, new ChunkEnd(chunk, KeyRange.ALL, 1, 2, bytes.length));

        try (Sink sink = sink(Faults.NONE)) {
            sink.startChunks();
            await().until(() -> sink.progress().rowsCopied() == 2);
        }

        assertThat(target.rows("select * from \"All \"\"Types\"\"\" order by k"))
                .containsExactly(AllTypes.TEXT, "2" + "|null".repeat(21));
    }

    /** The server does not wait for its disk by itself; of each position it is noted whether it does so for that one. */
    private void noteSettingAtCommit() {
        target.execute(
                "alter database " + target.database() + " set synchronous_commit = off",
                "create table seen_at_commit (setting text)",
                """
                create function note_setting() returns trigger language plpgsql as
                $$ begin insert into seen_at_commit values (current_setting('synchronous_commit')); return null; end $$""",
                """
                create constraint trigger at_commit after insert or update on crossfade.progress
                deferrable initially deferred for each row execute function note_setting()""");
    }

    @Test
    void aChunkIsOnTheDiskWhenItsPositionIsSeenAlsoWhereTheServerDoesNotWaitForThat() {
        noteSettingAtCommit();
        writeChunk(0, 0, 20, 50);
        writeChunk(1, 50, 60, 100);

        try (Sink sink = sink(Faults.NONE)) {
            sink.startChunks();
            await().until(() -> sink.progress().rowsCopied() == 100);
        }

        assertThat(target.rows("select setting, count(*) from seen_at_commit group by 1 order by 1"))
                .containsExactly("off|1", "on|2"); // the first made the rows of progress
    }

    @Test
    void whatACopyPassesOverIsOnTheDiskBeforeAnybodyCouldDeleteIt() {
        noteSettingAtCommit();
        writeChunk(0, 0, 20, 50);

        try (Sink sink = sink(Faults.NONE)) {
            sink.startRecopy(3, failure -> {});
        }

        assertThat(target.rows("select distinct setting from seen_at_commit")).containsExactly("on");
    }

    @Test
    void ledgerCoversTheTableOnceEveryChunkIsThere() {
        writeChunk(0, 0, 20, 50);
        ChunkPlanSeal seal = new ChunkPlanSeal(Map.of(SOURCE, 2));

        try (Sink sink = sink(Faults.NONE)) {
            sink.startChunks();
            await().until(() -> ledger.applied().containsKey(SOURCE));
            assertThat(ledger.isComplete(seal, List.of())).isFalse();
            writeChunk(1, 50, 60, 100);
            await().until(() -> ledger.isComplete(seal, List.of()));
        }

        assertThat(orders()).isEqualTo("100|100");
        assertThat(ledger.applied()).hasEntrySatisfying(SOURCE, applied -> assertThat(applied.rows())
                .isEqualTo(100));
        assertThat(ledger.isComplete(new ChunkPlanSeal(Map.of(SOURCE, 3)), List.of()))
                .isFalse();
        assertThatThrownBy(() -> ledger.isComplete(new ChunkPlanSeal(Map.of(SOURCE, 1)), List.of()))
                .isInstanceOf(MigrationException.class)
                .hasMessageContaining("2 chunks are on the target, 1 were sealed");
    }

    @Test
    void ledgerWithAGapIsNeverComplete() {
        writeChunk(0, 0, 20, 50);
        writeChunk(1, 51, 60, 100);

        try (Sink sink = sink(Faults.NONE)) {
            sink.startChunks();
            await().until(() -> sink.progress().chunksCopied() == 2);
        }

        assertThatThrownBy(() -> ledger.isComplete(new ChunkPlanSeal(Map.of(SOURCE, 2)), List.of()))
                .isInstanceOf(MigrationException.class)
                .hasMessageContaining("chunk 1 does not begin where the one before it ends");
    }

    @Test
    void aChunkThatComesTwiceIsCopiedOnce() {
        writeChunk(0, 0, 20, 50);
        writeChunk(0, 0, 30, 50);
        writeChunk(1, 50, 60, 100);

        try (Sink sink = sink(Faults.NONE)) {
            sink.startChunks();
            await().until(() -> ledger.isComplete(new ChunkPlanSeal(Map.of(SOURCE, 2)), List.of()));
        }

        assertThat(orders()).isEqualTo("100|100");
    }

    @Test
    void anEmptyTableIsOneChunkWithoutBatches() {
        log.writeChunk(0, end(0, 0, 100));

        try (Sink sink = sink(Faults.NONE)) {
            sink.startChunks();
            await().until(() -> ledger.isComplete(new ChunkPlanSeal(Map.of(SOURCE, 1)), List.of()));
        }

        assertThat(orders()).isEqualTo("0|0");
    }

    @Test
    void goesOnWhenTheAnswerToCommitWasLost() {
        AtomicInteger commits = new AtomicInteger();
        writeChunk(0, 0, 20, 50);
        writeChunk(1, 50, 60, 100);

        try (Sink sink = sink(point -> {
            if (point == FaultPoint.SINK_AFTER_CHUNK_COMMIT && commits.incrementAndGet() == 1) {
                throw TestFaults.connectionBroke();
            }
        })) {
            sink.startChunks();
            await().until(() -> ledger.isComplete(new ChunkPlanSeal(Map.of(SOURCE, 2)), List.of()));
            assertThat(sink.failure()).isNotDone();
        }

        assertThat(orders()).isEqualTo("100|100");
        assertThat(commits).hasValue(2);
    }

    @Test
    void goesOnWhenTheServerEndsTheSessionWithinAChunk() {
        AtomicInteger chunks = new AtomicInteger();
        writeChunk(0, 0, 20, 100);

        try (Sink sink = sink(point -> {
            if (point == FaultPoint.SINK_WITHIN_CHUNK && chunks.incrementAndGet() == 1) {
                target.rows("select pg_terminate_backend(pid) from pg_stat_activity where query like 'copy %'");
            }
        })) {
            sink.startChunks();
            await().until(() -> ledger.isComplete(new ChunkPlanSeal(Map.of(SOURCE, 1)), List.of()));
        }

        assertThat(orders()).isEqualTo("100|100");
    }

    @Test
    void refusedValueNamesTheBatchsKeysAndTheColumn() throws Exception {
        ChunkBatch first = batch(0, 0, 20);
        ChunkBatch second = batch(0, 20, 60, "far too long for ten");
        ChunkBatch third = batch(0, 60, 100);
        log.writeChunk(0, first, second, third, end(0, 0, 100, first, second, third));

        try (Sink sink = sink(Faults.NONE)) {
            sink.startChunks();
            assertThat(sink.failure().get(20, TimeUnit.SECONDS))
                    .isInstanceOf(MigrationException.class)
                    .hasMessageContaining("cannot copy into public.orders the rows of shop.orders [(20), (60))")
                    .hasMessageContaining("SQLSTATE 22001")
                    .hasMessageContaining("in column note")
                    .hasMessageContaining("progress stays at 0")
                    .hasMessageNotContaining("far too long");
        }

        assertThat(orders()).isEqualTo("0|0");
        assertThat(target.rows("select count(*) from crossfade.chunk")).containsExactly("0");
    }

    @Test
    void chunkThatIsNotWholeIsRolledBack() throws Exception {
        ChunkBatch first = batch(0, 0, 20);
        ChunkBatch second = batch(0, 21, 100);
        log.writeChunk(0, first, second, end(0, 0, 100, first, second));

        try (Sink sink = sink(Faults.NONE)) {
            sink.startChunks();
            assertThat(sink.failure().get(20, TimeUnit.SECONDS))
                    .hasMessageContaining("chunk shop.orders#0 at position 0 is not whole: batch 1 does not begin");
        }

        assertThat(orders()).isEqualTo("0|0");
    }

    @Test
    void runThatWasReplacedWithinAChunkCopiesNothing() throws Exception {
        RunLock[] next = new RunLock[1];
        writeChunk(0, 0, 20, 100);
        try (Sink sink = sink(point -> {
            if (point == FaultPoint.SINK_BEFORE_CHUNK_COMMIT && next[0] == null) {
                // The lock's connection is gone, this thread stands still within its transaction, and another run takes
                // over.
                lock.close();
                next[0] = target.begin(plan.migration());
            }
        })) {
            sink.startChunks();

            assertThat(sink.failure().get(30, TimeUnit.SECONDS))
                    .isInstanceOf(MigrationException.class)
                    .hasMessageContaining("another run of migration " + plan.migration() + " has taken over");
        }
        assertThat(orders()).isEqualTo("0|0");

        lock = next[0];
        try (Sink sink = sink(Faults.NONE)) {
            sink.startChunks();
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> ledger.isComplete(new ChunkPlanSeal(Map.of(SOURCE, 1)), List.of()));
        }
        assertThat(orders()).isEqualTo("100|100");
    }
}
