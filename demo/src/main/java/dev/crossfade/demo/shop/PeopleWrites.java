package dev.crossfade.demo.shop;

import static dev.crossfade.demo.shop.Sql.update;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** What happens to customers, their groups, addresses, reviews and visits. */
final class PeopleWrites {
    /** Those who never bought nor wrote anything: the others are kept by foreign keys. */
    private static final String ONE_OF_THE_IDLE =
            " where id >= ? and id < 1000000000 and not exists (select * from `order` where user_id = `user`.id)"
                    + " and not exists (select * from review where user_id = `user`.id) order by id limit 1";

    private PeopleWrites() {}

    static List<ShopLoad.Write> all() {
        return List.of(
                new ShopLoad.Write("insert user with address", 40, PeopleWrites::register),
                new ShopLoad.Write("update user", 100, PeopleWrites::logIn),
                new ShopLoad.Write("delete user", 10, PeopleWrites::forget),
                new ShopLoad.Write("key change user", 10, PeopleWrites::renumber),
                new ShopLoad.Write("update group", 5, PeopleWrites::regroup),
                new ShopLoad.Write("update address", 30, PeopleWrites::move),
                new ShopLoad.Write("key change address", 15, PeopleWrites::reorderAddresses),
                new ShopLoad.Write("replace review", 30, PeopleWrites::review),
                new ShopLoad.Write("key change review", 10, PeopleWrites::reviewAsOther),
                new ShopLoad.Write("delete review", 10, PeopleWrites::unreview),
                new ShopLoad.Write("insert visits", 40, PeopleWrites::visit),
                new ShopLoad.Write("update visits", 10, PeopleWrites::anonymise),
                new ShopLoad.Write("delete visits", 15, PeopleWrites::forgetVisits),
                new ShopLoad.Write("long insert of visits", 1, PeopleWrites::visitOften),
                new ShopLoad.Write("rolled back", 15, PeopleWrites::changeOnesMind),
                new ShopLoad.Write("partly rolled back", 10, PeopleWrites::halfChangeOnesMind));
    }

    private static void register(Connection connection, Choice choice) throws SQLException {
        long user = Sql.insert(
                connection,
                """
                insert into `user` (email, password_hash, first_name, last_name, `group`, salutation, interests, born, newsletter,
                  balance, preferences)
                values (concat(hex(?), '@Example.org'), ?, ?, ?, ?, ?, ?, ?, ?, ?, json_object('theme', ?, 'n', ?))
                """,
                choice.bytes(6),
                choice.bytes(32),
                choice.word(),
                choice.word(),
                choice.between(1, 8),
                choice.between(1, 5),
                choice.oneIn(4) ? null : choice.below(128),
                switch (choice.below(4)) {
                    case 0 -> null;
                    case 1 -> "0000-00-00";
                    case 2 -> "1984-00-00";
                    default -> "1984-02-29";
                },
                choice.below(2),
                BigDecimal.valueOf(choice.between(-1_000_000, 1_000_000), 6),
                choice.word(),
                choice.any64());
        update(
                connection,
                "insert into address (user_id, no, kind, street, postcode, city, country, note) values (?, 1, 1, ?, ?, ?, 'DE', ?)",
                user,
                choice.words(2),
                Integer.toString(choice.below(99_999)),
                choice.word(),
                choice.oneIn(2) ? null : choice.words(5));
    }

    private static void logIn(Connection connection, Choice choice) throws SQLException {
        update(
                connection,
                """
                update `user` set last_login = if(? = 0, '0000-00-00 00:00:00', now()), loyalty_points = (loyalty_points + ?) mod 16777216,
                  first_name = ?, newsletter = not newsletter, born = if(? = 0, '1977-07-00', born),
                  preferences = json_set(coalesce(preferences, '{}'), '$.seen', ?) where id = ?
                """,
                choice.below(6),
                choice.below(500),
                choice.word(),
                choice.below(5),
                choice.any64(),
                choice.user());
    }

    /** Addresses go as well, and baskets with their lines. */
    private static void forget(Connection connection, Choice choice) throws SQLException {
        update(connection, "delete from `user`" + ONE_OF_THE_IDLE, choice.user());
    }

    /** Addresses, baskets and their lines take the new number as well. */
    private static void renumber(Connection connection, Choice choice) throws SQLException {
        update(connection, "update `user` set id = id + 3000000000" + ONE_OF_THE_IDLE, choice.user());
    }

    private static void regroup(Connection connection, Choice choice) throws SQLException {
        update(
                connection,
                "update `group` set rank = ?, discount = ? where id = ?",
                choice.between(-128, 128),
                BigDecimal.valueOf(choice.between(-99_999, 99_999), 2),
                choice.between(1, 9));
    }

    private static void move(Connection connection, Choice choice) throws SQLException {
        update(
                connection,
                "update address set street = ?, kind = ?, postcode = ?, note = ? where user_id = ?",
                choice.words(3),
                choice.between(1, 4),
                " " + choice.below(9999),
                choice.oneIn(3) ? null : choice.words(8),
                choice.user());
    }

    private static void reorderAddresses(Connection connection, Choice choice) throws SQLException {
        update(
                connection,
                "update address set no = ? where user_id = ? order by no desc limit 1",
                choice.between(3, 256),
                choice.user());
    }

    /** REPLACE logs an UPDATE, or a DELETE and an INSERT, where the row was there. */
    private static void review(Connection connection, Choice choice) throws SQLException {
        update(
                connection,
                "replace into review (sku, user_id, stars, title, body, helpful, posted_on) values (?, ?, ?, ?, ?, ?, ?)",
                choice.sku(),
                choice.user(),
                choice.between(0, 256),
                choice.words(2),
                choice.words(30),
                choice.between(-100, 100),
                choice.oneIn(3) ? "2024-03-00" : "2024-03-31");
    }

    private static void reviewAsOther(Connection connection, Choice choice) throws SQLException {
        update(
                connection,
                "update review set user_id = ? where sku = ? order by user_id limit 1",
                choice.user(),
                choice.sku());
    }

    private static void unreview(Connection connection, Choice choice) throws SQLException {
        update(connection, "delete from review where sku = ? order by user_id desc limit 1", choice.sku());
    }

    private static void visit(Connection connection, Choice choice) throws SQLException {
        insertVisits(connection, choice, choice.between(1, 8));
    }

    private static void visitOften(Connection connection, Choice choice) throws SQLException {
        for (int i = 0; i < 10; i++) {
            insertVisits(connection, choice, 50);
        }
    }

    private static void insertVisits(Connection connection, Choice choice, int count) throws SQLException {
        StringBuilder sql =
                new StringBuilder("insert into visit (user_id, at, ip, path, agent_hash, milliseconds) values ");
        Object[] values = new Object[count * 4];
        for (int i = 0; i < count; i++) {
            sql.append(i == 0 ? "" : ", ").append("(null, now(6), ?, ?, ?, ?)");
            values[i * 4] = choice.bytes(choice.oneIn(2) ? 4 : 16);
            values[i * 4 + 1] = "/" + choice.word();
            values[i * 4 + 2] = choice.any64();
            values[i * 4 + 3] = choice.real();
        }
        update(connection, sql.toString(), values);
    }

    private static void anonymise(Connection connection, Choice choice) throws SQLException {
        update(
                connection,
                "update visit set ip = '', user_id = null where id >= ? order by id limit 5",
                choice.oldOrder());
    }

    private static void forgetVisits(Connection connection, Choice choice) throws SQLException {
        update(
                connection,
                "delete from visit where id >= ? order by id limit ?",
                choice.oldOrder(),
                choice.between(1, 8));
    }

    private static void changeOnesMind(Connection connection, Choice choice) throws SQLException {
        register(connection, choice);
        logIn(connection, choice);
        insertVisits(connection, choice, 20);
        connection.rollback();
    }

    private static void halfChangeOnesMind(Connection connection, Choice choice) throws SQLException {
        logIn(connection, choice);
        update(connection, "savepoint before_visits");
        insertVisits(connection, choice, 10);
        update(connection, "rollback to savepoint before_visits");
        insertVisits(connection, choice, 1);
    }
}
