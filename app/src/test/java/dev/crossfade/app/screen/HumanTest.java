package dev.crossfade.app.screen;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HumanTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0 ms",
        "84, 84 ms",
        "999, 999 ms",
        "1000, 1.0 s",
        "4249, 4.2 s",
        "9949, 9.9 s",
        "9950, 10 s",
        "59499, 59 s",
        "59500, 1 min 00 s",
        "65000, 1 min 05 s",
        "7500000, 2 h 05 min",
        "273600000, 3 d 4 h"
    })
    void writesDurationsWithTwoUnitsAtMost(long millis, String text) {
        assertThat(Human.duration(Duration.ofMillis(millis))).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 rows/s",
        "940.4, 940 rows/s",
        "12345, 12.3 k rows/s",
        "412000, 412 k rows/s",
        "1450000, 1.45 M rows/s"
    })
    void writesRatesWithDigitsThatStandStill(double rate, String text) {
        assertThat(Human.rate(rate)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0, 0 B", "1023, 1023 B", "1024, 1.0 KiB", "1610612736, 1.5 GiB", "17179869184, 16 GiB"})
    void writesSizesInBinaryUnits(long bytes, String text) {
        assertThat(Human.bytes(bytes)).isEqualTo(text);
    }
}
