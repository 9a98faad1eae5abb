package dev.crossfade.demo.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.crossfade.testkit.MariaDbServer;
import dev.crossfade.testkit.WriteLoad;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ShopIT {
    private static final int ROWS = 12_000;

    private static MariaDbServer server;
    private static Shop shop;
    private static Map<String, Long> rowsAtFirst;

    @BeforeAll
    static void openTheShop() throws SQLException {
        server = MariaDbServer.start("--innodb-buffer-pool-size=64M");
        shop = Shop.create(server, ShopSize.ofRows(ROWS));
        rowsAtFirst = new TreeMap<>();
        for (String table : Shop.TABLES) {
            rowsAtFirst.put(table, number("select count(*) from `" + table + "`"));
        }
    }

    @AfterAll
    static void closeTheShop() {
        server.close();
    }

    @Test
    void hasTheTablesAndAboutTheRowsThatWereAskedFor() throws SQLException {
        assertThat(texts("select table_name from information_schema.tables where table_schema = 'shop'"))
                .containsExactlyInAnyOrderElementsOf(Shop.TABLES);

        assertThat(rowsAtFirst.values()).allSatisfy(rows -> assertThat(rows).isPositive());
        assertThat(rowsAtFirst.values().stream().mapToLong(Long::longValue).sum())
                .isBetween(ROWS * 95L / 100, ROWS * 110L / 100);
    }

    @Test
    void hasEveryTypeThatIsCarried() throws SQLException {
        assertThat(texts("select distinct data_type from information_schema.columns where table_schema = 'shop'"))
                .contains(
                        "tinyint",
                        "smallint",
                        "mediumint",
                        "int",
                        "bigint",
                        "decimal",
                        "float",
                        "double",
                        "char",
                        "varchar",
                        "tinytext",
                        "text",
                        "mediumtext",
                        "longtext",
                        "binary",
                        "varbinary",
                        "blob",
                        "mediumblob",
                        "date",
                        "datetime",
                        "timestamp",
                        "time",
                        "year",
                        "bit",
                        "enum",
                        "set");
        assertThat(
                        texts(
                                "select distinct character_set_name from information_schema.columns"
                                        + " where table_schema = 'shop' and table_name = 'supplier' and character_set_name is not null"))
                .containsExactly("latin1");
        assertThat(number("select count(*) from information_schema.columns"
                        + " where table_schema = 'shop' and extra like '%STORED GENERATED%'"))
                .isEqualTo(3);
        assertThat(number("select count(*) from information_schema.table_constraints"
                        + " where table_schema = 'shop' and constraint_type = 'FOREIGN KEY'"))
                .isGreaterThan(12);
    }

    @Test
    void hasTheValuesThatMigrationsStumbleOver() throws SQLException {
        Map<String, String> oddities = new TreeMap<>(Map.ofEntries(
                Map.entry("id above 2^63", "from payment where id > 9223372036854775807"),
                Map.entry("euro sign in latin1", "from supplier where terms like '%€%' and hex(terms) like '%80%'"),
                Map.entry("zero date", "from `order` where shipped_on = '0000-00-00'"),
                Map.entry("partial date", "from `user` where born like '%-00-00' and born > 0"),
                Map.entry("zero datetime", "from `user` where last_login = 0"),
                Map.entry("zero timestamp", "from payment where refunded_at = 0"),
                Map.entry("enum error value", "from `user` where salutation + 0 = 0"),
                Map.entry("time beyond a day", "from shipment where journey > '24:00:00'"),
                Map.entry("negative time", "from shipment where journey < 0"),
                Map.entry("year zero", "from product where harvest = 0"),
                Map.entry("boolean of two", "from product where available = 2"),
                Map.entry("zero bytes at the end of a key", "from shipment where hex(id) like '%0000'"),
                Map.entry("emoji", "from product where description like '%🍵%'"),
                Map.entry(
                        "number beyond a double in JSON",
                        "from `user` where json_value(preferences, '$.card') > 9007199254740993")));

        for (Map.Entry<String, String> oddity : oddities.entrySet()) {
            assertThat(number("select count(*) " + oddity.getValue()))
                    .as(oddity.getKey())
                    .isPositive();
        }
    }

    @Test
    void hasNoOrphans() throws SQLException {
        for (List<String> key : List.of(
                List.of("order", "user_id", "user", "id"),
                List.of("order_line", "order_id", "order", "id"),
                List.of("order_line", "sku", "product", "sku"),
                List.of("payment", "order_id", "order", "id"),
                List.of("shipment", "order_id", "order", "id"),
                List.of("review", "sku", "product", "sku"),
                List.of("review", "user_id", "user", "id"),
                List.of("stock", "sku", "product", "sku"),
                List.of("product", "supplier_code", "supplier", "code"),
                List.of("product_category", "category_id", "category", "id"),
                List.of("category", "parent_id", "category", "id"),
                List.of("address", "user_id", "user", "id"),
                List.of("basket", "user_id", "user", "id"),
                List.of("basket", "voucher_id", "voucher", "id"),
                List.of("basket_line", "user_id", "basket", "user_id"),
                List.of("basket_line", "sku", "product", "sku"),
                List.of("showcase", "sku", "product", "sku"),
                List.of("user", "group", "group", "id"))) {
            assertThat(number(
                            "select count(*) from `%s` c left join `%s` p on p.`%s` = c.`%s` where p.`%s` is null and c.`%s` is not null"
                                    .formatted(key.get(0), key.get(2), key.get(3), key.get(1), key.get(3), key.get(1))))
                    .as("%s", key)
                    .isZero();
        }
    }

    @Test
    void everyKindOfWriteSucceedsAndTogetherTheyChangeEveryTable() throws SQLException {
        Map<String, String> before = checksums();
        Random random = new Random(7);
        WriteLoad.Target programs = shop.programs();
        try (Connection connection =
                DriverManager.getConnection(programs.jdbcUrl(), programs.user(), programs.password())) {
            connection.setAutoCommit(false);
            for (ShopLoad.Write write : ShopLoad.writes()) {
                int committed = 0;
                for (int attempt = 0; committed < 3 && attempt < 200; attempt++) {
                    committed += commits(connection, write, new Choice(shop.size(), random)) ? 1 : 0;
                }
                assertThat(committed).as(write.kind()).isEqualTo(3);
            }
        }

        Map<String, String> after = checksums();

        assertThat(Shop.TABLES).allSatisfy(table -> assertThat(after.get(table)).isNotEqualTo(before.get(table)));
    }

    @Test
    void writesAtTheRateThatWasAskedFor() {
        long started = System.nanoTime();
        try (WriteLoad load = ShopLoad.start(shop, 200, 42)) {
            await().atMost(Duration.ofSeconds(30)).until(() -> load.total() + rejected(load) >= 600);

            Map<String, Long> counts = load.stop();

            assertThat(Duration.ofNanos(System.nanoTime() - started)).isGreaterThan(Duration.ofMillis(2500));
            assertThat(counts)
                    .containsKeys("insert order with lines and payment", "update order", "key change payment");
            assertThat(counts.getOrDefault(WriteLoad.REJECTED, 0L)).isLessThan(load.total() / 10);
        }
    }

    private static long rejected(WriteLoad load) {
        return load.counts().getOrDefault(WriteLoad.REJECTED, 0L);
    }

    /** False if a key or a constraint refused the write. */
    private static boolean commits(Connection connection, ShopLoad.Write write, Choice choice) throws SQLException {
        try {
            write.statements().run(connection, choice);
            connection.commit();
            return true;
        } catch (SQLException e) {
            connection.rollback();
            assertThat(e.getSQLState()).as(write.kind() + ": " + e.getMessage()).startsWith("23");
            return false;
        }
    }

    private static Map<String, String> checksums() throws SQLException {
        Map<String, String> checksums = new TreeMap<>();
        for (String table : Shop.TABLES) {
            try (Connection connection = server.connect(Shop.DATABASE);
                    Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("checksum table `" + table + "`")) {
                rows.next();
                checksums.put(table, rows.getString(2));
            }
        }
        return checksums;
    }

    private static long number(String query) throws SQLException {
        return Long.parseLong(texts(query).iterator().next());
    }

    private static List<String> texts(String query) throws SQLException {
        TreeSet<String> texts = new TreeSet<>();
        WriteLoad.Target programs = shop.programs();
        try (Connection connection =
                        DriverManager.getConnection(programs.jdbcUrl(), programs.user(), programs.password());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
        }
        return new ArrayList<>(texts);
    }
}
