package dev.crossfade.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.model.OrderGroup;
import dev.crossfade.model.TableId;
import dev.crossfade.testkit.WriteLoad;
import dev.crossfade.verify.ParityReport;
import dev.crossfade.verify.Verdict;
import dev.crossfade.verify.VerificationListener;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Rows that the source changes without a word in its log, by the actions of foreign keys, change on the target as well. */
class CascadeIT {
    private static final String DATABASE = "families";
    private static final long SEED = 4_711L;

    private static WriteLoad load(Sides sides) {
        return WriteLoad.start(
                new WriteLoad.Target(sides.source.jdbcUrl(DATABASE), sides.source.user(), sides.source.password()),
                3,
                300,
                SEED,
                Families.operations());
    }

    private static ParityReport verify(MigrationSpec spec) {
        return RunningMigration.of(spec).verify(VerifyOptions.ALL, VerificationListener.NONE);
    }

    private static void awaitMore(WriteLoad load, long operations) {
        long before = load.total();
        Awaitility.await()
                .atMost(90, TimeUnit.SECONDS)
                .until(() -> !load.isRunning() || load.total() >= before + operations);
        assertThat(load.isRunning()).isTrue();
    }

    @Test
    @Timeout(value = 8, unit = TimeUnit.MINUTES)
    void childrenFollowTheirParentsWhateverTheSourceDoesToThemBeforeDuringAndAfterTheCopy(@TempDir Path directory)
            throws Exception {
        try (Sides sides = Sides.start(directory)) {
            sides.createDatabases(DATABASE, Families.schema());
            MigrationSpec spec = sides.spec("cascades", DATABASE);
            List<OrderGroup> groups = RunningMigration.of(spec).plan().plan().groups();
            assertThat(groups.stream().map(OrderGroup::tables).map(CascadeIT::names))
                    .containsExactlyInAnyOrder(
                            List.of("customer", "line", "orders", "region", "remark"),
                            List.of("employee"),
                            List.of("category"),
                            List.of("book", "shelf"));

            Map<String, Long> done;
            try (WriteLoad load = load(sides)) {
                awaitMore(load, 200);
                try (RunningMigration running = RunningMigration.start(spec).awaitPhase(Phase.SHADOWING)) {
                    assertRowsAreCounted(spec);
                    for (int round = 0; round < 3; round++) {
                        awaitMore(load, 500);
                        assertThat(verify(spec).verdict()).as("round %d", round).isEqualTo(Verdict.EQUAL);
                    }
                    running.stop();
                }
                awaitMore(load, 300); // nobody listens
                try (RunningMigration again = RunningMigration.start(spec).awaitPhase(Phase.SHADOWING)) {
                    awaitMore(load, 300);
                    assertThat(verify(spec).verdict()).isEqualTo(Verdict.EQUAL);
                    done = load.stop();
                    assertThat(verify(spec).verdict()).isEqualTo(Verdict.EQUAL);
                    again.stop();
                }
            }

            assertThat(done.keySet())
                    .containsAll(Families.operations().stream()
                            .map(WriteLoad.Weighted::kind)
                            .toList());
            assertThat(Families.TABLES).allSatisfy(table -> assertThat(sides.assertEqual(DATABASE, table))
                    .isPositive());
            assertThat(sides.onTarget(DATABASE, "select count(*) from remark where customer is null"))
                    .as("remarks whose customer took another number")
                    .doesNotContain("0");
        }
    }

    private static List<String> names(List<TableId> tables) {
        return tables.stream().map(TableId::name).toList();
    }

    /** What the status shows once every table is copied. */
    private static void assertRowsAreCounted(MigrationSpec spec) {
        MigrationProgress progress =
                RunningMigration.of(spec).status().orElseThrow().progress().orElseThrow();
        assertThat(progress.tables()).hasSameSizeAs(Families.TABLES).allSatisfy(table -> {
            assertThat(table.complete()).as(table.source().name()).isTrue();
            assertThat(table.rowsExpected()).isEqualTo(table.rowsCopied());
        });
        assertThat(progress.tables())
                .filteredOn(table -> table.source().name().equals("line"))
                .singleElement()
                .satisfies(line -> assertThat(line.rowsCopied()).isGreaterThan(10_000));
    }
}
