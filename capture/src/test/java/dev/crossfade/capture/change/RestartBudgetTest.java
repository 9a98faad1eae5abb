package dev.crossfade.capture.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.MigrationException;
import java.io.EOFException;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RestartBudgetTest {
    private final Throwable outage = new UncheckedIOException(new EOFException("connection lost"));
    private final Throwable strange = new IllegalStateException("no such table in the history");

    private final RestartBudget budget = new RestartBudget(Duration.ofMinutes(10));

    @Test
    void theFirstFailureIsFollowedByAnAttemptAtOnce() {
        assertThat(budget.next(outage, 0)).isZero();
    }

    @Test
    void pausesGrowToTenSeconds() {
        Duration pause = Duration.ZERO;
        for (int i = 0; i < 20; i++) {
            Duration next = budget.next(outage, i);
            assertThat(next).isGreaterThanOrEqualTo(pause);
            pause = next;
        }
        assertThat(pause).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void anOutageIsWaitedForAsLongAsTheSettingsSay() {
        budget.next(outage, 0);
        assertThat(budget.next(outage, Duration.ofMinutes(9).toNanos())).isPositive();
        assertThatThrownBy(() -> budget.next(outage, Duration.ofMinutes(11).toNanos()))
                .isInstanceOfSatisfying(
                        MigrationException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.SOURCE))
                .hasMessageContaining("connection lost");
    }

    @Test
    void whatNoOutageExplainsIsTriedFiveTimes() {
        for (int i = 0; i < 4; i++) {
            budget.next(strange, i);
        }
        assertThatThrownBy(() -> budget.next(strange, 5))
                .isInstanceOf(MigrationException.class)
                .hasMessageContaining("no such table in the history");
    }

    @Test
    void progressForgivesWhatWasBefore() {
        for (int i = 0; i < 4; i++) {
            budget.next(strange, i);
        }
        budget.progressed();
        assertThat(budget.next(strange, 5)).isZero();
    }

    @Test
    void whatAPersonMustMendIsNotTriedAgain() {
        MigrationException fatal = new MigrationException(ErrorKind.SOURCE, "table t was truncated");
        assertThatThrownBy(() -> budget.next(fatal, 0)).isSameAs(fatal);
    }
}
