package dev.crossfade.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RatesTest {
    @Test
    void theMedianIsTakenOfEachColumnByItself() {
        List<Rates> rounds = List.of(new Rates(1, 20, 300), new Rates(3, 10, 200), new Rates(2, 30, 100));

        assertThat(Rates.median(rounds)).isEqualTo(new Rates(2, 20, 200));
    }

    @Test
    void theMedianOfTwoIsTheLowerOne() {
        assertThat(Rates.median(List.of(new Rates(2, 1, 4), new Rates(1, 2, 3))))
                .isEqualTo(new Rates(1, 1, 3));
    }

    @Test
    void theTableHasALineForEachRoundAndOneForTheMedian() {
        assertThat(Rates.table(List.of(new Rates(1_234_567.8, 10, 0.4))))
                .containsExactly(
                        "| | backfill, rows/s | capture and transform, changes/s | sink, changes/s |",
                        "| --- | --- | --- | --- |",
                        "| round 1 | 1,234,568 | 10 | 0 |",
                        "| **median** | 1,234,568 | 10 | 0 |");
    }
}
