package dev.crossfade.pipeline.stop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.pipeline.StoppedTables;
import dev.crossfade.pipeline.StoppedTables.State;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class StopNewsTest {
    private final StopNews news = new StopNews();

    private static StoppedTables stop(State state, String reason) {
        return new StoppedTables(
                List.of("shop.a", "shop.b"),
                "REFUSED",
                reason,
                "",
                "rows partition 0, offset 1",
                true,
                state,
                Instant.EPOCH);
    }

    @Test
    void eachStepIsToldOnce() {
        assertThat(news.since(List.of())).isEmpty();
        assertThat(news.since(List.of(stop(State.STOPPED, "why"))))
                .containsExactly("shop.a and 1 more has stopped, all others go on: why [REFUSED]");
        assertThat(news.since(List.of(stop(State.STOPPED, "why")))).isEmpty();
        assertThat(news.since(List.of(stop(State.WANTED, "why"))))
                .containsExactly("shop.a and 1 more is to be taken up again");
        assertThat(news.since(List.of(stop(State.REPLAYING, "why"))))
                .containsExactly("shop.a and 1 more: what it missed is applied");
        assertThat(news.since(List.of(stop(State.STOPPED, "other"))))
                .containsExactly("shop.a and 1 more has stopped again, all others go on: other [REFUSED]");
        assertThat(news.since(List.of())).containsExactly("shop.a and 1 more runs again");
    }
}
