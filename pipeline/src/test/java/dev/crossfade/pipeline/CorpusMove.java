package dev.crossfade.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.model.TableId;
import dev.crossfade.testkit.WriteLoad;
import dev.crossfade.testkit.WriteLoad.Weighted;
import dev.crossfade.verify.ParityReport;
import dev.crossfade.verify.Verdict;
import dev.crossfade.verify.VerificationListener;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * Moves a database that others made, and writes to it while it is copied and while it is compared.
 *
 * @param tables those that move; none of them is empty
 * @param operations that are drawn from {@code seed}
 */
record CorpusMove(
        Sides sides, String database, MigrationSpec spec, List<String> tables, List<Weighted> operations, long seed) {
    private static final int THREADS = 2;
    private static final int WRITES_PER_SECOND = 200;

    /**
     * Runs it until the target follows, compares at rest and under writes, ends it, and lets it run again until everything that was
     * written last has arrived.
     *
     * @return the kinds of writes that were committed while rows were being compared
     */
    Map<String, Long> staysEqual() throws Exception {
        Map<String, Long> committed;
        try (WriteLoad whileItIsCopied = load(seed + 1);
                RunningMigration running = RunningMigration.start(spec).awaitPhase(Phase.SHADOWING)) {
            awaitWrites(whileItIsCopied);
            assertThat(whileItIsCopied.stop()).isNotEmpty();
            assertEqualAndComplete(verify());

            try (WriteLoad whileItIsCompared = load(seed)) {
                awaitWrites(whileItIsCompared);
                assertThat(verify().verdict()).isEqualTo(Verdict.EQUAL);
                committed = whileItIsCompared.stop();
            }
            running.stop();
        }
        try (RunningMigration again = RunningMigration.until(spec, Phase.SHADOWING)) {
            again.awaitEnd();
        }
        return committed;
    }

    private ParityReport verify() {
        return RunningMigration.of(spec).verify(VerifyOptions.ALL, VerificationListener.NONE);
    }

    private void assertEqualAndComplete(ParityReport report) {
        assertThat(report.verdict()).isEqualTo(Verdict.EQUAL);
        Map<String, Long> expected = new HashMap<>();
        for (String table : tables) {
            expected.put(
                    table,
                    Long.valueOf(sides.onSource(database, "select count(*) from `" + table + "`")
                            .get(0)));
        }
        Map<String, Long> seen = new HashMap<>();
        report.tables().forEach(table -> {
            TableId target = table.target();
            seen.put(target.name(), table.targetRows());
            assertThat(table.sourceRows()).as(target.name()).isPositive();
        });
        assertThat(seen).isEqualTo(expected);
    }

    private WriteLoad load(long seed) {
        return WriteLoad.start(
                new WriteLoad.Target(sides.source.jdbcUrl(database), sides.source.user(), sides.source.password()),
                THREADS,
                WRITES_PER_SECOND,
                seed,
                operations);
    }

    private static void awaitWrites(WriteLoad load) {
        Awaitility.await()
                .atMost(60, TimeUnit.SECONDS)
                .until(() -> !load.isRunning() || load.total() >= 2L * WRITES_PER_SECOND);
    }

    /** Runs statements one after the other. */
    static void run(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
