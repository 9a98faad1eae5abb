package dev.crossfade.bench;

import dev.crossfade.capture.source.MarkerTable;
import dev.crossfade.capture.source.SourceDatabase;
import dev.crossfade.sink.control.FenceBoard;
import dev.crossfade.sink.target.TargetDatabase;
import dev.crossfade.sink.target.TargetPool;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;

/** Makes fences one after the other and takes the time of each. One thread; connections are kept. */
final class FenceTimes implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int CONNECTIONS = 1;

    private final MarkerTable marker;
    private final Connection source;
    private final TargetPool target;
    private final FenceBoard board;

    FenceTimes(ShadowedShop shop) {
        this.marker = new MarkerTable(LedgerShop.DATABASE);
        this.source = SourceDatabase.of(shop.sourceAccess()).openForWriting();
        this.target = new TargetDatabase(shop.targetAccess()).pool(CONNECTIONS);
        this.board = new FenceBoard(target, ShadowedShop.MIGRATION, shop.changePartitions());
    }

    /**
     * One fence. All times are of {@link System#nanoTime}.
     *
     * @param writingAtNanos before the marker's statement was sent
     * @param committedAtNanos when its COMMIT had returned
     * @param passedAtNanos when the board had told that the target has passed the fence
     */
    record Timed(String token, long writingAtNanos, long committedAtNanos, long passedAtNanos) {
        /** From the marker's COMMIT on the source until the target is known to have passed the fence. */
        long fenceNanos() {
            return passedAtNanos - committedAtNanos;
        }

        long commitNanos() {
            return committedAtNanos - writingAtNanos;
        }
    }

    /** Makes {@code count} fences, and pauses after each. */
    List<Timed> take(int count, Duration gap) throws InterruptedException {
        List<Timed> times = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            String token = "bench-" + UUID.randomUUID();
            long writingAt = System.nanoTime();
            marker.write(source, ShadowedShop.MIGRATION, MarkerTable.FENCE, token);
            long committedAt = System.nanoTime();
            board.awaitPassed(token, PATIENCE);
            times.add(new Timed(token, writingAt, committedAt, System.nanoTime()));
            LockSupport.parkNanos(this, gap.toNanos());
        }
        return times;
    }

    @Override
    public void close() {
        target.close();
        try {
            source.close();
        } catch (SQLException e) {
            System.err.println("bench: the marker's connection could not be closed: " + e.getMessage());
        }
    }
}
