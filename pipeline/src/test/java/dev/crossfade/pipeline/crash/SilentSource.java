package dev.crossfade.pipeline.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.testkit.ChildProcess;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import org.awaitility.Awaitility;

/**
 * The connections to the source freeze: their bytes neither pass nor fail. Capture must notice within three heartbeats of the last thing
 * that it received; what had come before the freeze may wait in its buffers for seconds.
 */
final class SilentSource {
    /** Three heartbeats of two seconds each, and what a busy machine takes. */
    private static final Duration NOTICED_WITHIN = Duration.ofSeconds(6 + 4);

    private static final Duration POLL = Duration.ofMillis(200);

    private final ChaosStage stage;
    private final ChildProcess child;
    private final long noticesBefore;
    private final long frozenAt = System.nanoTime();
    private long written = -1;
    private long writtenAt = frozenAt;

    private SilentSource(ChaosStage stage) {
        this.stage = stage;
        this.child = stage.keeper.present();
        this.noticesBefore = notices();
    }

    /** Freezes, and waits until it is noticed. Returns when. */
    static String of(ChaosStage stage) {
        stage.keeper.awaitReadingOfTheLog(ChaosStage.PATIENCE); // before that there is nothing that could fall silent
        SilentSource silence = new SilentSource(stage);
        stage.wayToSource.freeze();
        Awaitility.await("the silent source is noticed")
                .atMost(ChaosStage.PATIENCE)
                .pollInterval(POLL)
                .until(silence::isNoticed);
        return "noticed after " + millisSince(silence.writtenAt) + " ms of silence, " + millisSince(silence.frozenAt)
                + " ms after the freeze";
    }

    private boolean isNoticed() throws ExecutionException, InterruptedException {
        boolean noticed = notices() > noticesBefore;
        long now = stage.writtenByCapture();
        if (!noticed && now != written) {
            written = now;
            writtenAt = System.nanoTime();
        }
        assertThat(Duration.ofMillis(millisSince(writtenAt)))
                .as("silence before it is noticed")
                .isLessThan(NOTICED_WITHIN);
        return noticed;
    }

    private long notices() {
        return child.output().stream()
                .filter(line -> line.contains("the source has sent nothing for"))
                .count();
    }

    private static long millisSince(long nanoTime) {
        return Duration.ofNanos(System.nanoTime() - nanoTime).toMillis();
    }
}
