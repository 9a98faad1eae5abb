package dev.crossfade.demo.shop;

import static dev.crossfade.demo.shop.Sql.update;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** What happens to baskets and vouchers: a basket's lines follow it, and baskets follow their users and vouchers. */
final class BasketWrites {
    /** Ids from here on are those of vouchers that took another one. */
    private static final int RENUMBERED = 10_000_000;

    private BasketWrites() {}

    static List<ShopLoad.Write> all() {
        return List.of(
                new ShopLoad.Write("insert basket with lines", 30, BasketWrites::fill),
                new ShopLoad.Write("update basket line", 20, BasketWrites::weigh),
                new ShopLoad.Write("key change basket", 10, BasketWrites::renumber),
                new ShopLoad.Write("delete basket", 10, BasketWrites::empty),
                new ShopLoad.Write("insert voucher", 8, BasketWrites::give),
                new ShopLoad.Write("key change voucher", 5, BasketWrites::renumberVoucher),
                new ShopLoad.Write("delete voucher", 5, BasketWrites::expire));
    }

    private static void fill(Connection connection, Choice choice) throws SQLException {
        int user = choice.user();
        int no = choice.between(3, 12);
        update(connection, """
                insert into basket (user_id, no, voucher_id, label) select ?, ?, max(id), ? from voucher where id <= ?
                on duplicate key update voucher_id = values(voucher_id)
                """, user, no, choice.words(2), choice.voucher());
        int lines = choice.between(1, 5);
        for (int line = 1; line <= lines; line++) {
            update(
                    connection,
                    "replace into basket_line (user_id, basket_no, line, sku, quantity, wish) values (?, ?, ?, ?, ?, ?)",
                    user,
                    no,
                    line,
                    choice.sku(),
                    BigDecimal.valueOf(choice.below(90_000), 3),
                    choice.oneIn(2) ? null : choice.words(4));
        }
    }

    private static void weigh(Connection connection, Choice choice) throws SQLException {
        update(
                connection,
                "update basket_line set quantity = ?, wish = ? where user_id >= ? order by user_id, basket_no, line limit 2",
                BigDecimal.valueOf(choice.below(90_000), 3),
                choice.words(3),
                choice.user());
    }

    /** Its lines take the new number as well. */
    private static void renumber(Connection connection, Choice choice) throws SQLException {
        update(
                connection,
                "update basket set no = ? where user_id >= ? order by user_id, no limit 1",
                choice.between(100, 60_000),
                choice.user());
    }

    /** Its lines go as well. */
    private static void empty(Connection connection, Choice choice) throws SQLException {
        update(connection, "delete from basket where user_id >= ? order by user_id, no limit 1", choice.user());
    }

    private static void give(Connection connection, Choice choice) throws SQLException {
        update(
                connection,
                "insert into voucher (id, code, percent) select 1 + max(id), concat('NEU', ?), ? from voucher where id < ?",
                choice.between(10_000, 99_999),
                choice.between(5, 51),
                RENUMBERED);
    }

    /** Baskets with this voucher name it by its new number. */
    private static void renumberVoucher(Connection connection, Choice choice) throws SQLException {
        update(
                connection,
                "update voucher set id = id + ? where id <= ? order by id desc limit 1",
                RENUMBERED,
                choice.voucher());
    }

    /** Baskets with this voucher have none from now on. */
    private static void expire(Connection connection, Choice choice) throws SQLException {
        update(
                connection,
                "delete from voucher where id >= ? order by id limit 1",
                choice.oneIn(2) ? choice.voucher() : RENUMBERED);
    }
}
