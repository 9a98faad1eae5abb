package dev.crossfade.sink;

import static dev.crossfade.sink.StopTarget.VISITS_UNIT;
import static dev.crossfade.sink.StopTarget.gone;
import static dev.crossfade.sink.StopTarget.visit;
import static dev.crossfade.sink.TestPlans.upsert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.crossfade.model.FaultPoint;
import dev.crossfade.model.Faults;
import dev.crossfade.model.RowRecord;
import dev.crossfade.sink.stop.Stop;
import dev.crossfade.sink.stop.StopState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A stopped table is taken up again: what it missed is applied once each, and then it runs with the others. */
class UnitReplayIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @AutoClose
    private final StopTarget target;

    UnitReplayIT() throws InterruptedException {
        target = new StopTarget();
    }

    /** Stops the table at its first row, and mends the cause. */
    private void stopAndMend() throws InterruptedException {
        target.database().execute("alter table visits add constraint few check (pages < 1000)");
        target.write(0, visit(0, 1_000), upsert(1, "a"));
        target.applyAll(Faults.NONE);
        assertThat(target.board().read(VISITS_UNIT)).isPresent();
        target.database().execute("alter table visits drop constraint few");
    }

    private static RowRecord[] visits(long from, long to) {
        return LongStream.range(from, to).mapToObj(id -> visit(id, id)).toArray(RowRecord[]::new);
    }

    private static List<String> expected(long to) {
        return LongStream.range(0, to)
                .mapToObj(id -> id + "|" + (id == 0 ? 1_000 : id))
                .toList();
    }

    private void awaitRunning() {
        await().atMost(PATIENCE).until(() -> target.board().read(VISITS_UNIT).isEmpty());
    }

    private Set<Integer> holds() {
        return target.board().holds(VISITS_UNIT).keySet();
    }

    private void awaitLockWait(String query) {
        await().atMost(PATIENCE).until(() -> !target.database()
                .rows("select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like '" + query + "'")
                .isEmpty());
    }

    @Test
    void whatWasHeldBackIsAppliedOnceInEveryPartitionAndNothingIsLeftBehind() throws InterruptedException {
        stopAndMend();
        target.write(0, visits(1, 1_001));
        target.write(1, visits(1_001, 2_001));
        try (Sink sink = target.sink(Faults.NONE)) {
            sink.startRows();
            target.awaitApplied();
            assertThat(target.writes()).isEmpty();

            assertThat(target.beginReplay()).isTrue();
            sink.startReplay(VISITS_UNIT, holds());
            awaitRunning();

            assertThat(target.visits()).isEqualTo(expected(2_001));
            assertThat(target.writes()).hasSize(2_001);
            assertThat(sink.progress().changesApplied()).isEqualTo(2_001);
            await().atMost(PATIENCE).until(() -> !sink.isReplaying());
            target.write(0, visit(5_000, 5));
            target.awaitApplied();
            assertThat(target.visits()).contains("5000|5");
        }
        assertThat(target.database().rows("select * from crossfade.table_hold")).isEmpty();
    }

    @Test
    void ordersAreAppliedAndFencesPassWhileVisitsAreReplayed() throws InterruptedException {
        CountDownLatch replayed = new CountDownLatch(1);
        stopAndMend();
        target.write(0, visits(1, 11));
        try (Sink sink = target.sink(point -> {
            if (point == FaultPoint.REPLAY_BEFORE_COMMIT) {
                awaitLatch(replayed);
            }
        })) {
            sink.startRows();
            target.awaitApplied();
            target.beginReplay();
            sink.startReplay(VISITS_UNIT, holds());

            target.write(0, upsert(2, "b"));
            target.write(1, upsert(3, "c"));
            target.awaitApplied();

            assertThat(target.database().rows("select id from orders order by 1"))
                    .containsExactly("1", "2", "3");
            assertThat(target.writes()).isEmpty();
            replayed.countDown();
            awaitRunning();
        }
        assertThat(target.visits()).isEqualTo(expected(11));
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            assertThat(latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void theLastStepWaitsForABatchThatHasPassedTheTableOver() throws InterruptedException {
        CountDownLatch batch = new CountDownLatch(1);
        AtomicBoolean inBatch = new AtomicBoolean();
        stopAndMend();
        try (Sink sink = target.sink(point -> {
            if (point == FaultPoint.SINK_BEFORE_COMMIT
                    && Thread.currentThread().getName().equals("row-applier-0")
                    && inBatch.compareAndSet(false, true)) {
                awaitLatch(batch);
            }
        })) {
            target.beginReplay();
            target.write(0, visits(1, 4)); // the applier passes them over, and is held up before its COMMIT
            sink.startRows();
            await().atMost(PATIENCE).untilTrue(inBatch);

            sink.startReplay(VISITS_UNIT, holds());
            awaitLockWait("%crossfade.progress%for update%");
            target.write(0, visits(4, 6));
            batch.countDown();
            awaitRunning();
            target.awaitApplied();
        }

        assertThat(target.writes()).isEqualTo(expected(6));
    }

    @Test
    void aBatchThatWaitsForTheLastStepFindsTheTableRunning() throws InterruptedException {
        CountDownLatch release = new CountDownLatch(1);
        AtomicBoolean inRelease = new AtomicBoolean();
        stopAndMend();
        target.write(0, visits(1, 4));
        try (Sink sink = target.sink(point -> {
            if (point == FaultPoint.REPLAY_BEFORE_RELEASE
                    && Thread.currentThread().getName().equals("replay-0")
                    && inRelease.compareAndSet(false, true)) {
                awaitLatch(release);
            }
        })) {
            sink.startRows();
            target.awaitApplied();
            target.beginReplay();
            sink.startReplay(VISITS_UNIT, holds());
            await().atMost(PATIENCE).untilTrue(inRelease);

            target.write(0, visits(4, 8));
            awaitLockWait("%update crossfade.progress%");
            release.countDown();
            awaitRunning();
            target.awaitApplied();
        }

        assertThat(target.writes()).isEqualTo(expected(8));
    }

    @ParameterizedTest
    @EnumSource(
            value = FaultPoint.class,
            names = {"REPLAY_BEFORE_COMMIT", "REPLAY_AFTER_COMMIT", "REPLAY_BEFORE_RELEASE", "REPLAY_AFTER_RELEASE"})
    void everyRowIsAppliedOnceWhereverTheConnectionBreaks(FaultPoint at) throws InterruptedException {
        Set<String> broken = ConcurrentHashMap.newKeySet();
        stopAndMend();
        target.write(0, visits(1, 501));
        target.write(1, visits(501, 1_001));
        try (Sink sink = target.sink(point -> {
            if (point == at && broken.add(Thread.currentThread().getName())) {
                throw TestFaults.connectionBroke();
            }
        })) {
            sink.startRows();
            target.awaitApplied();
            target.beginReplay();

            sink.startReplay(VISITS_UNIT, holds());
            awaitRunning();
            target.awaitApplied();
        }

        assertThat(broken).hasSize(2);
        assertThat(target.writes()).hasSize(1_001);
        assertThat(target.visits()).isEqualTo(expected(1_001));
    }

    @Test
    void anotherRunGoesOnWithAReplay() throws InterruptedException {
        Set<FaultPoint> reached = EnumSet.noneOf(FaultPoint.class);
        stopAndMend();
        target.write(0, visits(1, 501));
        target.applyAll(Faults.NONE);
        target.beginReplay();
        try (Sink sink = target.sink(point -> {
            if (point == FaultPoint.REPLAY_AFTER_COMMIT && reached.add(point)) {
                throw new IllegalStateException("the process dies");
            }
        })) {
            sink.startReplay(VISITS_UNIT, holds());
            await().atMost(PATIENCE).until(() -> sink.failure().isDone());
        }

        try (Sink sink = target.sink(Faults.NONE)) {
            sink.startRows();
            sink.startReplay(VISITS_UNIT, holds());
            awaitRunning();
        }

        assertThat(target.writes()).isEqualTo(expected(501));
    }

    @Test
    void aTableWhoseCauseIsNotMendedStopsAgainAndLosesNothing() throws InterruptedException {
        stopAndMend();
        target.write(0, visits(1, 4));
        target.database().execute("alter table visits add constraint none check (pages <> 3)");
        try (Sink sink = target.sink(Faults.NONE)) {
            sink.startRows();
            target.awaitApplied();
            target.beginReplay();
            sink.startReplay(VISITS_UNIT, holds());
            await().atMost(PATIENCE).until(() -> !sink.isReplaying());

            Stop again = target.board().read(VISITS_UNIT).orElseThrow();
            assertThat(again.state()).isEqualTo(StopState.STOPPED);
            assertThat(again.cause().reason()).contains("public.visits (3)");
            assertThat(target.writes()).isEmpty();
            target.database().execute("alter table visits drop constraint none");
            assertThat(target.beginReplay()).isTrue();
            sink.startReplay(VISITS_UNIT, holds());
            awaitRunning();
        }

        assertThat(target.writes()).isEqualTo(expected(4));
    }

    @Test
    void aPartitionThatRunsAgainMayStopTheTableOnceMore() throws InterruptedException {
        CountDownLatch other = new CountDownLatch(1);
        stopAndMend();
        target.write(1, visits(1, 4));
        try (Sink sink = target.sink(point -> {
            if (point == FaultPoint.REPLAY_BEFORE_COMMIT
                    && Thread.currentThread().getName().equals("replay-1")) {
                awaitLatch(other);
            }
        })) {
            sink.startRows();
            target.awaitApplied();
            target.beginReplay();
            sink.startReplay(VISITS_UNIT, holds());
            await().atMost(PATIENCE).until(() -> holds().equals(Set.of(1)));
            target.database().execute("alter table visits add constraint few check (pages < 2000)");
            target.write(0, visit(9_000, 9_000), visit(9_001, 1));
            target.awaitApplied();

            assertThat(target.board().read(VISITS_UNIT).orElseThrow().state()).isEqualTo(StopState.STOPPED);
            assertThat(holds()).containsExactlyInAnyOrder(0, 1);
            other.countDown();
            await().atMost(PATIENCE).until(() -> !sink.isReplaying());
            target.database().execute("alter table visits drop constraint few");
            assertThat(target.beginReplay()).isTrue();
            sink.startReplay(VISITS_UNIT, holds());
            awaitRunning();
        }

        assertThat(target.writes()).hasSize(6).doesNotHaveDuplicates();
        assertThat(target.visits()).contains("9000|9000", "9001|1", "3|3");
    }

    @Test
    void everyRowIsAppliedOnceWhileWritingGoesOnAndTheTableStopsAndRunsAgain() throws Exception {
        int rounds = 6;
        stopAndMend();
        ExecutorService writer = Executors.newSingleThreadExecutor();
        AtomicBoolean enough = new AtomicBoolean();
        try (Sink sink = target.sink(Faults.NONE)) {
            sink.startRows();
            Future<Long> written = writer.submit(() -> {
                long id = 1;
                while (!enough.get()) {
                    target.write((int) (id / 50 % 2), visits(id, id + 50));
                    id += 50;
                }
                return id;
            });
            List<String> stops = new ArrayList<>();
            for (int round = 0; round < rounds; round++) {
                assertThat(target.beginReplay()).isTrue();
                sink.startReplay(VISITS_UNIT, holds());
                awaitRunning();
                await().atMost(PATIENCE).until(() -> !sink.isReplaying());
                if (round < rounds - 1) {
                    target.database().execute("alter table visits add constraint never check (false) not valid");
                    await().atMost(PATIENCE)
                            .until(() -> target.board().read(VISITS_UNIT).isPresent());
                    target.database().execute("alter table visits drop constraint never");
                    stops.add("stopped");
                }
            }
            enough.set(true);
            long end = written.get(30, TimeUnit.SECONDS);
            target.awaitApplied();

            assertThat(stops).hasSize(rounds - 1);
            assertThat(target.board().read()).isEmpty();
            assertThat(target.visits()).isEqualTo(expected(end));
            assertThat(target.writes()).hasSize((int) end).doesNotHaveDuplicates();
        } finally {
            writer.shutdownNow();
        }
    }

    @Test
    void aDeleteThatWasHeldBackTakesTheRowAwayInItsPlace() throws InterruptedException {
        stopAndMend();
        target.write(0, visit(1, 1), gone(1), visit(2, 2), gone(0), visit(1, 11));
        try (Sink sink = target.sink(Faults.NONE)) {
            sink.startRows();
            target.awaitApplied();
            target.beginReplay();
            sink.startReplay(VISITS_UNIT, holds());
            awaitRunning();
        }

        assertThat(target.visits()).containsExactly("1|11", "2|2");
    }
}
