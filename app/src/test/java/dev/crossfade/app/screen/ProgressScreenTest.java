package dev.crossfade.app.screen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.model.TableId;
import dev.crossfade.pipeline.MigrationProgress;
import dev.crossfade.pipeline.MigrationProgress.TableProgress;
import dev.crossfade.pipeline.Phase;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProgressScreenTest {
    private final StringWriter written = new StringWriter();
    private final SettableClock clock = new SettableClock();

    @Test
    void writesALineEveryFewSecondsAndAtEachPhaseIntoAPipe() {
        ProgressScreen screen = new ProgressScreen("shop", Terminal.PIPE, new PrintWriter(written), clock);

        screen.phase(Phase.PLANNED);
        screen.phase(Phase.BACKFILLING);
        for (int i = 0; i < 12; i++) {
            screen.progress(progress(i * 10L));
            clock.advance(Duration.ofMillis(500));
        }
        screen.close();

        assertThat(written.toString().lines().map(line -> line.substring("HH:mm:ss ".length())))
                .containsExactly(
                        "phase: planned",
                        "checked and planned in 0 ms".replace("checked", "ok checked"),
                        "phase: backfilling",
                        "backfilling  0 %  0 of 1,000 rows  10 rows/s  no changes yet",
                        "backfilling  10 %  100 of 1,000 rows  10 rows/s  no changes yet");
    }

    @Test
    void drawsOverItselfOnATerminalAndKeepsMessagesAbove() {
        Terminal terminal = new Terminal(true, new Style(false, true), () -> 60);
        ProgressScreen screen = new ProgressScreen("shop", terminal, new PrintWriter(written), clock);

        screen.progress(progress(0));
        screen.message("something to know");
        screen.close();

        String text = written.toString();
        assertThat(text).startsWith("\033[?25l").endsWith("\033[?25h");
        String second = text.substring(text.indexOf("\033[3A\r"));
        assertThat(second.replace("\033[3A\r", "").replace("\033[K", "").lines())
                .startsWith("something to know", "shop · backfilling · 0 ms")
                .hasSize(5);
    }

    @Test
    void saysThatARunGoesOnWhereTheLastOneEnded() {
        ProgressScreen screen = new ProgressScreen("shop", Terminal.PIPE, new PrintWriter(written), clock);

        screen.phase(Phase.CATCHING_UP);

        assertThat(written.toString()).contains("going on where the last run ended: catching up\n");
    }

    private static MigrationProgress progress(long copied) {
        return new MigrationProgress(
                Phase.BACKFILLING,
                List.of(new TableProgress(new TableId("shop", "a"), new TableId("public", "a"), copied, 1_000, false)),
                10,
                0,
                0,
                Optional.empty(),
                Optional.empty());
    }

    private static final class SettableClock extends Clock {
        private Instant now = Instant.EPOCH;

        void advance(Duration duration) {
            now = now.plus(duration);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }
}
