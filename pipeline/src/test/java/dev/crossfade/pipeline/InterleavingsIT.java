package dev.crossfade.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.FaultPoint;
import dev.crossfade.model.Faults;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.TopicNames;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The orders of events that lose rows where a mechanism is missing; each test names the pitfall, and where the mechanism stands. Pitfall
 * 41 is shown by {@link CascadeIT}, 43 by capture's own test, 46 by {@link LogIdentityIT}.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class InterleavingsIT {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @AutoClose
    private static Sides sides;

    @BeforeAll
    static void startServers(@TempDir Path directory) {
        sides = Sides.start(directory);
    }

    private static MigrationSpec items(String name) {
        sides.createDatabases(
                name,
                "create table items (id int unsigned primary key, name varchar(60))",
                "insert into items select seq * 2, concat('item ', seq) from seq_1_to_4000");
        return sides.spec(name + "-move", name);
    }

    private static Migration withFaults(MigrationSpec spec, Faults faults) {
        return Migration.of(spec, KafkaSource.at(spec.kafka()), faults);
    }

    /**
     * Pitfall 44: a transaction is in the log before the first position, but the server waits for a replica before it shows it. Nothing
     * captures it, so every chunk must be read after it became visible. Fails where the marker that readers must see is written before
     * the first position is durable, and not after ({@code Parts.startBackfill}).
     */
    @Test
    void whatIsInTheLogBeforeTheFirstPositionAndNotYetVisibleIsReadByTheChunks() throws Exception {
        MigrationSpec spec = items("unseen");
        ExecutorService writer = Executors.newSingleThreadExecutor();
        CompletableFuture<Void> committed = new CompletableFuture<>();
        CountDownLatch logged = new CountDownLatch(1);
        Faults withholding = point -> {
            if (point == FaultPoint.CAPTURE_AFTER_MARKER_TABLE) {
                List<String> before = sides.onSource("unseen", "select @@gtid_binlog_pos");
                sides.source.execute(
                        "",
                        "set global rpl_semi_sync_master_wait_point = 'AFTER_SYNC'",
                        "set global rpl_semi_sync_master_timeout = 300000",
                        "set global rpl_semi_sync_master_enabled = on");
                writer.execute(() -> {
                    sides.source.execute("unseen", "update items set name = 'unseen' where id % 5 = 0");
                    committed.complete(null);
                });
                await().atMost(PATIENCE).until(() -> !sides.onSource("unseen", "select @@gtid_binlog_pos")
                        .equals(before));
                logged.countDown();
            }
        };
        try (RunningMigration run = RunningMigration.until(withFaults(spec, withholding), Phase.SHADOWING)) {
            await().atMost(PATIENCE)
                    .until(() -> run.phases().contains(Phase.CATCHING_UP) || isMarkerWaiting() || run.hasEnded());
            assertThat(logged.getCount()).isZero();
            assertThat(committed).isNotDone();
            assertThat(sides.onSource("unseen", "select count(*) from items where name = 'unseen'"))
                    .containsExactly("0");

            sides.source.execute("", "set global rpl_semi_sync_master_enabled = off");

            run.awaitEnd();
        } finally {
            sides.source.execute("", "set global rpl_semi_sync_master_enabled = off");
            writer.shutdown();
        }
        assertThat(sides.assertEqual("unseen", "items")).isEqualTo(4_000);
        assertThat(sides.onTarget("unseen", "select count(*) from items where name = 'unseen'"))
                .containsExactly("800");
    }

    private static boolean isMarkerWaiting() {
        return !sides.onSource("unseen", """
                select id from information_schema.processlist
                where info like '%crossfade_marker%' and id <> connection_id() and time_ms > 1000""").isEmpty();
    }

    /**
     * Pitfall 44: a transaction that was prepared since the checks is in the log before the first position, too, and becomes visible
     * whenever somebody commits it. Fails without {@code Markers.refusePreparedTransactions}.
     */
    @Test
    void aTransactionThatIsPreparedIsRefusedBeforeAnyChunkIsRead() throws Exception {
        MigrationSpec spec = items("prepared");
        try (Connection connection = sides.source.connect("prepared");
                Statement session = connection.createStatement()) {
            Faults preparing = point -> {
                if (point == FaultPoint.CAPTURE_AFTER_MARKER_TABLE) {
                    prepare(session);
                }
            };
            try (RunningMigration run = RunningMigration.until(withFaults(spec, preparing), Phase.SHADOWING)) {
                assertThatThrownBy(run::awaitEnd)
                        .isInstanceOfSatisfying(MigrationException.class, refused -> assertThat(refused.kind())
                                .isEqualTo(ErrorKind.SOURCE))
                        .hasMessageContaining("prepared XA transactions")
                        .hasMessageContaining("no chunk was read");
            }

            session.execute("xa commit 'open'");
        }
        try (RunningMigration run = RunningMigration.until(spec, Phase.SHADOWING)) {
            run.awaitEnd();
        }
        assertThat(sides.assertEqual("prepared", "items")).isEqualTo(4_000);
        assertThat(sides.onTarget("prepared", "select count(*) from items where name = 'prepared'"))
                .containsExactly("800");
    }

    private static void prepare(Statement session) {
        try {
            session.execute("xa start 'open'");
            session.execute("update items set name = 'prepared' where id % 5 = 0");
            session.execute("xa end 'open'");
            session.execute("xa prepare 'open'");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Pitfall 45: a chunk is read again after a death, and its batches have other borders, because the source went on. Neither what the
     * dead reader left in the log nor what the dead applier left on the target may count. Fails where the applier reads what is not
     * committed ({@code PartitionReader}), and where the ledger's row is not of the chunk's own transaction ({@code ChunkApplier}).
     */
    @Test
    void aChunkThatIsReadAgainWithOtherBatchBordersArrivesWholeAndOnce() throws Exception {
        MigrationSpec spec = Sides.withSettings(items("borders"), new RunSettings(3, 2, 64 << 10, 4 << 10));
        KilledMigration.run(spec, "borders", FaultPoint.BACKFILL_WITHIN_CHUNK);
        sides.source.execute(
                "borders",
                "insert into items select seq * 2 + 1, concat('between ', seq) from seq_0_to_2999",
                "delete from items where id % 7 = 0");
        KilledMigration.run(spec, "borders", FaultPoint.BACKFILL_BEFORE_CHUNK_COMMIT);
        sides.source.execute("borders", "update items set name = repeat('wide', 15) where id % 3 = 0");
        KilledMigration.run(spec, "borders", FaultPoint.SINK_WITHIN_CHUNK);
        sides.source.execute("borders", "delete from items where id % 11 = 0");

        try (RunningMigration run = RunningMigration.until(spec, Phase.SHADOWING)) {
            run.awaitEnd();
        }

        assertThat(sides.assertEqual("borders", "items")).isGreaterThan(5_000);
    }

    /**
     * Pitfall 47: a fence has passed when every partition has met it, not when offsets say so: behind the last record of each partition
     * stands the control record of its transaction, which nobody ever applies. Fails where a fence counts as passed before all its
     * records have come ({@code FenceBoard.isPassed}); an offset that is awaited instead never comes.
     */
    @Test
    void aFenceWaitsForTheSlowestPartitionAndForNoControlRecord() throws Exception {
        MigrationSpec spec = items("slowest");
        CountDownLatch release = new CountDownLatch(1);
        AtomicBoolean written = new AtomicBoolean();
        Faults delaying = point -> {
            if (point == FaultPoint.BACKFILL_AFTER_CHUNK_COMMIT && written.compareAndSet(false, true)) {
                sides.source.execute("slowest", "update items set name = 'changed'");
            }
            if (point == FaultPoint.SINK_BEFORE_COMMIT
                    && Thread.currentThread().getName().equals("row-applier-1")) {
                await().atMost(PATIENCE).until(() -> release.getCount() == 0);
            }
        };
        try (RunningMigration run = RunningMigration.until(withFaults(spec, delaying), Phase.SHADOWING)) {
            run.awaitPhase(Phase.CATCHING_UP);
            await().atMost(PATIENCE).until(() -> sides.onTarget(
                            "slowest",
                            "select rows_partition from crossfade.fence where token like 'caught-up%'"
                                    + " group by 1 having count(*) = 3 order by 1")
                    .equals(List.of("0", "2")));
            assertThat(run.phases()).doesNotContain(Phase.SHADOWING);
            assertThat(sides.onTarget("slowest", "select count(*) > 0 from items where name <> 'changed'"))
                    .containsExactly("t");

            release.countDown();

            run.awaitEnd();
        }
        assertThat(sides.assertEqual("slowest", "items")).isEqualTo(4_000);
        String rows = new TopicNames(spec.name()).rows();
        Map<Integer, Long> ends = LogEnds.of(spec.kafka(), rows);
        assertThat(sides.onTarget(
                        "slowest",
                        "select partition || ' ' || position from crossfade.progress where topic = '" + rows + "'"))
                .hasSameSizeAs(ends.keySet())
                .allSatisfy(row -> {
                    String[] applied = row.split(" ", -1);
                    assertThat(Long.parseLong(applied[1])).isLessThan(ends.get(Integer.valueOf(applied[0])));
                });
    }
}
