package dev.crossfade.app.screen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.model.TableId;
import dev.crossfade.pipeline.MigrationProgress;
import dev.crossfade.pipeline.MigrationProgress.TableProgress;
import dev.crossfade.pipeline.Phase;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProgressViewTest {
    private static final Style UNICODE = new Style(false, true);
    private static final Duration ELAPSED = Duration.ofSeconds(83);

    private static final MigrationProgress BACKFILLING = new MigrationProgress(
            Phase.BACKFILLING,
            List.of(
                    table("customers", 20_000, 20_000, true),
                    table("orders", 1_000_000, 4_000_000, false),
                    table("order_items_with_a_very_long_name", 310, 300, false)),
            412_345,
            12_345,
            0,
            Optional.empty(),
            Optional.of(Duration.ofSeconds(42)));

    private static final MigrationProgress SHADOWING = new MigrationProgress(
            Phase.SHADOWING,
            List.of(table("customers", 20_000, 20_000, true), table("orders", 4_000_000, 4_000_000, true)),
            198.4,
            12_345,
            12_300,
            Optional.of(Duration.ofMillis(84)),
            Optional.empty());

    @Test
    void drawsTheBiggestTableFirstAndNeverClaimsToBeDoneTooEarly() {
        assertThat(ProgressView.block("shop", BACKFILLING, ELAPSED, 100, UNICODE))
                .containsExactly(
                        "shop · backfilling · 1 min 23 s",
                        "  shop.orders                       ━━━━━━━━────────────────────────   25 %  1,000,000 of 4,000,000",
                        "  shop.customers                    ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━  100 %  20,000",
                        "  shop.order_items_with_a_very_lo…  ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╸   99 %  310 of 310",
                        "  all 3 tables                      ━━━━━━━━────────────────────────   25 %  1,020,310 of 4,020,310",
                        "  412 k rows/s · ETA 42 s · 0 of 12,345 changes applied");
    }

    @Test
    void leavesOutTheCountsWhereTheyDoNotFit() {
        assertThat(ProgressView.block("shop", BACKFILLING, ELAPSED, 40, UNICODE))
                .containsExactly(
                        "shop · backfilling · 1 min 23 s",
                        "  shop.orders    ━━━━────────────   25 %",
                        "  shop.custome…  ━━━━━━━━━━━━━━━━  100 %",
                        "  shop.order_i…  ━━━━━━━━━━━━━━━╸   99 %",
                        "  all 3 tables   ━━━━────────────   25 %",
                        "  412 k rows/s · ETA 42 s");
    }

    @Test
    void showsFactsInsteadOfFullBarsOnceEverythingIsCopied() {
        assertThat(ProgressView.block("shop", SHADOWING, ELAPSED, 100, UNICODE))
                .containsExactly(
                        "shop · shadowing · 1 min 23 s",
                        "  2 tables · 4,020,000 rows copied",
                        "  198 rows/s · lag 84 ms · 12,300 of 12,345 changes applied");
    }

    @Test
    void sumsUpTheSmallerTables() {
        List<TableProgress> tables = IntStream.range(0, 12)
                .mapToObj(i -> table("t" + i, i, 10L * (i + 1), false))
                .toList();
        MigrationProgress progress =
                new MigrationProgress(Phase.BACKFILLING, tables, 0, 0, 0, Optional.empty(), Optional.empty());

        List<String> lines = ProgressView.block("shop", progress, ELAPSED, 80, Style.PLAIN);

        assertThat(lines).hasSize(1 + 8 + 1 + 1 + 1).element(1).asString().startsWith("  shop.t11");
        assertThat(lines.get(9)).startsWith("  4 smaller tables  ").endsWith("6 of 100");
        assertThat(lines.get(10)).startsWith("  all 12 tables     ").endsWith("66 of 780");
    }

    @ParameterizedTest
    @ValueSource(ints = {20, 30, 40, 55, 79, 80, 120, 200})
    void neverWritesALineThatIsWiderThanTheTerminal(int width) {
        assertThat(
                        Stream.of(BACKFILLING, SHADOWING)
                                .flatMap(progress -> ProgressView.block(
                                        "a-rather-long-name-of-a-migration", progress, ELAPSED, width, UNICODE)
                                        .stream()))
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(width));
    }

    @Test
    void saysTheSameInOneLineForAPipe() {
        assertThat(ProgressView.line(BACKFILLING))
                .isEqualTo(
                        "backfilling  25 %  1,020,310 of 4,020,310 rows  412 k rows/s  ETA 42 s  0 of 12,345 changes applied");
        assertThat(ProgressView.line(SHADOWING))
                .isEqualTo("shadowing  4,020,000 rows copied  198 rows/s  lag 84 ms  12,300 of 12,345 changes applied");
    }

    private static TableProgress table(String name, long copied, long expected, boolean complete) {
        return new TableProgress(new TableId("shop", name), new TableId("public", name), copied, expected, complete);
    }
}
