package dev.crossfade.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.model.LogicalType;
import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.OrderGroup;
import dev.crossfade.model.OrderGroup.Copy;
import dev.crossfade.model.Table;
import dev.crossfade.model.TableId;
import dev.crossfade.model.TablePlan;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A table whose key several rows of the source share: equal only if the store is the source and the table is the store's choice. */
class SharedKeyVerifierIT {
    private static final TablePlan MEMBER = plan("mail");

    private static Sides sides;

    private static TablePlan plan(String... key) {
        TablePlan same = Sides.table(
                "member",
                List.of("id"),
                Sides.columns(
                        "id", LogicalType.text(10),
                        "mail", LogicalType.text(40),
                        "seat", LogicalType.decimal(10, 2)));
        Table target = new Table(same.target().id(), same.target().columns(), List.of(key));
        Table store = new Table(new TableId("crossfade", "rows_shop_1"), target.columns(), List.of("id"));
        return new TablePlan(same.source(), target, same.sourceColumns(), Optional.of(store));
    }

    @BeforeAll
    static void start() {
        sides = Sides.start();
        sides.onTarget("CREATE SCHEMA crossfade");
    }

    @AfterAll
    static void stop() {
        sides.close();
    }

    /** Three rows share one key, two another; one stands alone. By bytes B comes before a. */
    @BeforeEach
    void equalTables() {
        String rows = "('a', 'one@x', 1.5), ('B', 'one@x', 2), ('c', 'one@x', NULL), ('d', 'two@x', 4),"
                + " ('e', 'two@x', 4), ('f', 'three@x', 6)";
        sides.onSource(
                "CREATE OR REPLACE TABLE member (id VARCHAR(10) COLLATE utf8mb4_bin PRIMARY KEY, mail VARCHAR(40) NOT NULL,"
                        + " seat DECIMAL(10,2))",
                "INSERT INTO member VALUES " + rows);
        sides.onTarget(
                "DROP TABLE IF EXISTS member, crossfade.rows_shop_1",
                "CREATE TABLE crossfade.rows_shop_1 (id varchar(10) PRIMARY KEY, mail varchar(40), seat numeric(10,2))",
                "INSERT INTO crossfade.rows_shop_1 VALUES " + rows,
                "CREATE TABLE member (id varchar(10), mail varchar(40), seat numeric, extra text)",
                "INSERT INTO member VALUES ('B', 'one@x', 2), ('d', 'two@x', 4.000), ('f', 'three@x', 6)");
    }

    private static TableParity verify() {
        return verify(MEMBER);
    }

    private static TableParity verify(TablePlan table) {
        OrderGroup group =
                new OrderGroup("g", 0, Copy.SNAPSHOT, List.of(table.source().id()), List.of("its key is shared"));
        MigrationPlan plan = new MigrationPlan("shop", "ab".repeat(32), List.of(table), List.of(group), List.of());
        return Sides.verify(VerificationRequest.of(plan, sides.sourceAccess(), sides.targetAccess()))
                .tables()
                .get(0);
    }

    @Test
    void theChoiceOfTheStoreIsEqualAndTheRowsThatAreNotThereAreListed() {
        TableParity table = verify();

        assertThat(table.findings()).isEmpty();
        assertThat(table.verdict()).isEqualTo(Verdict.EQUAL);
        assertThat(table.target()).isEqualTo(new TableId("public", "member"));
        assertThat(table.sourceRows()).isEqualTo(6);
        assertThat(table.caveats())
                .containsExactly(
                        "Collisions: 3 rows of legacy.member share their key [mail] with another row and are not in"
                                + " public.member, which has 3 rows; the smallest key of the source counts."
                                + " ('one@x') of ('B'), ('a') and 1 more; ('two@x') of ('d'), ('e')");
    }

    @Test
    void keysOfSeveralColumnsAreListedEachWithItsOwnRows() {
        String rows = "('a', 'x', 1.5), ('b', 'x', 2.5), ('c', 'x', 1.5), ('d', 'x', 2.5)";
        sides.onSource("DELETE FROM member", "INSERT INTO member VALUES " + rows);
        sides.onTarget(
                "DELETE FROM crossfade.rows_shop_1",
                "INSERT INTO crossfade.rows_shop_1 VALUES " + rows,
                "DELETE FROM member",
                "INSERT INTO member VALUES ('a', 'x', 1.5), ('b', 'x', 2.5)");

        TableParity table = verify(plan("mail", "seat"));

        assertThat(table.verdict()).isEqualTo(Verdict.EQUAL);
        assertThat(table.caveats())
                .singleElement()
                .asString()
                .endsWith("('x', 1.5) of ('a'), ('c'); ('x', 2.5) of ('b'), ('d')");
    }

    @Test
    void nothingIsSaidWhereNoRowsShareAKey() {
        sides.onSource("DELETE FROM member WHERE id IN ('a', 'c', 'e')");
        sides.onTarget("DELETE FROM crossfade.rows_shop_1 WHERE id IN ('a', 'c', 'e')");

        TableParity table = verify();

        assertThat(table.verdict()).isEqualTo(Verdict.EQUAL);
        assertThat(table.caveats()).isEmpty();
    }

    @Test
    void aRowOfTheStoreThatTheSourceDoesNotHaveIsFoundThoughTheTableDoesNotShowIt() {
        sides.onTarget("INSERT INTO crossfade.rows_shop_1 VALUES ('x', 'one@x', 9)");

        TableParity table = verify();

        assertThat(table.verdict()).isEqualTo(Verdict.DIFFERENT);
        assertThat(table.findings()).containsExactly(new ExtraRow("('x')"));
    }

    @Test
    void aRowThatIsThereInsteadOfTheSmallestIsFound() {
        sides.onTarget("UPDATE member SET id = 'a', seat = 1.5 WHERE mail = 'one@x'");

        TableParity table = verify();

        assertThat(table.verdict()).isEqualTo(Verdict.DIFFERENT);
        assertThat(table.findings())
                .containsExactly(new DifferentRow("[mail] ('one@x')", List.of("id", "seat"), List.of()));
        assertThat(table.findingsTotal()).isEqualTo(1);
    }

    @Test
    void aDigitBeyondTheScaleIsFound() {
        sides.onTarget("UPDATE member SET seat = 6.001 WHERE mail = 'three@x'");

        assertThat(verify().findings())
                .containsExactly(new DifferentRow("[mail] ('three@x')", List.of("seat"), List.of()));
    }

    @Test
    void missingExtraAndDoubledRowsOfTheTableAreFound() {
        sides.onTarget(
                "DELETE FROM member WHERE mail = 'two@x'",
                "INSERT INTO member VALUES ('q', 'four@x', 1), ('f', 'three@x', 6)");

        TableParity table = verify();

        assertThat(table.verdict()).isEqualTo(Verdict.DIFFERENT);
        assertThat(table.findings())
                .containsExactlyInAnyOrder(
                        new MissingRow("[mail] ('two@x')"),
                        new ExtraRow("[mail] ('four@x')"),
                        new ExtraRow("[mail] ('three@x')"));
    }

    @Test
    void aTableThatCannotBeReadIsUnreadAndNeverEqual() {
        sides.onTarget("DROP TABLE member");

        TableParity table = verify();

        assertThat(table.verdict()).isEqualTo(Verdict.UNREAD);
        assertThat(table.findings()).singleElement().isInstanceOfSatisfying(UnreadRange.class, range -> assertThat(
                        range.reason())
                .contains("42P01"));
    }
}
