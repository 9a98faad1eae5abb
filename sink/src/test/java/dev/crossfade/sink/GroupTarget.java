package dev.crossfade.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.crossfade.model.BinlogPosition;
import dev.crossfade.model.ChunkBatch;
import dev.crossfade.model.ChunkEnd;
import dev.crossfade.model.ChunkId;
import dev.crossfade.model.Column;
import dev.crossfade.model.CopyBegin;
import dev.crossfade.model.CopyEnd;
import dev.crossfade.model.Faults;
import dev.crossfade.model.Fence;
import dev.crossfade.model.KeyRange;
import dev.crossfade.model.LogicalType;
import dev.crossfade.model.LogicalType.Kind;
import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.OrderGroup;
import dev.crossfade.model.OrderGroup.Copy;
import dev.crossfade.model.ReferentialAction;
import dev.crossfade.model.ReferentialAction.Action;
import dev.crossfade.model.Row;
import dev.crossfade.model.RowChange;
import dev.crossfade.model.RowRecord;
import dev.crossfade.model.Table;
import dev.crossfade.model.TableId;
import dev.crossfade.model.UniqueIndex;
import dev.crossfade.model.codec.RowWriter;
import dev.crossfade.sink.control.FenceBoard;
import dev.crossfade.sink.control.RunLock;
import dev.crossfade.sink.stop.StopBoard;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A target with one order group, the copy of which is complete at {@link #COPY}; and the changes of its tables, as they stand in the log. */
final class GroupTarget implements AutoCloseable {
    static final BinlogPosition COPY = new BinlogPosition("binlog.000002", 500, "");

    private final TestTarget target = new TestTarget();
    private final MigrationPlan plan;
    private final FenceBoard fences;
    private final TestLog log;
    private final RunLock lock;
    private int tokens;

    GroupTarget(List<ReferentialAction> actions, Table... tables) throws InterruptedException {
        this(Copy.SNAPSHOT, actions, List.of(), tables);
    }

    /** The same with unique indexes, which are built. */
    GroupTarget(List<ReferentialAction> actions, List<UniqueIndex> indexes, Table... tables)
            throws InterruptedException {
        this(Copy.SNAPSHOT, actions, indexes, tables);
    }

    /** The tables were copied in chunks, so there is no position of their copy. */
    static GroupTarget inChunks(List<UniqueIndex> indexes, Table... tables) throws InterruptedException {
        return new GroupTarget(Copy.CHUNKS, List.of(), indexes, tables);
    }

    /** One table, whose key several rows of the source may share. */
    static GroupTarget withStore(List<UniqueIndex> indexes, Table table, String... sourceKey)
            throws InterruptedException {
        return new GroupTarget(migration -> TestPlans.sharedKey(migration, indexes, table, sourceKey));
    }

    private GroupTarget(Copy copy, List<ReferentialAction> actions, List<UniqueIndex> indexes, Table... tables)
            throws InterruptedException {
        this(migration -> TestPlans.grouped(migration, copy, actions, indexes, tables));
    }

    private GroupTarget(Function<String, MigrationPlan> planned) throws InterruptedException {
        plan = planned.apply("group-" + target.database().replace('_', '-'));
        fences = new FenceBoard(target.access(), plan.migration(), 1);
        log = new TestLog(plan.migration(), 1, 1);
        lock = target.begin(plan.migration());
        TargetSchema schema = new TargetSchema(target.access(), Faults.NONE);
        schema.createTables(lock.epoch(), plan);
        schema.buildKeys(lock.epoch(), plan, 2);
        schema.buildUniqueIndexes(lock.epoch(), plan);
        for (OrderGroup group : plan.snapshotGroups()) {
            group.tables()
                    .forEach(source -> target.execute("insert into crossfade.group_copy values ('" + plan.migration()
                            + "', 'shop', '" + source.name() + "', '" + group.name()
                            + "', 'binlog.000002', 500, '', 1)"));
        }
    }

    /** A table of bigint columns, the first of which is the key. */
    static Table table(String name, String... columns) {
        return table(name, List.of(columns[0]), columns);
    }

    /** A table of bigint columns. */
    static Table table(String name, List<String> key, String... columns) {
        return TestPlans.table(
                new TableId("public", name),
                key,
                Stream.of(columns)
                        .map(column -> TestPlans.column(column, LogicalType.of(Kind.INT64), !key.contains(column)))
                        .toArray(Column[]::new));
    }

    static ReferentialAction action(
            Table child,
            List<String> columns,
            Table parent,
            List<String> referenced,
            Action onDelete,
            Action onUpdate) {
        String name = child.id().name() + "_" + parent.id().name();
        return new ReferentialAction(name, parent.id(), referenced, child.id(), columns, onDelete, onUpdate);
    }

    static Row row(Table table, @Nullable Object... values) {
        RowWriter writer = new RowWriter(64);
        writer.startRow(values.length);
        for (int i = 0; i < values.length; i++) {
            Object value = values[i];
            if (value == null || value.equals(Optional.empty())) {
                writer.writeNull();
            } else if (value instanceof String text) {
                writer.writeText(text);
            } else if (value instanceof Number number) {
                writer.writeInt64(number.longValue());
            } else {
                throw new IllegalArgumentException(table.columns().get(i).name());
            }
        }
        return writer.toRow();
    }

    static RowChange insert(Table table, @Nullable Object... values) {
        return new RowChange(table.id(), COPY, Optional.empty(), Optional.of(row(table, values)));
    }

    static RowChange delete(Table table, @Nullable Object... values) {
        return new RowChange(table.id(), COPY, Optional.of(row(table, values)), Optional.empty());
    }

    static RowChange update(Table table, Row before, Row after) {
        return new RowChange(table.id(), COPY, Optional.of(before), Optional.of(after));
    }

    Sink sink(Faults faults) {
        return new Sink(new SinkSettings(1, 1), target.access(), plan, lock.epoch(), log.client(), faults);
    }

    /** The contribution store of the table. */
    Table store() {
        return plan.tables().get(0).store().orElseThrow();
    }

    /** Lets what is held back of the first table's unit be replayed, and the unit's name. */
    String beginReplay() {
        StopBoard board = new StopBoard(target.access(), plan.migration());
        String unit = board.read().get(0).unit();
        assertThat(board.want(unit)
                        && board.beginReplay(lock.epoch(), unit, log.topics().rows(), Set.of(0)))
                .isTrue();
        return unit;
    }

    /** Copies the first table again, as one chunk; it has stopped, and is to be replayed afterwards. Its unit's name. */
    String copyAgain(Sink sink, BinlogPosition at, Row... rows) {
        StopBoard board = new StopBoard(target.access(), plan.migration());
        String unit = board.read().get(0).unit();
        assertThat(board.want(unit)
                        && board.beginCopy(lock.epoch(), unit)
                        && board.holdFromHere(lock.epoch(), unit, log.topics().rows(), Set.of(0)))
                .isTrue();
        TableId source = plan.tables().get(0).source().id();
        log.writeChunk(0, new CopyBegin(unit, at));
        writeChunk(log, source, List.of(rows));
        log.writeChunk(0, new CopyEnd(unit, Map.of(source, 1)));
        sink.startRecopy(0, failure -> {
            throw failure;
        });
        await().until(() -> !target.rows(
                        "select 1 from crossfade.group_copy where chunks = 1 and log_offset = " + at.offset())
                .isEmpty());
        sink.stopRecopy();
        assertThat(board.endCopy(lock.epoch(), unit)).isTrue();
        return unit;
    }

    void write(RowRecord... records) {
        log.writeRows(0, records);
    }

    /** Applies the records, all of them in the log before they are read. */
    GroupTarget apply(RowRecord... records) throws InterruptedException {
        return apply(Faults.NONE, records);
    }

    GroupTarget apply(Faults faults, RowRecord... records) throws InterruptedException {
        String token = "all-" + ++tokens;
        write(records);
        write(new Fence(token, 0));
        try (Sink sink = sink(faults)) {
            sink.startRows();
            fences.awaitPassed(token, Duration.ofSeconds(20));
        }
        return this;
    }

    /** Copies the rows of a table that is empty, as one chunk. */
    void copy(Table table, List<Row> rows) {
        writeChunk(log, new TableId("shop", table.id().name()), rows);
        try (Sink sink = sink(Faults.NONE)) {
            sink.startChunks();
            await().until(() -> sink.progress().rowsCopied() == rows.size());
        }
    }

    /** Writes the rows as the one chunk that a table has. */
    static void writeChunk(TestLog log, TableId source, List<Row> rows) {
        ChunkId chunk = new ChunkId(source, 0);
        RowWriter writer = new RowWriter(1024);
        rows.forEach(row -> writer.writeRow(row.bytes(), 0, row.bytes().length));
        log.writeChunk(
                0,
                new ChunkBatch(chunk, KeyRange.ALL, rows.size(), writer.array(), 0, writer.size()),
                new ChunkEnd(chunk, KeyRange.ALL, 1, rows.size(), writer.size()));
    }

    TestTarget database() {
        return target;
    }

    List<String> rows(Table table) {
        String places = String.join(
                ", ",
                IntStream.rangeClosed(1, table.columns().size())
                        .mapToObj(String::valueOf)
                        .toList());
        return target.rows("select * from " + table.id().name() + " order by " + places);
    }

    @Override
    public void close() {
        log.close();
        lock.close();
    }
}
