package dev.crossfade.capture.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.crossfade.model.Timestamps;
import dev.crossfade.model.ValueException;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CivilDateTest {
    @Test
    void everyDayOfTenThousandYearsIsCountedAsJavaCountsIt() {
        LocalDate end = LocalDate.of(10_000, 1, 1);
        for (LocalDate day = LocalDate.of(1, 1, 1); day.isBefore(end); day = day.plusDays(1)) {
            int days = CivilDate.days(day.getYear(), day.getMonthValue(), day.getDayOfMonth());
            if (days != Timestamps.days(day)) {
                assertThat(days).as(day.toString()).isEqualTo(Timestamps.days(day));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"2023, 2, 29", "1900, 2, 29", "2024, 2, 30", "2024, 4, 31", "2024, 13, 1", "2024, 0, 1", "2024, 1, 0"})
    void dayThatIsInNoCalendarIsRefused(int year, int month, int day) {
        assertThatThrownBy(() -> CivilDate.days(year, month, day))
                .isInstanceOf(ValueException.class)
                .hasMessageContaining("not a day of the calendar");
    }
}
