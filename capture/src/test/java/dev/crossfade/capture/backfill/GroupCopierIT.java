package dev.crossfade.capture.backfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.crossfade.model.ChunkBatch;
import dev.crossfade.model.ChunkEnd;
import dev.crossfade.model.ChunkPlanSeal;
import dev.crossfade.model.ChunkRecord;
import dev.crossfade.model.CopyBegin;
import dev.crossfade.model.CopyEnd;
import dev.crossfade.model.FaultPoint;
import dev.crossfade.model.Faults;
import dev.crossfade.model.KeyRange;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.RowNumber;
import dev.crossfade.model.TableId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GroupCopierIT {
    private static final int PARENTS = 3_000;
    private static final int CHILDREN = 9_000;

    private static BackfillFixture fixture;

    @BeforeAll
    static void start() {
        fixture = new BackfillFixture();
    }

    @AfterAll
    static void stop() {
        fixture.close();
    }

    /** A parent with children, and a pair of which one has no row. */
    private static BackfillFixture.Migration families(String name) throws Exception {
        return fixture.migration(
                name,
                "create table parent (id int primary key, name varchar(60))",
                "create table child (id int primary key, parent int, name varchar(60))",
                "create table other (id int primary key)",
                "create table empty (id int primary key)",
                "insert into parent select seq, repeat('p', 50) from seq_1_to_" + PARENTS,
                "insert into child select seq, seq % " + PARENTS + ", repeat('c', 50) from seq_1_to_" + CHILDREN,
                "insert into other values (1)");
    }

    private static MigrationPlan plan(BackfillFixture.Migration migration) throws Exception {
        return migration.plan(List.of(List.of("parent", "child"), List.of("empty", "other")));
    }

    private static BackfillSettings settings(BackfillFixture.Migration migration) {
        return migration.settings(100_000, 16 * 1024);
    }

    private static void backfill(BackfillFixture.Migration migration, Faults faults) throws Throwable {
        MigrationPlan plan = plan(migration);
        migration.planChunks(plan, settings(migration), faults);
        migration.backfill(plan, settings(migration), faults);
    }

    /** Rows by table of the last copy of each group, after every rule of a copy was checked. */
    private static Map<String, Long> rows(BackfillFixture.Migration migration) {
        Map<String, Long> rows = new HashMap<>();
        Map<String, List<KeyRange>> ranges = new HashMap<>();
        List<ChunkBatch> open = new ArrayList<>();
        String group = "";
        for (ChunkRecord record : migration.copies()) {
            if (record instanceof CopyBegin begin) {
                assertThat(open).isEmpty(); // no chunk is visible in part
                assertThat(begin.position().file()).isNotEmpty();
                group = begin.group();
                ranges.clear();
            } else if (record instanceof ChunkBatch batch) {
                open.add(batch);
            } else if (record instanceof ChunkEnd end) {
                String table = end.chunk().source().name();
                List<KeyRange> before = ranges.computeIfAbsent(table, unused -> new ArrayList<>());
                assertThat(end.chunk().number()).isEqualTo(before.size());
                assertThat(end.batches()).isEqualTo(open.size());
                assertThat(open.stream().mapToInt(ChunkBatch::rows).sum()).isEqualTo((int) end.rows());
                assertThat(open).allSatisfy(batch -> assertThat(batch.chunk()).isEqualTo(end.chunk()));
                rows.merge(table, end.rows(), end.chunk().number() == 0 ? (old, next) -> next : Long::sum);
                before.add(end.range());
                open.clear();
            } else if (record instanceof CopyEnd end) {
                assertThat(end.group()).isEqualTo(group);
                ranges.forEach((table, all) -> {
                    assertThat(end.chunksByTable()).containsEntry(new TableId(migration.name, table), all.size());
                    assertThat(all.get(0).from()).isEmpty();
                    assertThat(all.get(all.size() - 1).to()).isEmpty();
                    for (int i = 1; i < all.size(); i++) {
                        assertThat(all.get(i - 1).isFollowedBy(all.get(i))).isTrue();
                    }
                });
                assertThat(end.chunksByTable()).hasSameSizeAs(ranges);
            }
        }
        return rows;
    }

    private static List<String> begins(BackfillFixture.Migration migration) {
        return migration.copies().stream()
                .filter(CopyBegin.class::isInstance)
                .map(record -> ((CopyBegin) record).group())
                .toList();
    }

    private static Map<String, Long> allRows() {
        return Map.of("parent", (long) PARENTS, "child", (long) CHILDREN, "empty", 0L, "other", 1L);
    }

    @Test
    void everyTableOfAGroupStandsInChunksBetweenTheBeginAndTheEndOfItsCopyAlsoIfItIsEmpty() throws Throwable {
        // Given
        BackfillFixture.Migration migration = families("whole");
        MigrationPlan plan = plan(migration);
        ChunkPlanSeal seal = migration.planChunks(plan, settings(migration), Faults.NONE);
        // When
        List<TableProgress> progress = migration.backfill(plan, settings(migration), Faults.NONE);
        // Then
        assertThat(seal.chunksByTable()).isEmpty(); // the readers have nothing to do with these tables
        assertThat(migration.chunks())
                .allSatisfy(partition -> assertThat(partition).isEmpty());
        assertThat(rows(migration)).isEqualTo(allRows());
        assertThat(begins(migration)).containsExactly("whole.parent", "whole.empty");
        assertThat(migration.copies()).last().isInstanceOf(CopyEnd.class);
        assertThat(migration.copies().stream().filter(ChunkEnd.class::isInstance))
                .hasSizeBetween(9, 14);
        assertThat(progress)
                .filteredOn(table -> table.table().name().equals("child"))
                .singleElement()
                .satisfies(child -> assertThat(child.rows()).isEqualTo(CHILDREN));
    }

    @Test
    void aTableWithoutAKeyIsCopiedWithAllItsEqualRowsInChunksByNumber() throws Throwable {
        // Given
        BackfillFixture.Migration migration = fixture.migration(
                "keyless",
                "create table log (line varchar(60), n int, key (n))",
                "create table nothing (line varchar(60))",
                "insert into log select repeat('x', 50), seq % 3 from seq_1_to_" + CHILDREN);
        MigrationPlan plan = migration.plan(List.of(List.of("log"), List.of("nothing")));
        migration.planChunks(plan, settings(migration), Faults.NONE);
        // When
        migration.backfill(plan, settings(migration), Faults.NONE);
        // Then
        assertThat(rows(migration)).isEqualTo(Map.of("log", (long) CHILDREN, "nothing", 0L));
        List<KeyRange> ranges = migration.copies().stream()
                .filter(ChunkEnd.class::isInstance)
                .map(end -> ((ChunkEnd) end).range())
                .toList();
        assertThat(ranges).hasSizeGreaterThan(5).last().isEqualTo(KeyRange.ALL);
        assertThat(ranges.get(0).to()).hasValueSatisfying(border -> {
            long number = ByteBuffer.wrap(border.bytes()).getLong(border.row().offsetOf(0));
            assertThat(border).isEqualTo(RowNumber.of(number));
            assertThat(number).isBetween(1_000L, 2_000L);
        });
        assertThat(ranges.get(0).describe(RowNumber.COLUMNS)).startsWith("(first, (1");
    }

    @Test
    void aValueThatCannotBeEncodedInATableWithoutAKeyIsNamedByItsColumn() throws Throwable {
        // Given
        BackfillFixture.Migration migration = fixture.migration(
                "keylessnul", "create table log (line varchar(60))", "insert into log values (concat('a', char(0)))");
        MigrationPlan plan = migration.plan(List.of(List.of("log")));
        migration.planChunks(plan, settings(migration), Faults.NONE);
        // When, Then
        assertThatThrownBy(() -> migration.backfill(plan, settings(migration), Faults.NONE))
                .isInstanceOf(MigrationException.class)
                .hasMessageContaining("source column keylessnul.log.line holds a NUL character");
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.MATCH_ANY,
            names = {"COPY_.*", "BACKFILL_.*CHUNK.*"})
    void isBegunAgainWholeWhenItDiesAtAPointBeforeItsEndAndNeverAfterIt(FaultPoint point) throws Throwable {
        // Given
        BackfillFixture.Migration migration =
                families("dies" + point.name().toLowerCase(Locale.ROOT).replace('_', '-'));
        int times = point.name().startsWith("COPY_") ? 1 : 5;
        AtomicInteger reached = new AtomicInteger();
        assertThatThrownBy(() -> backfill(migration, at -> {
                    if (at == point && reached.incrementAndGet() == times) {
                        throw new IllegalStateException("died at " + at);
                    }
                }))
                .hasMessage("died at " + point);
        fixture.server.execute(migration.name, "delete from child where id > 100", "delete from parent where id > 50");
        // When
        backfill(migration, Faults.NONE);
        // Then
        String parent = migration.name + ".parent";
        String empty = migration.name + ".empty";
        if (point == FaultPoint.COPY_AFTER_END) {
            assertThat(begins(migration)).containsExactly(parent, empty);
            assertThat(rows(migration)).isEqualTo(allRows());
        } else {
            assertThat(begins(migration)).containsExactly(parent, parent, empty);
            assertThat(rows(migration)).isEqualTo(Map.of("parent", 50L, "child", 100L, "empty", 0L, "other", 1L));
        }
    }

    @Test
    void isBegunAgainInTheSameProcessWhenTheSourceClosesItsConnection() throws Throwable {
        // Given
        BackfillFixture.Migration migration = families("killed");
        AtomicBoolean killed = new AtomicBoolean();
        // When
        backfill(migration, point -> {
            if (point == FaultPoint.COPY_AFTER_BEGIN && killed.compareAndSet(false, true)) {
                BackfillIT.killSessions(fixture, "killed");
            }
        });
        // Then
        assertThat(begins(migration)).containsExactly("killed.parent", "killed.parent", "killed.empty");
        assertThat(rows(migration)).isEqualTo(allRows());
    }

    @Test
    void aValueThatCannotBeEncodedStopsItWithTheRowAndLeavesTheCopyWithoutAnEnd() throws Throwable {
        // Given
        BackfillFixture.Migration migration = families("nul");
        fixture.server.execute("nul", "update child set name = concat('a', char(0)) where id = 8000");
        // When, Then
        assertThatThrownBy(() -> backfill(migration, Faults.NONE))
                .isInstanceOf(MigrationException.class)
                .hasMessageContaining("nul.child.name of row")
                .hasMessageContaining("8000")
                .hasMessageContaining("copy of order group nul.parent has no end");
        assertThat(migration.copies()).noneMatch(CopyEnd.class::isInstance);
    }

    @Test
    void aGroupThatTheTargetHoldsWholeIsNotCopiedAgainThoughTheLogHasLostItsBeginAndItsEnd() throws Throwable {
        // Given
        BackfillFixture.Migration migration = families("held");
        MigrationPlan plan = plan(migration);
        migration.planChunks(plan, settings(migration), Faults.NONE);
        Set<TableId> onTarget = Set.of(new TableId("held", "parent"), new TableId("held", "child"));
        // When
        migration.backfill(plan, settings(migration), BackfillGate.OPEN, onTarget, Faults.NONE);
        // Then
        assertThat(begins(migration)).containsExactly("held.empty");
    }

    @Test
    void waitsBetweenTwoChunksWhileTheGateIsShut() throws Throwable {
        // Given
        BackfillFixture.Migration migration = families("waits");
        MigrationPlan plan = plan(migration);
        migration.planChunks(plan, settings(migration), Faults.NONE);
        AtomicInteger passed = new AtomicInteger();
        AtomicInteger turnedAway = new AtomicInteger();
        List<Long> offsets = new ArrayList<>();
        BackfillGate gate = new BackfillGate() {
            @Override
            public boolean isOpen() {
                return passed.get() != 2 || turnedAway.incrementAndGet() > 3;
            }

            @Override
            public void passed(int partition, long offset, long bytes) {
                if (passed.incrementAndGet() == 3 && turnedAway.get() <= 3) {
                    throw new IllegalStateException("a chunk went through a gate that was shut");
                }
                offsets.add(offset);
            }
        };
        // When
        migration.backfill(plan, settings(migration), gate, Faults.NONE);
        // Then
        assertThat(turnedAway).hasValueGreaterThan(3);
        assertThat(rows(migration)).isEqualTo(allRows());
        assertThat(offsets).isSorted().doesNotHaveDuplicates().hasSizeBetween(9, 14);
    }

    @Test
    void readsNothingFromASourceThatDoesNotShowTheMarker() throws Throwable {
        // Given
        BackfillFixture.Migration migration = families("unmarked");
        MigrationPlan plan = plan(migration);
        BackfillSettings settings = new BackfillSettings(BackfillFixture.READERS, 600_000, 32 * 1024, "never-written");
        migration.planChunks(plan, settings, Faults.NONE);
        // When, Then
        assertThatThrownBy(() -> migration.backfill(plan, settings, Faults.NONE))
                .isInstanceOf(MigrationException.class)
                .hasMessageContaining("never-written")
                .hasMessageContaining("nothing was read");
        assertThat(migration.copies()).isEmpty();
    }
}
