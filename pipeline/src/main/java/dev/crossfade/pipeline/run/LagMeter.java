package dev.crossfade.pipeline.run;

import dev.crossfade.model.MigrationException;
import dev.crossfade.sink.control.FenceBoard;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures how far the target is behind: about once a second it writes a marker on the source and waits until its fence has passed
 * on the target. So an idle source shows its true lag, and a stuck one shows a lag that grows. One thread of its own.
 */
final class LagMeter implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LagMeter.class);
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration KEEP_FENCES = Duration.ofMinutes(10);

    private final Markers markers;
    private final FenceBoard board;
    private final Thread thread = new Thread(this::measure, "lag-meter");
    private volatile long sentAtNanos;
    private volatile boolean waiting;
    private volatile @Nullable Duration measured; // null until a marker has come through

    LagMeter(Markers markers, FenceBoard board) {
        this.markers = markers;
        this.board = board;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** The last measurement, or what the marker under way has taken so far if that is more; empty until one has come through. */
    Optional<Duration> lag() {
        Duration last = measured;
        if (last == null) {
            return Optional.empty();
        }
        Duration underWay = waiting ? Duration.ofNanos(System.nanoTime() - sentAtNanos) : Duration.ZERO;
        return Optional.of(underWay.compareTo(last) > 0 ? underWay : last);
    }

    private void measure() {
        long lastCleanup = System.nanoTime();
        try {
            while (!Thread.currentThread().isInterrupted()) {
                measureOnce();
                if (System.nanoTime() - lastCleanup > KEEP_FENCES.toNanos()) {
                    board.forgetOlderThan(KEEP_FENCES);
                    lastCleanup = System.nanoTime();
                }
                TimeUnit.NANOSECONDS.sleep(INTERVAL.toNanos());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void measureOnce() throws InterruptedException {
        try {
            sentAtNanos = System.nanoTime();
            waiting = true;
            board.awaitPassed(markers.writeFence("lag"), PATIENCE);
            measured = Duration.ofNanos(System.nanoTime() - sentAtNanos);
            waiting = false;
        } catch (MigrationException e) {
            // Either side may be away for a while. The marker stays under way, so the lag that is shown goes on
            // growing.
            log.atWarn().addKeyValue("reason", String.valueOf(e.getMessage())).log("lag could not be measured");
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
