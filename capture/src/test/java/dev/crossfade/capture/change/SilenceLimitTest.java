package dev.crossfade.capture.change;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SilenceLimitTest {
    private final SilenceLimit limit = new SilenceLimit(Duration.ofSeconds(2));

    @Test
    void isThreeHeartbeats() {
        assertThat(limit.usual()).hasSeconds(6);
        assertThat(limit.afterOpening()).hasSeconds(6);
    }

    @Test
    void growsBeforeTheFirstRecordUntilOneComes() {
        limit.unheard();
        assertThat(limit.afterOpening()).hasSeconds(12);
        limit.unheard();
        assertThat(limit.afterOpening()).hasSeconds(24);
        assertThat(limit.usual()).hasSeconds(6);

        limit.heard();

        assertThat(limit.afterOpening()).hasSeconds(6);
    }

    @Test
    void growsToThreeMinutesAndNotBeyond() {
        for (int i = 0; i < 100; i++) {
            limit.unheard();
        }
        assertThat(limit.afterOpening()).isEqualTo(SilenceLimit.LONGEST);
    }

    @Test
    void isNeverLessThanThreeHeartbeats() {
        SilenceLimit slow = new SilenceLimit(Duration.ofMinutes(2));
        slow.unheard();
        assertThat(slow.afterOpening()).hasMinutes(6);
    }
}
