package dev.crossfade.sink;

import static dev.crossfade.sink.TestPlans.ORDERS;
import static dev.crossfade.sink.TestPlans.TARGET;
import static dev.crossfade.sink.TestPlans.delete;
import static dev.crossfade.sink.TestPlans.order;
import static dev.crossfade.sink.TestPlans.upsert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.crossfade.model.FaultPoint;
import dev.crossfade.model.Faults;
import dev.crossfade.model.Fence;
import dev.crossfade.model.LogicalType;
import dev.crossfade.model.LogicalType.Kind;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.Row;
import dev.crossfade.model.RowDelete;
import dev.crossfade.model.RowKey;
import dev.crossfade.model.RowRecord;
import dev.crossfade.model.RowUpsert;
import dev.crossfade.model.Table;
import dev.crossfade.model.TableId;
import dev.crossfade.model.codec.RowWriter;
import dev.crossfade.sink.control.FenceBoard;
import dev.crossfade.sink.control.RunLock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RowApplierIT {
    /** Every column is part of the key, so a row that is there needs no update. */
    private static final Table TAGS = TestPlans.table(
            new TableId("public", "tags"),
            List.of("tag", "id"),
            TestPlans.column("id", LogicalType.of(Kind.INT64), false),
            TestPlans.column("tag", LogicalType.text(0), false));

    private final TestTarget target = new TestTarget();
    private final MigrationPlan plan =
            TestPlans.plan("rows-" + target.database().replace('_', '-'), ORDERS, AllTypes.TABLE, TAGS);
    private final FenceBoard fences = new FenceBoard(target.access(), plan.migration(), 1);
    private final TestLog log = new TestLog(plan.migration(), 1, 1);
    private RunLock lock = target.begin(plan.migration());
    private int tokens;

    @BeforeEach
    void createTables() throws InterruptedException {
        TargetSchema schema = new TargetSchema(target.access(), Faults.NONE);
        schema.createTables(lock.epoch(), plan);
        schema.buildKeys(lock.epoch(), plan, 2);
    }

    @AfterEach
    void close() {
        log.close();
        lock.close();
    }

    private Sink sink(Faults faults) {
        return new Sink(new SinkSettings(1, 1), target.access(), plan, lock.epoch(), log.client(), faults);
    }

    /** Starts a sink, waits until it has applied everything in the log, and ends it. */
    private void applyAll(Faults faults) throws InterruptedException {
        String token = "all-" + ++tokens;
        log.writeRows(0, new Fence(token, 0));
        try (Sink sink = sink(faults)) {
            sink.startRows();
            fences.awaitPassed(token, Duration.ofSeconds(20));
        }
    }

    private List<String> orders() {
        return target.rows("select id, note from orders order by id");
    }

    @Test
    void theLastWishOfAKeyWinsWithinOneBatch() throws InterruptedException {
        log.writeRows(0, upsert(1, "a"), upsert(2, "b"), upsert(3, "c"), upsert(4, "d"));
        log.writeRows(0, upsert(1, "a2"), delete(2), upsert(3, "c2"), delete(3), delete(4), upsert(4, "d2"), delete(9));

        applyAll(Faults.NONE);

        assertThat(orders()).containsExactly("1|a2", "4|d2");
    }

    @Test
    void theLastWishOfAKeyWinsOverManyBatches() throws InterruptedException {
        log.writeRows(0, upsert(1, "a"), upsert(2, "b"), upsert(3, "c"));
        applyAll(Faults.NONE);

        log.writeRows(0, delete(1), upsert(2, "b2"), upsert(3, "c2"));
        applyAll(Faults.NONE);
        log.writeRows(0, upsert(1, "a3"), delete(3));
        applyAll(Faults.NONE);

        assertThat(orders()).containsExactly("1|a3", "2|b2");
    }

    @Test
    void writesEveryTypeAsPostgresShowsIt() throws InterruptedException {
        log.writeRows(0, new RowUpsert(AllTypes.ID, AllTypes.nulls(1)), new RowUpsert(AllTypes.ID, AllTypes.nulls(2)));
        applyAll(Faults.NONE);

        log.writeRows(0, new RowUpsert(AllTypes.ID, AllTypes.values(1)));
        applyAll(Faults.NONE);

        assertThat(target.rows("select * from \"All \"\"Types\"\"\" order by k"))
                .containsExactly(AllTypes.TEXT, "2" + "|null".repeat(21));
    }

    @Test
    void tableOfNothingButItsKeyTakesInsertsAndDeletes() throws InterruptedException {
        log.writeRows(0, tag(1, "x"), tag(1, "y"), tag(2, "x"));
        applyAll(Faults.NONE);

        log.writeRows(0, tag(1, "x"), new RowDelete(TAGS.id(), tagKey("y", 1)), tag(3, "z"));
        applyAll(Faults.NONE);

        assertThat(target.rows("select id, tag from tags order by 1, 2")).containsExactly("1|x", "2|x", "3|z");
    }

    private static RowUpsert tag(long id, String tag) {
        RowWriter writer = new RowWriter(64);
        writer.startRow(2);
        writer.writeInt64(id);
        writer.writeText(tag);
        return new RowUpsert(TAGS.id(), writer.toRow());
    }

    private static RowKey tagKey(String tag, long id) {
        RowWriter writer = new RowWriter(64);
        writer.startRow(2);
        writer.writeText(tag);
        writer.writeInt64(id);
        return writer.toKey();
    }

    @Test
    void bigBatchesAreWrittenSetWise() throws InterruptedException {
        RowRecord[] records = new RowRecord[20_000];
        for (int i = 0; i < records.length; i++) {
            records[i] = i % 10 == 9 ? delete(i - 5) : upsert(i, "n" + i);
        }
        log.writeRows(0, records);

        applyAll(Faults.NONE);

        assertThat(target.rows("select count(*), min(id), max(id) from orders")).containsExactly("16000|0|19998");
    }

    @Test
    void goesOnWhenTheAnswerToCommitWasLost() throws InterruptedException {
        AtomicInteger commits = new AtomicInteger();
        log.writeRows(0, upsert(1, "a"), delete(1), upsert(2, "b"));

        applyAll(point -> {
            if (point == FaultPoint.SINK_AFTER_COMMIT && commits.incrementAndGet() == 1) {
                log.writeRows(0, upsert(3, "c"), new Fence("late", 0));
                throw TestFaults.connectionBroke();
            }
        });

        applyAll(Faults.NONE);
        assertThat(orders()).containsExactly("2|b", "3|c");
        assertThat(target.rows("select min(position) from crossfade.fence")).hasSize(1);
    }

    @Test
    void goesOnWhenTheServerEndsTheSession() throws InterruptedException {
        List<FaultPoint> ended = new ArrayList<>();
        log.writeRows(0, upsert(1, "a"), upsert(2, "b"));

        applyAll(point -> {
            boolean withinTransaction =
                    point == FaultPoint.SINK_AFTER_PROGRESS || point == FaultPoint.SINK_BEFORE_COMMIT;
            if (withinTransaction && !ended.contains(point)) {
                ended.add(point);
                target.rows(
                        "select pg_terminate_backend(pid) from pg_stat_activity where state = 'idle in transaction'");
            }
        });

        assertThat(ended).hasSize(2);
        assertThat(orders()).containsExactly("1|a", "2|b");
    }

    @Test
    void runThatWasReplacedWritesNothing() throws Exception {
        log.writeRows(0, upsert(1, "a"));
        try (Sink old = sink(Faults.NONE)) {
            old.startRows();
            await().until(() -> orders().size() == 1);

            lock.close();
            lock = target.begin(plan.migration());
            log.writeRows(0, upsert(2, "b"));

            assertThat(old.failure().get(20, TimeUnit.SECONDS))
                    .isInstanceOf(MigrationException.class)
                    .hasMessageContaining("has taken over");
        }
        assertThat(orders()).containsExactly("1|a");

        applyAll(Faults.NONE);
        assertThat(orders()).containsExactly("1|a", "2|b");
    }

    @Test
    void refusedRowIsNamedWithKeyAndColumnAndNothingOfItsTableIsApplied() throws InterruptedException {
        List<RowRecord> records = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            records.add(upsert(i, "n"));
        }
        records.add(137, new RowUpsert(TARGET, order(4001, "n", "{\"secret\": ")));
        log.writeRows(0, records.toArray(new RowRecord[0]));

        applyAll(Faults.NONE);

        assertThat(target.rows("select reason from crossfade.table_stop"))
                .singleElement()
                .asString()
                .contains("cannot write public.orders (4001): SQLSTATE 22P02")
                .contains("in column extra")
                .doesNotContain("secret");
        assertThat(orders()).isEmpty();
        assertThat(target.rows("select held_from from crossfade.table_hold")).containsExactly("0");
    }

    @Test
    void textThatIsTooLongIsRefusedAndNotCut() throws InterruptedException {
        log.writeRows(0, upsert(1, "a"), upsert(2, "eleven long"));

        applyAll(Faults.NONE);

        assertThat(orders()).isEmpty();
        assertThat(target.rows("select reason from crossfade.table_stop"))
                .singleElement()
                .asString()
                .contains("public.orders (2): SQLSTATE 22001")
                .contains("in column note");
    }

    @Test
    void aTargetThatTakesNothingAtAllEndsTheRunAndStopsNoTable() {
        log.writeRows(0, upsert(1, "a"));
        target.execute("alter database " + target.database() + " set default_transaction_read_only = on");

        try (Sink sink = sink(Faults.NONE)) {
            assertThatThrownBy(() -> {
                        sink.startRows();
                        throw sink.failure().get(20, TimeUnit.SECONDS);
                    })
                    .isInstanceOf(MigrationException.class)
                    .hasMessageContaining("SQLSTATE 25006");
        }

        assertThat(target.rows("select unit from crossfade.table_stop")).isEmpty();
    }

    @Test
    void fencesCarryThePositionBehindThemAndEveryChangePartition() throws InterruptedException {
        FenceBoard wide = new FenceBoard(target.access(), plan.migration(), 2);
        log.writeRows(0, upsert(1, "a"), new Fence("f", 0), upsert(2, "b"), new Fence("f", 1), upsert(3, "c"));

        try (Sink sink = sink(Faults.NONE)) {
            sink.startRows();
            await().until(() -> orders().size() == 3);
        }

        assertThat(wide.positionsAt("f")).isEqualTo(Map.of(0, 4L));
        assertThat(wide.isPassed("f")).isFalse();
        assertThatThrownBy(() -> wide.awaitPassed("f", Duration.ofMillis(50)))
                .isInstanceOf(MigrationException.class)
                .hasMessageContaining("rows partition 1 has not met it from change partitions 0, 1")
                .hasMessageNotContaining("rows partition 0 has");
    }

    @Test
    void fenceIsForgottenOnlyOnceItIsPassedInEveryPartition() throws InterruptedException {
        FenceBoard wide = new FenceBoard(target.access(), plan.migration(), 2);
        log.writeRows(0, new Fence("under way", 0), new Fence("under way", 1));
        applyAll(Faults.NONE);

        wide.forgetOlderThan(Duration.ZERO);

        assertThat(wide.positionsAt("under way")).isEqualTo(Map.of(0, 2L));
        fences.forgetOlderThan(Duration.ZERO);
        assertThat(fences.isPassed("all-1")).isFalse();
    }

    @Test
    void logThatLacksThePositionIsAnErrorAndNeverReadFromElsewhere() throws Exception {
        target.execute("insert into crossfade.progress values ('" + plan.migration() + "', '"
                + log.topics().rows() + "', 0, 4711, 1)");

        try (Sink sink = sink(Faults.NONE)) {
            sink.startRows();
            assertThat(sink.failure().get(20, TimeUnit.SECONDS))
                    .isInstanceOf(MigrationException.class)
                    .hasMessageContaining("does not have the position that the target stands at");
        }
    }

    @Test
    void aRowMayHaveEightMebibytes() throws InterruptedException {
        Table table = AllTypes.TABLE;
        Row base = AllTypes.nulls(5);
        RowWriter writer = new RowWriter(9 << 20);
        writer.startRow(table.columns().size());
        writer.writeInt32(5);
        for (int i = 1; i < table.columns().size(); i++) {
            if (i == table.indexOf("t")) {
                writer.writeText("x".repeat(8 << 20));
            } else {
                writer.writeNull();
            }
        }
        log.writeRows(0, new RowUpsert(AllTypes.ID, base), new RowUpsert(AllTypes.ID, writer.toRow()));

        applyAll(Faults.NONE);

        assertThat(target.rows("select length(t) from \"All \"\"Types\"\"\"")).containsExactly("8388608");
    }
}
