package dev.crossfade.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LatenciesTest {
    /** 1 ms to {@code count} ms, the longest first. */
    private static Latencies countingDownFrom(int count) {
        return Latencies.ofNanos(LongStream.rangeClosed(1, count)
                .map(i -> TimeUnit.MILLISECONDS.toNanos(count + 1 - i))
                .boxed()
                .toList());
    }

    @ParameterizedTest
    @CsvSource({
        "1, 50, 1",
        "1, 99, 1",
        "2, 50, 1",
        "2, 51, 2",
        "5, 50, 3",
        "99, 99, 99",
        "100, 1, 1",
        "100, 50, 50",
        "100, 99, 99",
        "100, 100, 100",
        "101, 99, 100",
        "200, 50, 100",
        "200, 90, 180",
        "200, 99, 198",
        "200, 100, 200",
        "1000, 99, 990",
    })
    void percentileIsTheTimeAtTheNearestRank(int count, int percent, double millis) {
        assertThat(countingDownFrom(count).percentileMillis(percent)).isEqualTo(millis);
    }

    @Test
    void fractionsOfMillisecondsStay() {
        Latencies latencies = Latencies.ofNanos(List.of(1_500_000L, 250_000L));

        assertThat(latencies.percentileMillis(50)).isEqualTo(0.25);
        assertThat(latencies.maxMillis()).isEqualTo(1.5);
        assertThat(latencies.count()).isEqualTo(2);
    }

    @Test
    void nothingMeasuredHasNoPercentile() {
        assertThatThrownBy(() -> Latencies.ofNanos(List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no time was measured");
    }

    @ParameterizedTest
    @CsvSource({"0", "-1", "101"})
    void percentileOutsideOfTheRangeIsRefused(int percent) {
        assertThatThrownBy(() -> countingDownFrom(10).percentileMillis(percent))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(String.valueOf(percent))
                .hasMessageContaining("1..100");
    }
}
