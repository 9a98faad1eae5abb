package dev.crossfade.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.model.DatabaseAccess;
import dev.crossfade.model.LogicalType;
import dev.crossfade.model.LogicalType.Kind;
import dev.crossfade.model.Secret;
import dev.crossfade.model.TablePlan;
import dev.crossfade.testkit.TcpProxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rows that could not be read are unread, whatever the rest is. */
class BrokenConnectionIT {
    private static final int ROWS = 20_000;
    private static final int ROW_BYTES = 200;
    private static final Map<String, LogicalType> COLUMNS =
            Sides.columns("id", LogicalType.of(Kind.INT32), "note", LogicalType.text(ROW_BYTES));
    private static final TablePlan FIRST = Sides.table("first", List.of("id"), COLUMNS);
    private static final TablePlan SECOND = Sides.table("second", List.of("id"), COLUMNS);
    private static final TablePlan THIRD = Sides.table("third", List.of("id"), COLUMNS);

    private static Sides sides;

    @BeforeAll
    static void start() {
        sides = Sides.start();
        for (TablePlan table : List.of(FIRST, SECOND, THIRD)) {
            String name = table.target().id().name();
            sides.onSource(
                    "CREATE TABLE " + name + " (id INT PRIMARY KEY, note VARCHAR(200))",
                    "INSERT INTO " + name + " SELECT seq, REPEAT('x', " + ROW_BYTES + ") FROM seq_1_to_" + ROWS);
            sides.onTarget(
                    "CREATE TABLE " + name + " (id integer PRIMARY KEY, note varchar(200))",
                    "INSERT INTO " + name + " SELECT n, repeat('x', " + ROW_BYTES + ") FROM generate_series(1, " + ROWS
                            + ") n");
        }
    }

    @AfterAll
    static void stop() {
        sides.close();
    }

    @ParameterizedTest
    @EnumSource
    void connectionCutHalfWayThroughTheSecondTable(Side cut) {
        long bytes = (long) ROWS * ROW_BYTES * 3 / 2;
        try (TcpProxy sourceProxy = TcpProxy.before(sides.source.port());
                TcpProxy targetProxy = TcpProxy.before(sides.target.port())) {
            TcpProxy cutting = cut == Side.SOURCE ? sourceProxy : targetProxy;
            cutting.endAfterAnswered(bytes);
            DatabaseAccess source = new DatabaseAccess(
                    "jdbc:mariadb://127.0.0.1:" + sourceProxy.port() + "/" + Sides.SOURCE_DATABASE,
                    sides.source.user(),
                    new Secret(sides.source.password()));
            DatabaseAccess target = new DatabaseAccess(
                    "jdbc:postgresql://127.0.0.1:" + targetProxy.port() + "/" + Sides.TARGET_DATABASE,
                    sides.target.user(),
                    new Secret(sides.target.password()));

            ParityReport report =
                    Sides.verify(VerificationRequest.of(Sides.plan(FIRST, SECOND, THIRD), source, target));

            assertThat(cutting.hasStruck()).isTrue();
            assertUnreadFromSecondTableOn(report, cut);
            UnreadRange range = (UnreadRange) report.tables().get(1).findings().get(0);
            assertThat(range.rowsRead()).isBetween(1L, ROWS - 1L);
        }
    }

    @Test
    void connectionCutWhileDifferencesAreLookedForLeavesTheTableDifferent() {
        sides.onTarget("UPDATE third SET note = 'other' WHERE id = 77");
        long bytes = (long) ROWS * ROW_BYTES * 3 / 2;
        try (TcpProxy proxy = TcpProxy.before(sides.source.port())) {
            proxy.endAfterAnswered(bytes);
            DatabaseAccess source = new DatabaseAccess(
                    "jdbc:mariadb://127.0.0.1:" + proxy.port() + "/" + Sides.SOURCE_DATABASE,
                    sides.source.user(),
                    new Secret(sides.source.password()));

            ParityReport report =
                    Sides.verify(VerificationRequest.of(Sides.plan(THIRD, FIRST), source, sides.targetAccess()));

            TableParity third = report.tables().get(0);
            assertThat(third.verdict()).isEqualTo(Verdict.DIFFERENT);
            assertThat(third.findingsCountedExactly()).isFalse();
            assertThat(third.findings()).singleElement().isInstanceOf(UnreadRange.class);
            assertThat(report.tables().get(1).verdict()).isEqualTo(Verdict.UNREAD);
            assertThat(report.verdict()).isEqualTo(Verdict.UNREAD);
        } finally {
            sides.onTarget("UPDATE third SET note = repeat('x', " + ROW_BYTES + ") WHERE id = 77");
        }
    }

    @Test
    void sessionKilledOnTheTargetBetweenTwoTables() {
        ParityReport report = verifyAndAfterFirstTable(() -> sides.target.execute(
                "postgres",
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'crossfade verify'"));

        assertUnreadFromSecondTableOn(report, Side.TARGET);
    }

    @Test
    void sessionKilledOnTheSourceBetweenTwoTables() {
        ParityReport report = verifyAndAfterFirstTable(BrokenConnectionIT::killReaderOfSource);

        assertUnreadFromSecondTableOn(report, Side.SOURCE);
    }

    private static void killReaderOfSource() {
        try (Connection connection = sides.source.connect("");
                Statement statement = connection.createStatement()) {
            statement.execute("BEGIN NOT ATOMIC FOR reader IN (SELECT id FROM information_schema.processlist"
                    + " WHERE id <> CONNECTION_ID() AND db = '" + Sides.SOURCE_DATABASE + "')"
                    + " DO EXECUTE IMMEDIATE CONCAT('KILL ', reader.id); END FOR; END");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ParityReport verifyAndAfterFirstTable(Runnable action) {
        VerificationListener listener = new VerificationListener() {
            @Override
            public void compared(TableParity table) {
                if (table.target().equals(FIRST.target().id())) {
                    action.run();
                }
            }
        };
        return Sides.verify(new VerificationRequest(
                Sides.plan(FIRST, SECOND, THIRD),
                sides.sourceAccess(),
                sides.targetAccess(),
                Set.of(),
                ValueDisclosure.KEYS_ONLY,
                VerificationLimits.DEFAULT,
                listener));
    }

    private static void assertUnreadFromSecondTableOn(ParityReport report, Side side) {
        assertThat(report.verdict()).isEqualTo(Verdict.UNREAD);
        assertThat(report.exitCode()).isEqualTo(side.errorKind().exitCode());
        assertThat(report.tables())
                .extracting(TableParity::verdict)
                .containsExactly(Verdict.EQUAL, Verdict.UNREAD, Verdict.UNREAD);
        assertThat(report.tables().subList(1, 3)).allSatisfy(table -> {
            assertThat(table.sourceChecksum()).isEmpty();
            assertThat(table.targetChecksum()).isEmpty();
            assertThat(table.findings()).singleElement().isInstanceOfSatisfying(UnreadRange.class, range -> assertThat(
                            range.reason())
                    .isNotBlank());
        });
        assertThat(((UnreadRange) report.tables().get(1).findings().get(0)).side())
                .isEqualTo(side);
    }
}
