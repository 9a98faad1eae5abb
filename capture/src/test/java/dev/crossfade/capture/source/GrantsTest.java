package dev.crossfade.capture.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.model.TableId;
import java.util.List;
import org.junit.jupiter.api.Test;

class GrantsTest {
    private static final TableId ORDERS = new TableId("shop_1", "orders");

    private static Grants grants(String... lines) {
        return Grants.parse("mover@%", List.of(lines));
    }

    @Test
    void allPrivilegesOnEverythingCoverAll() {
        Grants grants =
                grants("GRANT ALL PRIVILEGES ON *.* TO `mover`@`%` IDENTIFIED BY PASSWORD '*X' WITH GRANT OPTION");
        assertThat(grants.has("REPLICATION SLAVE")).isTrue();
        assertThat(grants.has("SELECT", ORDERS)).isTrue();
    }

    @Test
    void privilegesOfOneScopeAreNotThoseOfAWiderOne() {
        Grants grants = grants("GRANT USAGE ON *.* TO `mover`@`%`", "GRANT SELECT ON `shop_1`.* TO `mover`@`%`");
        assertThat(grants.has("SELECT")).isFalse();
        assertThat(grants.has("SELECT", ORDERS)).isTrue();
        assertThat(grants.has("SELECT", new TableId("shop", "orders"))).isFalse();
        assertThat(grants.has("INSERT", ORDERS)).isFalse();
    }

    @Test
    void underscoreAndPercentOfADatabaseAreWildcardsUnlessEscaped() {
        assertThat(grants("GRANT SELECT ON `shop_1`.* TO x").has("SELECT", new TableId("shopA1", "orders")))
                .isTrue();
        assertThat(grants("GRANT SELECT ON `shop\\_1`.* TO x").has("SELECT", new TableId("shopA1", "orders")))
                .isFalse();
        assertThat(grants("GRANT SELECT ON `shop\\_1`.* TO x").has("SELECT", ORDERS))
                .isTrue();
        assertThat(grants("GRANT SELECT ON `sh%`.* TO x").has("SELECT", ORDERS)).isTrue();
        assertThat(grants("GRANT SELECT ON `sh%`.`orders` TO x").has("SELECT", ORDERS))
                .isFalse();
    }

    @Test
    void privilegesOnColumnsDoNotCount() {
        Grants grants = grants("GRANT SELECT (`a`, `b ON c`), INSERT ON `shop_1`.`orders` TO `mover`@`%`");
        assertThat(grants.has("SELECT", ORDERS)).isFalse();
        assertThat(grants.has("INSERT", ORDERS)).isTrue();
    }

    @Test
    void whatMySqlTakesBackOfAGlobalGrantDoesNotCountInThatDatabase() {
        Grants grants = grants(
                "GRANT SELECT, REPLICATION SLAVE ON *.* TO `mover`@`%`",
                "REVOKE SELECT ON `shop_1`.* FROM `mover`@`%`");
        assertThat(grants.has("SELECT", ORDERS)).isFalse();
        assertThat(grants.has("SELECT", new TableId("other", "orders"))).isTrue();
        assertThat(grants.has("REPLICATION SLAVE")).isTrue();
    }

    @Test
    void rolesProxiesAndRoutinesAreNoPrivilegesOnTables() {
        Grants grants = grants(
                "GRANT `reader ON x`@`%` TO `mover`@`%`",
                "GRANT PROXY ON ''@'%' TO `mover`@`%`",
                "GRANT EXECUTE ON PROCEDURE `shop_1`.`orders` TO `mover`@`%`",
                "SET DEFAULT ROLE `reader` FOR `mover`@`%`");
        assertThat(grants.has("EXECUTE", ORDERS)).isFalse();
        assertThat(grants.has("SELECT", ORDERS)).isFalse();
    }

    @Test
    void accountIsQuotedForAStatement() {
        assertThat(Grants.parse("o'neil@10.0.0.%", List.of()).quotedAccount()).isEqualTo("'o''neil'@'10.0.0.%'");
    }
}
