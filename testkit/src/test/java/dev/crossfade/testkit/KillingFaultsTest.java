package dev.crossfade.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.crossfade.model.FaultPoint;
import dev.crossfade.model.Faults;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class KillingFaultsTest {
    private final AtomicInteger kills = new AtomicInteger();

    @Test
    void killsOnceAtTheArrivalThatIsAskedFor() {
        Faults faults = KillingFaults.parse("SINK_BEFORE_COMMIT:2", kills::incrementAndGet);

        faults.reached(FaultPoint.SINK_BEFORE_COMMIT);
        faults.reached(FaultPoint.SINK_AFTER_COMMIT);
        assertThat(kills).hasValue(0);
        faults.reached(FaultPoint.SINK_BEFORE_COMMIT);
        faults.reached(FaultPoint.SINK_BEFORE_COMMIT);

        assertThat(kills).hasValue(1);
    }

    @Test
    void refusesAnUnknownPointAndAnArrivalBelowOne() {
        assertThatThrownBy(() -> KillingFaults.parse("NOWHERE:1", kills::incrementAndGet))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("NOWHERE");
        assertThatThrownBy(() -> KillingFaults.parse("SINK_BEFORE_COMMIT:0", kills::incrementAndGet))
                .hasMessageContaining("count from 1");
    }

    @Test
    void doesNothingWhenNothingIsAskedFor() {
        assertThat(KillingFaults.configured()).isSameAs(Faults.NONE);
    }
}
