package dev.crossfade.sink;

import static dev.crossfade.sink.TestPlans.ORDERS;

import dev.crossfade.model.Column;
import dev.crossfade.model.Faults;
import dev.crossfade.model.Fence;
import dev.crossfade.model.LogicalType;
import dev.crossfade.model.LogicalType.Kind;
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
import dev.crossfade.sink.stop.StopBoard;
import dev.crossfade.sink.stop.Units;
import java.time.Duration;
import java.util.List;

/**
 * A target with tables {@code orders} and {@code visits}, two partitions of rows, and a table {@code applied} in which the server
 * itself counts every row that is written to {@code visits}.
 */
final class StopTarget implements AutoCloseable {
    static final Table VISITS = TestPlans.table(
            new TableId("public", "visits"),
            List.of("id"),
            new Column("id", LogicalType.of(Kind.INT64), false, "bigint"),
            new Column("pages", LogicalType.of(Kind.INT64), true, "bigint"));

    /** The unit of {@link #VISITS}. */
    static final String VISITS_UNIT = "shop.visits";

    static final int PARTITIONS = 2;

    private final TestTarget target = new TestTarget();
    private final MigrationPlan plan =
            TestPlans.plan("stop-" + target.database().replace('_', '-'), ORDERS, VISITS);
    private final FenceBoard fences = new FenceBoard(target.access(), plan.migration(), PARTITIONS);
    private final StopBoard board = new StopBoard(target.access(), plan.migration());
    private final TestLog log = new TestLog(plan.migration(), PARTITIONS, 1);
    private final RunLock lock = target.begin(plan.migration());
    private int tokens;

    StopTarget() throws InterruptedException {
        TargetSchema schema = new TargetSchema(target.access(), Faults.NONE);
        schema.createTables(lock.epoch(), plan);
        schema.buildKeys(lock.epoch(), plan, 2);
        target.execute(
                "create table applied (at bigserial, id bigint, pages bigint)",
                "create function count_it() returns trigger language plpgsql as $$ begin"
                        + " insert into applied (id, pages) values (coalesce(new.id, old.id), new.pages); return null;"
                        + " end $$",
                "create trigger counted after insert or update or delete on visits for each row execute function"
                        + " count_it()");
    }

    static RowUpsert visit(long id, long pages) {
        return new RowUpsert(VISITS.id(), row(id, pages));
    }

    static RowDelete gone(long id) {
        return new RowDelete(VISITS.id(), key(id));
    }

    private static Row row(long id, long pages) {
        RowWriter writer = new RowWriter(32);
        writer.startRow(2);
        writer.writeInt64(id);
        writer.writeInt64(pages);
        return writer.toRow();
    }

    private static RowKey key(long id) {
        RowWriter writer = new RowWriter(16);
        writer.startRow(1);
        writer.writeInt64(id);
        return writer.toKey();
    }

    Sink sink(Faults faults) {
        return new Sink(new SinkSettings(PARTITIONS, 1), target.access(), plan, lock.epoch(), log.client(), faults);
    }

    void write(int partition, RowRecord... records) {
        log.writeRows(partition, records);
    }

    /** Waits until a running sink has applied all that is in the log now. */
    void awaitApplied() throws InterruptedException {
        String token = "all-" + ++tokens;
        for (int rows = 0; rows < PARTITIONS; rows++) {
            for (int change = 0; change < PARTITIONS; change++) {
                log.writeRows(rows, new Fence(token, change));
            }
        }
        fences.awaitPassed(token, Duration.ofSeconds(20));
    }

    /** Applies all that is in the log with a sink of its own. */
    void applyAll(Faults faults) throws InterruptedException {
        try (Sink sink = sink(faults)) {
            sink.startRows();
            awaitApplied();
        }
    }

    /** Lets what is held back of {@link #VISITS} be replayed. */
    boolean beginReplay() {
        return board.want(VISITS_UNIT)
                && board.beginReplay(
                        lock.epoch(),
                        VISITS_UNIT,
                        log.topics().rows(),
                        new Units(plan).partitions(VISITS_UNIT, PARTITIONS));
    }

    StopBoard board() {
        return board;
    }

    TestTarget database() {
        return target;
    }

    List<String> visits() {
        return target.rows("select id, pages from visits order by id");
    }

    /** Every write to visits since the beginning, in order. */
    List<String> writes() {
        return target.rows("select id, pages from applied order by at");
    }

    @Override
    public void close() {
        log.close();
        lock.close();
    }
}
