package dev.crossfade.app.screen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.model.TableId;
import dev.crossfade.pipeline.MigrationProgress;
import dev.crossfade.pipeline.MigrationProgress.TableProgress;
import dev.crossfade.pipeline.MigrationStatus;
import dev.crossfade.pipeline.Phase;
import dev.crossfade.pipeline.StoppedTables;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StatusViewTest {
    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");

    @Test
    void showsWhoRunsItAndEveryTable() {
        MigrationProgress progress = new MigrationProgress(
                Phase.BACKFILLING,
                List.of(
                        new TableProgress(new TableId("shop", "a"), new TableId("public", "a"), 10, 10, true),
                        new TableProgress(new TableId("shop", "b"), new TableId("public", "c"), 5, 1_000, false)),
                1_234,
                7,
                0,
                Optional.empty(),
                Optional.of(Duration.ofSeconds(90)),
                Optional.of("too much is in the log"),
                List.of());
        MigrationStatus status = new MigrationStatus(
                "shop",
                "0",
                Phase.BACKFILLING,
                true,
                "process 7 on vm",
                Optional.of(NOW.minusMillis(300)),
                Optional.of(progress),
                List.of(new StoppedTables(
                        List.of("shop.a", "shop.b"),
                        "REFUSED",
                        "cannot write public.a (5): SQLSTATE 23514, a check constraint forbids it",
                        "",
                        "rows partition 2, offset 40",
                        true,
                        StoppedTables.State.STOPPED,
                        NOW.minusSeconds(60))));

        assertThat(StatusView.lines("shop", Optional.of(status), NOW, 80, Style.PLAIN))
                .containsExactly(
                        "shop, backfilling, running, process 7 on vm, reported 300 ms ago",
                        "",
                        "  table                   rows copied    rows expected  ",
                        "  shop.a -> public.a               10               10  ok",
                        "  shop.b -> public.c                5            1,000  ",
                        "",
                        "  1.2 k rows/s, ETA 1 min 30 s, reading waits: too much is in the log, 0 of 7 changes applied since the run began",
                        "",
                        "  !! shop.a, shop.b: stopped since 2026-11-20T11:59:00Z",
                        "      why   cannot write public.a (5): SQLSTATE 23514, a check constraint forbids it [REFUSED]",
                        "      where rows partition 2, offset 40",
                        "      then  crossfade resume -c FILE --table shop.a  # applies what was missed");
    }

    @Test
    void saysThatNothingHasBegun() {
        assertThat(StatusView.lines("shop", Optional.empty(), NOW, 80, Style.PLAIN))
                .containsExactly("shop  has not begun: the target knows nothing of it");
    }
}
