package dev.crossfade.capture.backfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.crossfade.capture.source.KeyPredicate;
import dev.crossfade.capture.source.SchemaReader;
import dev.crossfade.capture.source.SourceRowReader;
import dev.crossfade.capture.source.SourceTable;
import dev.crossfade.model.ChunkBatch;
import dev.crossfade.model.ChunkEnd;
import dev.crossfade.model.ChunkId;
import dev.crossfade.model.ChunkPlanSeal;
import dev.crossfade.model.ChunkRecord;
import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.FaultPoint;
import dev.crossfade.model.Faults;
import dev.crossfade.model.KeyRange;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.TableId;
import dev.crossfade.model.TaskRecord;
import dev.crossfade.model.codec.RowWriter;
import java.io.ByteArrayOutputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BackfillIT {
    private static final String TABLE = """
            create table orders (line int, doc varchar(12), note varchar(200), amount decimal(10,2), at datetime(6),
              primary key (doc, line))""";
    private static final String ROWS = """
            insert into orders select seq, concat(if(seq % 2, 'Doc', 'dOC'), seq % 7), repeat('x', 1 + seq % 150), seq / 3,
              '2020-01-01' + interval seq minute from seq_1_to_20000""";
    private static final String[] COLUMNS = {"doc", "amount", "line", "note"};
    private static BackfillFixture fixture;

    @BeforeAll
    static void start() {
        fixture = new BackfillFixture();
    }

    @AfterAll
    static void stop() {
        fixture.close();
    }

    private static BackfillFixture.Migration orders(String name) throws Exception {
        return fixture.migration(name, TABLE, ROWS, "analyze table orders");
    }

    /** The bytes that reading the table at once gives. */
    private static byte[] table(BackfillFixture.Migration migration) throws Exception {
        try (Connection connection = migration.source.open()) {
            SourceTable table = SchemaReader.read(connection)
                    .table(new TableId(migration.name, "orders"))
                    .orElseThrow();
            SourceRowReader reader = SourceRowReader.of(table, List.of(COLUMNS));
            KeyPredicate key = new KeyPredicate(table);
            RowWriter writer = new RowWriter(1024);
            try (PreparedStatement statement =
                            connection.prepareStatement("select " + reader.selectList() + key.from() + key.orderBy());
                    ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    reader.append(row, writer);
                }
            }
            return writer.toByteArray();
        }
    }

    /** Checks every rule of the chunks topic against the seal, and returns all rows in key order. */
    private static byte[] rows(BackfillFixture.Migration migration, ChunkPlanSeal seal) {
        Map<Integer, ByteArrayOutputStream> rowsByChunk = new TreeMap<>();
        Map<Integer, KeyRange> rangeByChunk = new TreeMap<>();
        for (List<ChunkRecord> partition : migration.chunks()) {
            List<ChunkBatch> open = new ArrayList<>();
            for (ChunkRecord record : partition) {
                if (record instanceof ChunkBatch batch) {
                    assertThat(open)
                            .allSatisfy(before -> assertThat(before.chunk()).isEqualTo(batch.chunk()));
                    open.add(batch);
                } else if (record instanceof ChunkEnd end) {
                    assertThat(rangeByChunk).doesNotContainKey(end.chunk().number());
                    rangeByChunk.put(end.chunk().number(), end.range());
                    rowsByChunk.put(end.chunk().number(), rows(open, end));
                    open.clear();
                }
            }
            assertThat(open).isEmpty();
        }
        TableId table = new TableId(migration.name, "orders");
        assertThat(rangeByChunk).hasSize(seal.chunksByTable().getOrDefault(table, 0));
        List<KeyRange> ranges = List.copyOf(rangeByChunk.values());
        assertContiguous(ranges, KeyRange.ALL);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        rowsByChunk.values().forEach(rows -> all.writeBytes(rows.toByteArray()));
        return all.toByteArray();
    }

    private static ByteArrayOutputStream rows(List<ChunkBatch> batches, ChunkEnd end) {
        assertThat(batches).hasSize(end.batches());
        assertThat(batches.stream().mapToLong(ChunkBatch::rows).sum()).isEqualTo(end.rows());
        assertThat(batches.stream().mapToLong(ChunkBatch::length).sum()).isEqualTo(end.bytes());
        if (!batches.isEmpty()) {
            assertContiguous(batches.stream().map(ChunkBatch::range).toList(), end.range());
        }
        ByteArrayOutputStream rows = new ByteArrayOutputStream();
        batches.forEach(batch -> rows.write(batch.bytes(), batch.offset(), batch.length()));
        return rows;
    }

    private static void assertContiguous(List<KeyRange> ranges, KeyRange whole) {
        assertThat(ranges.get(0).from()).isEqualTo(whole.from());
        assertThat(ranges.get(ranges.size() - 1).to()).isEqualTo(whole.to());
        for (int i = 1; i < ranges.size(); i++) {
            assertThat(ranges.get(i - 1).isFollowedBy(ranges.get(i))).isTrue();
        }
    }

    @Test
    void everyRowArrivesOnceInRangesThatCoverTheTable() throws Throwable {
        // Given
        BackfillFixture.Migration migration = orders("covers");
        MigrationPlan plan = migration.plan("orders", COLUMNS);
        BackfillSettings settings = migration.settings(600_000, 32 * 1024);
        // When
        ChunkPlanSeal seal = migration.planChunks(plan, settings, Faults.NONE);
        List<TableProgress> progress = migration.backfill(plan, settings, Faults.NONE);
        // Then
        assertThat(rows(migration, seal)).isEqualTo(table(migration));
        int chunks = seal.chunksByTable().getOrDefault(new TableId("covers", "orders"), 0);
        assertThat(chunks).isBetween(4, 30);
        assertThat(progress).singleElement().satisfies(table -> {
            assertThat(table.rows()).isEqualTo(20_000);
            assertThat(table.chunks()).isEqualTo(chunks);
        });
        assertThat(migration.chunks())
                .allSatisfy(partition -> assertThat(partition).isNotEmpty());
        assertThat(migration.chunks().stream().flatMap(List::stream))
                .filteredOn(ChunkBatch.class::isInstance)
                .allSatisfy(batch -> assertThat(((ChunkBatch) batch).length()).isLessThanOrEqualTo(32 * 1024));
    }

    @Test
    void planIsWrittenOnceAndSealedInEveryPartition() throws Throwable {
        // Given
        BackfillFixture.Migration migration = orders("sealed");
        MigrationPlan plan = migration.plan("orders", COLUMNS);
        ChunkPlanSeal seal = migration.planChunks(plan, migration.settings(600_000, 32 * 1024), Faults.NONE);
        List<List<TaskRecord>> tasks = migration.tasks();
        // When
        ChunkPlanSeal again = migration.planChunks(plan, migration.settings(100_000, 32 * 1024), Faults.NONE);
        // Then
        assertThat(again).isEqualTo(seal);
        assertThat(migration.tasks()).isEqualTo(tasks);
        assertThat(tasks).allSatisfy(partition -> assertThat(partition).last().isEqualTo(seal));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "BACKFILL_.*")
    void goesOnWithoutLossOrRepetitionWhenItDiesAt(FaultPoint point) throws Throwable {
        // Given
        BackfillFixture.Migration migration =
                orders("dies" + point.name().toLowerCase(Locale.ROOT).replace('_', '-'));
        MigrationPlan plan = migration.plan("orders", COLUMNS);
        BackfillSettings settings = migration.settings(600_000, 32 * 1024);
        boolean planning = point.name().contains("PLAN");
        AtomicInteger reached = new AtomicInteger();
        Faults death = at -> {
            if (at == point && (planning || reached.incrementAndGet() == 3)) {
                throw new IllegalStateException("died at " + at);
            }
        };
        assertThatThrownBy(() -> {
                    migration.planChunks(plan, settings, death);
                    migration.backfill(plan, settings, death);
                })
                .hasMessage("died at " + point);
        // When
        ChunkPlanSeal seal = migration.planChunks(plan, settings, Faults.NONE);
        migration.backfill(plan, settings, Faults.NONE);
        // Then
        assertThat(rows(migration, seal)).isEqualTo(table(migration));
    }

    @Test
    void readsTheChunkAgainWhenTheSourceClosesTheConnectionWithinIt() throws Throwable {
        // Given
        BackfillFixture.Migration migration = fixture.migration(
                "killed",
                TABLE,
                "insert into orders select seq, concat('d', seq % 7), repeat('x', 200), seq, now() from seq_1_to_100000",
                "analyze table orders");
        MigrationPlan plan = migration.plan("orders", COLUMNS);
        BackfillSettings settings = migration.settings(20_000_000, 32 * 1024);
        ChunkPlanSeal seal = migration.planChunks(plan, settings, Faults.NONE);
        AtomicBoolean killed = new AtomicBoolean();
        Faults kill = point -> {
            if (point == FaultPoint.BACKFILL_WITHIN_CHUNK && killed.compareAndSet(false, true)) {
                killSessions(fixture, "killed");
            }
        };
        // When
        migration.backfill(plan, settings, kill);
        // Then
        assertThat(killed).isTrue();
        assertThat(rows(migration, seal)).isEqualTo(table(migration));
    }

    static void killSessions(BackfillFixture fixture, String database) {
        try (Connection connection = fixture.server.connect("");
                Statement statement = connection.createStatement()) {
            List<Long> sessions = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery(
                    "select id from information_schema.processlist where db = '" + database + "'")) {
                while (rows.next()) {
                    sessions.add(rows.getLong(1));
                }
            }
            for (Long session : sessions) {
                statement.execute("kill " + session);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void readsNothingUntilTheGateOpens() throws Throwable {
        // Given
        BackfillFixture.Migration migration = orders("gated");
        MigrationPlan plan = migration.plan("orders", COLUMNS);
        BackfillSettings settings = migration.settings(600_000, 32 * 1024);
        ChunkPlanSeal seal = migration.planChunks(plan, settings, Faults.NONE);
        AtomicInteger asked = new AtomicInteger();
        List<Integer> chunksWhileShut = new ArrayList<>();
        BackfillGate gate = () -> {
            int times = asked.incrementAndGet();
            if (times == 4) {
                chunksWhileShut.add(
                        migration.chunks().stream().mapToInt(List::size).sum());
            }
            return times > 4;
        };
        // When
        migration.backfill(plan, settings, gate, Faults.NONE);
        // Then
        assertThat(chunksWhileShut).containsExactly(0);
        assertThat(rows(migration, seal)).isEqualTo(table(migration));
    }

    @Test
    void readsNothingFromASourceThatDoesNotShowTheMarker() throws Throwable {
        // Given
        BackfillFixture.Migration migration = orders("unmarked");
        MigrationPlan plan = migration.plan("orders", COLUMNS);
        BackfillSettings settings = new BackfillSettings(BackfillFixture.READERS, 600_000, 32 * 1024, "never-written");
        migration.planChunks(plan, settings, Faults.NONE);
        // When, Then
        assertThatThrownBy(() -> migration.backfill(plan, settings, Faults.NONE))
                .isInstanceOfSatisfying(
                        MigrationException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.SOURCE))
                .hasMessageContaining("never-written")
                .hasMessageContaining("nothing was read");
        assertThat(migration.chunks())
                .allSatisfy(partition -> assertThat(partition).isEmpty());
    }

    @Test
    void valueThatCannotBeEncodedStopsWithItsRangeAndLeavesNothingOfItsChunk() throws Throwable {
        // Given
        BackfillFixture.Migration migration = orders("nul");
        fixture.server.execute("nul", "update orders set note = concat('a', char(0)) where line = 10000");
        MigrationPlan plan = migration.plan("orders", COLUMNS);
        BackfillSettings settings = migration.settings(Long.MAX_VALUE, 32 * 1024);
        migration.planChunks(plan, settings, Faults.NONE);
        // When, Then
        assertThatThrownBy(() -> migration.backfill(plan, settings, Faults.NONE))
                .isInstanceOfSatisfying(
                        MigrationException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.TRANSFORM))
                .hasMessageContaining("nul.orders.note of row")
                .hasMessageContaining("10000")
                .hasMessageContaining("Chunk " + new ChunkId(new TableId("nul", "orders"), 0) + " (first, last]");
        assertThat(migration.chunks())
                .allSatisfy(partition -> assertThat(partition).isEmpty());
    }

    @Test
    void tableThatChangedSinceThePlanIsNotRead() throws Throwable {
        // Given
        BackfillFixture.Migration migration = orders("changed");
        MigrationPlan plan = migration.plan("orders", COLUMNS);
        BackfillSettings settings = migration.settings(600_000, 32 * 1024);
        migration.planChunks(plan, settings, Faults.NONE);
        fixture.server.execute("changed", "alter table orders modify amount decimal(12,4)");
        // When, Then
        assertThatThrownBy(() -> migration.backfill(plan, settings, Faults.NONE))
                .isInstanceOf(MigrationException.class)
                .hasMessageContaining("changed.orders was changed since the migration was planned")
                .hasMessageContaining("amount");
    }
}
