package dev.crossfade.demo.shop;

import static dev.crossfade.demo.shop.Sql.update;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** What happens to orders, their lines, payments and shipments. */
final class OrderWrites {
    private static final String NEW_PAYMENT_ID = "9223372036854775808 + (uuid_short() & 4611686018427387903)";

    private OrderWrites() {}

    static List<ShopLoad.Write> all() {
        return List.of(
                new ShopLoad.Write("insert order with lines and payment", 120, OrderWrites::place),
                new ShopLoad.Write("update order", 130, OrderWrites::moveOn),
                new ShopLoad.Write("delete order with lines", 35, OrderWrites::cancel),
                new ShopLoad.Write("update order lines", 80, OrderWrites::changeLine),
                new ShopLoad.Write("key change order line", 30, OrderWrites::renumberLine),
                new ShopLoad.Write("delete order line", 25, OrderWrites::removeLine),
                new ShopLoad.Write("update payment", 50, OrderWrites::refund),
                new ShopLoad.Write("key change payment", 20, OrderWrites::renumberPayment),
                new ShopLoad.Write("insert shipment", 40, OrderWrites::ship),
                new ShopLoad.Write("update shipment", 30, OrderWrites::weigh),
                new ShopLoad.Write("key change shipment", 15, OrderWrites::relabel),
                new ShopLoad.Write("delete shipment", 15, OrderWrites::unship),
                new ShopLoad.Write("long update of order lines", 1, OrderWrites::discountMany));
    }

    private static void place(Connection connection, Choice choice) throws SQLException {
        long order = Sql.insert(
                connection,
                """
                insert into `order` (user_id, status, currency, total, `placedAt`, handling_time, coupon, remark)
                values (?, 'new', ?, ?, now(3), sec_to_time(?), ?, ?)
                """,
                choice.user(),
                choice.oneIn(3) ? "GBP" : "EUR",
                BigDecimal.valueOf(choice.below(90_000_000), 4),
                choice.between(-90_000, 2_400_000),
                choice.oneIn(5) ? "FRÜH-€" + choice.below(100) : null,
                choice.oneIn(4) ? choice.words(6) : null);
        int lines = choice.between(1, 6);
        StringBuilder sql = new StringBuilder("insert into order_line (order_id, line, sku, quantity, price) values ");
        Object[] values = new Object[lines * 5];
        for (int i = 0; i < lines; i++) {
            sql.append(i == 0 ? "" : ", ").append("(?, ?, ?, ?, ?)");
            values[i * 5] = order;
            values[i * 5 + 1] = i + 1;
            values[i * 5 + 2] = choice.sku();
            values[i * 5 + 3] = choice.between(-2, 12);
            values[i * 5 + 4] = BigDecimal.valueOf(choice.below(4_000_000), 4);
        }
        update(connection, sql.toString(), values);
        if (!choice.oneIn(4)) {
            update(
                    connection,
                    "insert into payment (id, order_id, method, amount, paid_at, answer) values (" + NEW_PAYMENT_ID
                            + ", ?, ?, ?, now(6), json_object('trace', hex(?), 'score', ?, 'said', ?))",
                    order,
                    choice.between(1, 5),
                    BigDecimal.valueOf(choice.any64(), 10),
                    choice.bytes(8),
                    choice.real(),
                    choice.words(2));
        }
    }

    private static void moveOn(Connection connection, Choice choice) throws SQLException {
        update(
                connection,
                """
                update `order` set status = ?, shipped_on = if(? = 0, '0000-00-00', curdate() - interval ? day),
                  handling_time = sec_to_time(?), total = total + ? where id = ?
                """,
                choice.between(1, 7),
                choice.below(3),
                choice.below(4000),
                choice.below(3_000_000),
                BigDecimal.valueOf(choice.below(100), 2),
                choice.order(connection));
    }

    private static void cancel(Connection connection, Choice choice) throws SQLException {
        long order = choice.order(connection);
        update(connection, "delete from order_line where order_id = ?", order);
        update(connection, "delete from payment where order_id = ?", order);
        update(connection, "delete from shipment where order_id = ?", order);
        update(connection, "delete from `order` where id = ?", order);
    }

    private static void changeLine(Connection connection, Choice choice) throws SQLException {
        update(
                connection,
                "update order_line set quantity = ?, discount_percent = ? where order_id = ? and line <= ?",
                choice.between(-5, 40),
                choice.below(300) / 7f,
                choice.order(connection),
                choice.between(1, 4));
    }

    private static void renumberLine(Connection connection, Choice choice) throws SQLException {
        update(
                connection,
                "update order_line set line = ? where order_id = ? order by line desc limit 1",
                choice.between(1, 60_000),
                choice.order(connection));
    }

    private static void removeLine(Connection connection, Choice choice) throws SQLException {
        update(
                connection,
                "delete from order_line where order_id = ? order by line desc limit 1",
                choice.order(connection));
    }

    private static void refund(Connection connection, Choice choice) throws SQLException {
        update(connection, """
                update payment set refunded_at = if(refunded_at = 0, now(), 0), attempts = attempts + 1,
                  answer = json_set(coalesce(answer, '{}'), '$.refund', ?) where order_id = ?
                """, choice.any64(), choice.order(connection));
    }

    private static void renumberPayment(Connection connection, Choice choice) throws SQLException {
        update(
                connection,
                "update payment set id = " + NEW_PAYMENT_ID + " where order_id = ? limit 1",
                choice.order(connection));
    }

    private static void ship(Connection connection, Choice choice) throws SQLException {
        update(
                connection,
                """
                insert into shipment (id, order_id, carrier, weight_kg, journey, hand_over, label)
                values (?, ?, ?, ?, sec_to_time(?), now(6), ?)
                """,
                choice.identifier(),
                choice.order(connection),
                choice.oneIn(2) ? "Kiebitz Post" : "飛脚",
                choice.below(30_000) / 997f,
                choice.between(-3_000_000, 3_020_399),
                choice.words(20));
    }

    private static void weigh(Connection connection, Choice choice) throws SQLException {
        update(
                connection,
                "update shipment set weight_kg = ?, journey = ?, hand_over = ? where order_id = ?",
                (float) choice.real(),
                choice.oneIn(4) ? null : "-838:59:59",
                choice.oneIn(4) ? null : "2024-02-29 23:59:59.999999",
                choice.order(connection));
    }

    private static void relabel(Connection connection, Choice choice) throws SQLException {
        update(
                connection,
                "update shipment set id = ?, label = ? where order_id = ? limit 1",
                choice.identifier(),
                choice.word(),
                choice.order(connection));
    }

    private static void unship(Connection connection, Choice choice) throws SQLException {
        update(connection, "delete from shipment where order_id = ? limit 1", choice.order(connection));
    }

    private static void discountMany(Connection connection, Choice choice) throws SQLException {
        long order = choice.oldOrder();
        update(
                connection,
                "update order_line set discount_percent = ? where order_id >= ? and order_id < ?",
                choice.below(9000) / 91f,
                order,
                order + 220);
    }
}
