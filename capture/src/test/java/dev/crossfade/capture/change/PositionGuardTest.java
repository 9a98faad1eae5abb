package dev.crossfade.capture.change;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.crossfade.capture.change.PositionGuard.LogWentBack;
import dev.crossfade.model.BinlogPosition;
import dev.crossfade.model.ChangePosition;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PositionGuardTest {
    private static ChangePosition at(long begin, String gtid, long event, long row) {
        return new ChangePosition(new BinlogPosition("binlog.000007", begin, "0-1-4"), gtid, event, row);
    }

    @Test
    void rowsAndEventsRiseWithinATransaction() {
        PositionGuard guard = new PositionGuard(Optional.empty());
        assertThatCode(() -> {
                    guard.admit(at(500, "0-1-5", 2, 1));
                    guard.admit(at(500, "0-1-5", 2, 2));
                    guard.admit(at(500, "0-1-5", 5, 1));
                    guard.admit(at(900, "0-1-6", 2, 1));
                })
                .doesNotThrowAnyException();
    }

    @Test
    void refusesATransactionThatIsSentTwice() {
        PositionGuard guard = new PositionGuard(Optional.empty());
        guard.admit(at(500, "0-1-5", 2, 1));
        guard.admit(at(500, "0-1-5", 101, 39));
        assertThatThrownBy(() -> guard.admit(at(500, "0-1-5", 2, 1)))
                .isInstanceOf(LogWentBack.class)
                .hasMessageContaining("event 101 row 39")
                .hasMessageContaining("event 2 row 1");
    }

    @Test
    void refusesTheSameRowTwice() {
        PositionGuard guard = new PositionGuard(Optional.empty());
        guard.admit(at(500, "0-1-5", 2, 1));
        assertThatThrownBy(() -> guard.admit(at(500, "0-1-5", 2, 1))).isInstanceOf(LogWentBack.class);
    }

    @Test
    void refusesAnEarlierTransaction() {
        PositionGuard guard = new PositionGuard(Optional.empty());
        guard.admit(at(900, "0-1-6", 2, 1));
        assertThatThrownBy(() -> guard.admit(at(500, "0-1-5", 200, 1))).isInstanceOf(LogWentBack.class);
    }

    @Test
    void takesTheSecondHalfOfAKeyChangeAtThePositionOfTheFirst() {
        PositionGuard guard = new PositionGuard(Optional.empty());
        guard.admit(at(500, "0-1-5", 2, 1));
        assertThatCode(() -> {
                    guard.admitSecondHalf(at(500, "0-1-5", 2, 1));
                    guard.admit(at(500, "0-1-5", 2, 2));
                })
                .doesNotThrowAnyException();
    }

    @Test
    void refusesASecondHalfWithoutItsFirst() {
        PositionGuard guard = new PositionGuard(Optional.empty());
        guard.admit(at(500, "0-1-5", 2, 1));
        assertThatThrownBy(() -> guard.admitSecondHalf(at(500, "0-1-5", 2, 2))).isInstanceOf(LogWentBack.class);
    }

    @Test
    void goesOnBehindTheCommittedRowOfAnUnfinishedTransactionWhoseGtidIsNotKnown() {
        PositionGuard guard = new PositionGuard(Optional.of(at(500, "", 101, 39)));
        assertThatCode(() -> guard.admit(at(500, "0-1-5", 101, 40))).doesNotThrowAnyException();
    }

    @Test
    void refusesWhatTheCommittedPositionAlreadyHolds() {
        PositionGuard guard = new PositionGuard(Optional.of(at(500, "", 101, 39)));
        assertThatThrownBy(() -> guard.admit(at(500, "0-1-5", 101, 39))).isInstanceOf(LogWentBack.class);
    }
}
