package dev.crossfade.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.crossfade.model.BinlogPosition;
import dev.crossfade.model.Column;
import dev.crossfade.model.DatabaseAccess;
import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.LogicalType;
import dev.crossfade.model.LogicalType.Kind;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.Secret;
import dev.crossfade.model.Table;
import dev.crossfade.model.TableId;
import dev.crossfade.model.TablePlan;
import dev.crossfade.verify.DifferentRow.ValuePair;
import java.sql.Connection;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VerifierIT {
    private static final int ROWS = 3000;
    private static final TablePlan ITEM = Sides.table(
            "item",
            List.of("id"),
            Sides.columns(
                    "id", LogicalType.of(Kind.INT32),
                    "name", LogicalType.text(40),
                    "price", LogicalType.decimal(10, 2)));
    private static final TablePlan WORD = Sides.table(
            "word", List.of("word"), Sides.columns("word", LogicalType.text(20), "hits", LogicalType.of(Kind.INT32)));

    private static Sides sides;

    @BeforeAll
    static void start() {
        sides = Sides.start();
    }

    @AfterAll
    static void stop() {
        sides.close();
    }

    @BeforeEach
    void equalTables() {
        sides.onSource(
                "CREATE OR REPLACE TABLE item (id INT PRIMARY KEY, name VARCHAR(40), price DECIMAL(10,2))",
                "INSERT INTO item SELECT seq, CONCAT('item ', seq), seq / 4 FROM seq_1_to_" + ROWS,
                "CREATE OR REPLACE TABLE word (word VARCHAR(20) PRIMARY KEY, hits INT)");
        sides.onTarget(
                "DROP TABLE IF EXISTS item, word",
                "CREATE TABLE item (id integer, name varchar(40), price numeric(10,2))",
                "INSERT INTO item SELECT n, 'item ' || n, n / 4.0 FROM generate_series(1, " + ROWS + ") n",
                "CREATE TABLE word (word varchar(20), hits integer)");
    }

    @Test
    void equalTablesAreEqualWithChecksumsThatOtherRunsShow() {
        ParityReport report = sides.verify(ITEM, WORD);
        ParityReport again = sides.verify(ITEM);

        assertThat(report.verdict()).isEqualTo(Verdict.EQUAL);
        assertThat(report.exitCode()).isZero();
        assertThat(report.targetPosition()).isEqualTo(StandingStill.POSITION);
        assertThat(report.mappingHash()).hasSize(64);
        TableParity item = report.tables().get(0);
        assertThat(item.sourceRows()).isEqualTo(ROWS).isEqualTo(item.targetRows());
        assertThat(item.sourceChecksum()).matches("[0-9a-f]{32}").isEqualTo(item.targetChecksum());
        assertThat(item.findings()).isEmpty();
        assertThat(again.tables().get(0).sourceChecksum()).isEqualTo(item.sourceChecksum());
        TableParity empty = report.tables().get(1);
        assertThat(empty.verdict()).isEqualTo(Verdict.EQUAL);
        assertThat(empty.sourceRows()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, ROWS / 2, ROWS})
    void rowChangedBehindItsBackIsFound(int key) {
        sides.onTarget("UPDATE item SET price = price + 0.01 WHERE id = " + key);

        TableParity table = sides.verify(ITEM).tables().get(0);

        assertThat(table.verdict()).isEqualTo(Verdict.DIFFERENT);
        assertThat(table.findings()).containsExactly(new DifferentRow("(" + key + ")", List.of("price"), List.of()));
        assertThat(table.sourceChecksum()).isNotEqualTo(table.targetChecksum());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, ROWS / 2, ROWS})
    void rowDeletedBehindItsBackIsFound(int key) {
        sides.onTarget("DELETE FROM item WHERE id = " + key);

        TableParity table = sides.verify(ITEM).tables().get(0);

        assertThat(table.verdict()).isEqualTo(Verdict.DIFFERENT);
        assertThat(table.findings()).containsExactly(new MissingRow("(" + key + ")"));
        assertThat(table.targetRows()).isEqualTo(ROWS - 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, ROWS / 2, ROWS + 1})
    void rowInsertedBehindItsBackIsFound(int key) {
        sides.onSource("DELETE FROM item WHERE id = " + key);
        sides.onTarget("DELETE FROM item WHERE id = " + key, "INSERT INTO item VALUES (" + key + ", 'rogue', 1)");

        TableParity table = sides.verify(ITEM).tables().get(0);

        assertThat(table.verdict()).isEqualTo(Verdict.DIFFERENT);
        assertThat(table.findings()).containsExactly(new ExtraRow("(" + key + ")"));
    }

    @Test
    void valuesSwappedBetweenTwoRowsAreTwoFindings() {
        sides.onTarget("UPDATE item SET name = CASE id WHEN 7 THEN 'item 8' ELSE 'item 7' END WHERE id IN (7, 8)");

        TableParity table = sides.verify(ITEM).tables().get(0);

        assertThat(table.findings())
                .containsExactly(
                        new DifferentRow("(7)", List.of("name"), List.of()),
                        new DifferentRow("(8)", List.of("name"), List.of()));
    }

    @Test
    void changesWhoseCountsAndTotalsAreEqualAreFound() {
        // As many rows, the same sum of prices, and a row doubled in the place of another.
        sides.onTarget(
                "UPDATE item SET price = price + CASE id WHEN 10 THEN 5 ELSE -5 END WHERE id IN (10, 11)",
                "DELETE FROM item WHERE id = 21",
                "INSERT INTO item SELECT * FROM item WHERE id = 20");

        TableParity table = sides.verify(ITEM).tables().get(0);

        assertThat(table.sourceRows()).isEqualTo(table.targetRows());
        assertThat(table.findings())
                .containsExactly(
                        new DifferentRow("(10)", List.of("price"), List.of()),
                        new DifferentRow("(11)", List.of("price"), List.of()),
                        new ExtraRow("(20)"),
                        new MissingRow("(21)"));
    }

    @Test
    void secondRowOfOneKeyIsExtra() {
        sides.onTarget("INSERT INTO item SELECT id, 'twin', price FROM item WHERE id = 30");

        TableParity table = sides.verify(ITEM).tables().get(0);

        assertThat(table.findings()).containsExactly(new ExtraRow("(30)"));
    }

    @Test
    void nullAndEmptyTextDiffer() {
        sides.onSource("UPDATE item SET name = '' WHERE id = 5", "UPDATE item SET name = NULL WHERE id = 6");
        sides.onTarget("UPDATE item SET name = NULL WHERE id = 5", "UPDATE item SET name = '' WHERE id = 6");

        TableParity table = sides.verify(ITEM).tables().get(0);

        assertThat(table.findingsTotal()).isEqualTo(2);
    }

    @Test
    void keysThatMySqlTakesForOneAreTwoHere() {
        sides.onSource("INSERT INTO word VALUES ('abc', 1), ('é', 2), ('same', 3)");
        sides.onTarget("INSERT INTO word VALUES ('abc ', 1), ('É', 2), ('same', 3)");

        TableParity table = sides.verify(WORD).tables().get(0);

        assertThat(table.findings())
                .containsExactlyInAnyOrder(
                        new MissingRow("('abc')"),
                        new ExtraRow("('abc ')"),
                        new MissingRow("('é')"),
                        new ExtraRow("('É')"));
    }

    @Test
    void valuesAreShownOnlyOnRequest() {
        sides.onTarget("UPDATE item SET name = 'it''s zebra' WHERE id = 9");
        VerificationRequest request = new VerificationRequest(
                Sides.plan(ITEM),
                sides.sourceAccess(),
                sides.targetAccess(),
                Set.of(),
                ValueDisclosure.VALUES,
                VerificationLimits.DEFAULT,
                VerificationListener.NONE);

        ParityReport open = Sides.verify(request);
        ParityReport closed = sides.verify(ITEM);

        assertThat(open.tables().get(0).findings())
                .containsExactly(
                        new DifferentRow("(9)", List.of("name"), List.of(new ValuePair("'item 9'", "'it''s zebra'"))));
        assertThat(ParityFiles.json(closed)).doesNotContain("item 9").doesNotContain("zebra");
        assertThat(open.toString()).doesNotContain("item 9");
    }

    @Test
    void everyFindingIsCountedThoughFewAreListedAndFewRowsAreHeld() {
        sides.onTarget("UPDATE item SET price = price + 1");
        VerificationLimits severalReadings =
                new VerificationLimits(10, 1500, 8, Duration.ofSeconds(30), Duration.ofMinutes(1));
        VerificationLimits oneReading =
                new VerificationLimits(10, 1500, 1, Duration.ofSeconds(30), Duration.ofMinutes(1));

        TableParity exact = verify(severalReadings, VerificationListener.NONE);
        TableParity lowerBound = verify(oneReading, VerificationListener.NONE);

        assertThat(exact.findingsTotal()).isEqualTo(ROWS);
        assertThat(exact.findingsCountedExactly()).isTrue();
        assertThat(exact.findings()).hasSize(10);
        assertThat(lowerBound.verdict()).isEqualTo(Verdict.DIFFERENT);
        assertThat(lowerBound.findingsCountedExactly()).isFalse();
        assertThat(lowerBound.findingsTotal()).isBetween(1L, ROWS - 1L);
    }

    private static TableParity verify(VerificationLimits limits, VerificationListener listener) {
        return Sides.verify(new VerificationRequest(
                        Sides.plan(ITEM),
                        sides.sourceAccess(),
                        sides.targetAccess(),
                        Set.of(),
                        ValueDisclosure.KEYS_ONLY,
                        limits,
                        listener))
                .tables()
                .get(0);
    }

    @Test
    void tablesWithoutAKeyAreComparedRowByRow() {
        TablePlan keyless = new TablePlan(
                new Table(ITEM.source().id(), ITEM.source().columns(), List.of()),
                new Table(ITEM.target().id(), ITEM.target().columns(), List.of()),
                ITEM.sourceColumns());
        sides.onTarget("UPDATE item SET name = 'zebra' WHERE id = 12");

        TableParity table = sides.verify(keyless).tables().get(0);

        assertThat(table.findings()).hasSize(2);
        assertThat(table.findings()).hasAtLeastOneElementOfType(MissingRow.class);
        assertThat(table.findings()).hasAtLeastOneElementOfType(ExtraRow.class);
        assertThat(ParityFiles.json(sides.verify(keyless))).contains("(row ").doesNotContain("zebra");
    }

    @Test
    void renamedReorderedAndDroppedColumnsAreFollowed() {
        sides.onTarget(
                "DROP TABLE IF EXISTS product",
                "CREATE TABLE product (cost numeric(10,2), nr integer PRIMARY KEY)",
                "INSERT INTO product SELECT price, id FROM item",
                "UPDATE product SET cost = 0 WHERE nr = 77");
        TablePlan plan = new TablePlan(
                ITEM.source(),
                new Table(
                        new TableId("public", "product"),
                        List.of(
                                new Column("cost", LogicalType.decimal(10, 2), true, "numeric(10,2)"),
                                new Column("nr", LogicalType.of(Kind.INT32), false, "integer")),
                        List.of("nr")),
                List.of("price", "id"));

        TableParity table = sides.verify(plan).tables().get(0);

        assertThat(table.findings()).containsExactly(new DifferentRow("(77)", List.of("cost"), List.of()));
    }

    @Test
    void tableThatCannotBeReadIsUnreadAndTheOthersAreCompared() {
        sides.onTarget("DROP TABLE word");

        ParityReport report = sides.verify(WORD, ITEM);

        assertThat(report.verdict()).isEqualTo(Verdict.UNREAD);
        assertThat(report.exitCode()).isEqualTo(4);
        assertThat(report.tables().get(0).verdict()).isEqualTo(Verdict.UNREAD);
        assertThat(report.tables().get(0).findings())
                .singleElement()
                .isInstanceOfSatisfying(UnreadRange.class, range -> {
                    assertThat(range.side()).isEqualTo(Side.TARGET);
                    assertThat(range.reason()).contains("42P01");
                });
        assertThat(report.tables().get(1).verdict()).isEqualTo(Verdict.EQUAL);
    }

    @Test
    void rowsHiddenByAPolicyAreUnread() {
        sides.onTarget(
                "DROP ROLE IF EXISTS auditor",
                "CREATE ROLE auditor LOGIN",
                "GRANT SELECT ON item TO auditor",
                "ALTER TABLE item ENABLE ROW LEVEL SECURITY",
                "CREATE POLICY none ON item FOR SELECT TO auditor USING (id < 100)");
        VerificationRequest request = VerificationRequest.of(
                Sides.plan(ITEM),
                sides.sourceAccess(),
                new DatabaseAccess(sides.target.jdbcUrl(Sides.TARGET_DATABASE), "auditor", new Secret("")));

        ParityReport report = Sides.verify(request);

        assertThat(report.verdict()).isEqualTo(Verdict.UNREAD);
    }

    @Test
    void onlyTheTablesAskedForAreRead() {
        sides.onTarget("DROP TABLE item");
        VerificationRequest request = new VerificationRequest(
                Sides.plan(ITEM, WORD),
                sides.sourceAccess(),
                sides.targetAccess(),
                Set.of(new TableId("public", "word")),
                ValueDisclosure.KEYS_ONLY,
                VerificationLimits.DEFAULT,
                VerificationListener.NONE);

        assertThat(Sides.verify(request).verdict()).isEqualTo(Verdict.EQUAL);
    }

    @Test
    void tablesOfAnEngineWithoutSnapshotsAreNamed() {
        sides.onSource("ALTER TABLE word ENGINE = Aria");

        TableParity table = sides.verify(WORD).tables().get(0);

        assertThat(table.verdict()).isEqualTo(Verdict.EQUAL);
        assertThat(table.caveats()).singleElement().asString().contains("Aria");
    }

    @Test
    void listenerHearsProgressAndResults() {
        List<String> heard = new ArrayList<>();
        VerificationListener listener = new VerificationListener() {
            @Override
            public void paired(int tables) {
                heard.add("paired " + tables);
            }

            @Override
            public void compared(TableParity table) {
                heard.add("compared " + table.target());
            }
        };

        verify(VerificationLimits.DEFAULT, listener);

        assertThat(heard).containsExactly("paired 1", "compared public.item");
    }

    @Test
    void pairingIsCalledInOrderAndResumedBeforeReading() {
        StandingStill pairing = new StandingStill();
        VerificationListener listener = new VerificationListener() {
            @Override
            public void paired(int tables) {
                pairing.calls.add("reading");
            }
        };

        new Verifier(Clock.systemUTC())
                .verify(
                        new VerificationRequest(
                                Sides.plan(ITEM),
                                sides.sourceAccess(),
                                sides.targetAccess(),
                                Set.of(),
                                ValueDisclosure.KEYS_ONLY,
                                VerificationLimits.DEFAULT,
                                listener),
                        pairing);

        assertThat(pairing.calls)
                .containsExactly("hold", "publishThrough", "proveTarget", "repeatable read", "resume", "reading");
    }

    @Test
    void captureIsResumedWhenThePairFails() {
        List<String> calls = new ArrayList<>();
        SnapshotPairing failing = new SnapshotPairing() {
            @Override
            public void hold(Duration atMost) {
                calls.add("hold");
            }

            @Override
            public void publishThrough(BinlogPosition sourcePosition) {
                throw new MigrationException(ErrorKind.TRANSFORM, "fence not passed");
            }

            @Override
            public TargetPosition proveTarget(Connection targetSnapshot) {
                throw new IllegalStateException("not reached");
            }

            @Override
            public void resume() {
                calls.add("resume");
            }
        };

        VerificationRequest request =
                VerificationRequest.of(Sides.plan(ITEM), sides.sourceAccess(), sides.targetAccess());

        assertThatThrownBy(() -> new Verifier(Clock.systemUTC()).verify(request, failing))
                .isInstanceOf(MigrationException.class)
                .hasMessage("fence not passed");
        assertThat(calls).containsExactly("hold", "resume");
    }
}
