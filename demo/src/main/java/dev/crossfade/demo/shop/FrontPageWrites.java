package dev.crossfade.demo.shop;

import static dev.crossfade.demo.shop.Sql.update;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** What happens on the front page: what stands where, who subscribes to the newsletter, and what is looked for. */
final class FrontPageWrites {
    private static final int PLACES = 60;

    private FrontPageWrites() {}

    static List<ShopLoad.Write> all() {
        return List.of(
                new ShopLoad.Write("swap places", 20, FrontPageWrites::swap),
                new ShopLoad.Write("shift places", 8, FrontPageWrites::moveToTheFront),
                new ShopLoad.Write("delete and insert in one place", 8, FrontPageWrites::replace),
                new ShopLoad.Write("insert subscriber", 15, FrontPageWrites::subscribe),
                new ShopLoad.Write("update subscribers", 8, FrontPageWrites::send),
                new ShopLoad.Write("update e-mail", 10, FrontPageWrites::changeAddress),
                new ShopLoad.Write("pass e-mail on", 10, FrontPageWrites::passAddressOn),
                new ShopLoad.Write("replace subscriber", 6, FrontPageWrites::subscribeAgain),
                new ShopLoad.Write("delete subscriber", 6, FrontPageWrites::unsubscribe),
                new ShopLoad.Write("insert searches", 30, FrontPageWrites::search),
                new ShopLoad.Write("update one of equal searches", 10, FrontPageWrites::countAgain),
                new ShopLoad.Write("delete one of equal searches", 10, FrontPageWrites::forget));
    }

    /** By way of places below zero, since the index looks at each row as it is changed. */
    private static void swap(Connection connection, Choice choice) throws SQLException {
        int one = choice.between(1, PLACES + 1);
        int other = 1 + (one + choice.below(PLACES - 1)) % PLACES;
        update(connection, "update showcase set place = -place where place in (?, ?)", one, other);
        update(
                connection,
                "update showcase set place = case place when ? then ? else ? end where place in (?, ?)",
                -one,
                other,
                one,
                -one,
                -other);
    }

    /** All before it move on by one place, each to where another row has just been. */
    private static void moveToTheFront(Connection connection, Choice choice) throws SQLException {
        int place = choice.between(2, PLACES + 1);
        update(connection, "update showcase set place = 0 where place = ?", place);
        update(
                connection,
                "update showcase set place = place + 1 where place between 1 and ? order by place desc",
                place - 1);
        update(connection, "update showcase set place = 1 where place = 0");
    }

    private static void replace(Connection connection, Choice choice) throws SQLException {
        int place = choice.between(1, PLACES + 1);
        update(connection, "delete from showcase where place = ?", place);
        update(
                connection,
                "insert into showcase (place, sku, headline) values (?, ?, ?)",
                place,
                choice.sku(),
                choice.words(4));
    }

    private static void subscribe(Connection connection, Choice choice) throws SQLException {
        update(
                connection,
                "insert into subscriber (email, since) values (?, now()) on duplicate key update letters = 0",
                choice.email());
    }

    private static void send(Connection connection, Choice choice) throws SQLException {
        update(
                connection,
                "update subscriber set letters = letters + 1, language = ? where id >= ? order by id limit 4",
                choice.oneIn(2) ? "es" : "nl",
                choice.subscriber());
    }

    /** To a free one, or to the same in other letters: equal here, another one where case counts. */
    private static void changeAddress(Connection connection, Choice choice) throws SQLException {
        if (choice.oneIn(3)) {
            update(connection, "update subscriber set email = upper(email) where id = ?", choice.subscriber());
        } else {
            update(
                    connection,
                    "update ignore subscriber set email = ? where id = ?",
                    choice.email(),
                    choice.subscriber());
        }
    }

    /** Whoever had the address takes one that nobody ever had. */
    private static void passAddressOn(Connection connection, Choice choice) throws SQLException {
        String email = choice.email();
        update(
                connection,
                "update subscriber set email = concat('formerly.', uuid_short(), '@example.org') where email = ?",
                email);
        update(
                connection,
                "update subscriber set email = ? where id >= ? order by id limit 1",
                email,
                choice.subscriber());
    }

    /** The same address under another number. */
    private static void subscribeAgain(Connection connection, Choice choice) throws SQLException {
        update(connection, "replace into subscriber (email, language, since) values (?, 'it', now())", choice.email());
    }

    private static void unsubscribe(Connection connection, Choice choice) throws SQLException {
        update(connection, "delete from subscriber where email = ?", choice.email());
    }

    private static void search(Connection connection, Choice choice) throws SQLException {
        for (int searches = choice.between(1, 4); searches > 0; searches--) {
            update(
                    connection,
                    "insert into search (day, words, found) select curdate(), ?, nullif(?, 0) from seq_1_to_2",
                    choice.word(),
                    choice.below(4));
        }
    }

    private static void countAgain(Connection connection, Choice choice) throws SQLException {
        update(
                connection,
                "update search set found = ? where day >= '2024-01-01' + interval ? day order by day limit 1",
                choice.below(4),
                choice.below(90));
    }

    private static void forget(Connection connection, Choice choice) throws SQLException {
        update(
                connection,
                "delete from search where day >= '2024-01-01' + interval ? day order by day limit 1",
                choice.below(90));
    }
}
