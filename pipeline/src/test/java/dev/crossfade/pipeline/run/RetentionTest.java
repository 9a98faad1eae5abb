package dev.crossfade.pipeline.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RetentionTest {
    @Test
    void kafkaThatKeepsOffsetsForAWeekIsWorthAWord() {
        assertThat(Retention.advice(Duration.ofDays(7))).hasValueSatisfying(advice -> assertThat(advice)
                .contains("168 hours after it came to a standstill")
                .contains("must begin anew")
                .contains("set offsets.retention.minutes of the brokers to 2147483647"));
    }

    @Test
    void kafkaThatKeepsOffsetsForMonthsIsNot() {
        assertThat(Retention.advice(Duration.ofMinutes(Integer.MAX_VALUE))).isEmpty();
        assertThat(Retention.advice(Duration.ofDays(90))).isEmpty();
    }
}
