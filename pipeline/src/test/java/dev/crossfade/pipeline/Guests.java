package dev.crossfade.pipeline;

import dev.crossfade.testkit.WriteLoad.Weighted;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Random;

/**
 * Tables among whose rows unique values move: by swaps by way of a value that nobody has, chains, and values that are given up and taken
 * by others in transactions of their own. The values are few, so that they move all the time.
 */
final class Guests {
    /** {@code guest} gets another key on the target; the others keep theirs and have unique indexes besides. */
    static final List<String> TABLES = List.of("guest", "visit", "locker", "seat", "plain");

    private static final int GUESTS = 600;
    private static final int LOCKERS = 500;
    private static final int LINES = 20;
    private static final int SEATS = 30;

    private Guests() {}

    static String[] schema() {
        return new String[] {
            "create table guest (id int primary key auto_increment, email varchar(60) not null, title varchar(40),"
                    + " unique by_email (email))",
            """
            create table visit (id int primary key auto_increment, guest int not null, note varchar(40), key (guest),
              constraint of_guest foreign key (guest) references guest (id) on delete cascade on update cascade)""",
            "create table locker (id int primary key, holder varchar(60), code int not null,"
                    + " unique by_holder (holder(20)), unique by_code (code))",
            "create table seat (line int, seat int, guest int, row_note varchar(20), primary key (line, seat),"
                    + " unique by_guest (guest))",
            "create table plain (id int primary key, n int)",
            "insert into guest (email, title) select concat('g', seq, '@x'), 'guest' from seq_0_to_" + (GUESTS - 1),
            "insert into visit (guest, note) select id, repeat('v', 30) from guest, seq_1_to_20",
            "insert into locker select seq, if(seq % 3, concat('h', seq), null), seq from seq_0_to_" + (LOCKERS - 1),
            "insert into seat select l.seq, s.seq, nullif(l.seq * " + SEATS + " + s.seq, 7), 'free' from seq_0_to_"
                    + (LINES - 1) + " l, seq_0_to_" + (SEATS - 1) + " s",
            "insert into plain select seq, 0 from seq_0_to_4999"
        };
    }

    static List<Weighted> operations() {
        return List.of(
                new Weighted("swap e-mails", 10, Guests::swapMails),
                new Weighted("chain of e-mails", 6, Guests::chainMails),
                new Weighted("give e-mail up", 10, Guests::giveMailUp),
                new Weighted("take e-mail", 10, Guests::takeMail),
                new Weighted("guest goes", 4, Guests::guestGoes),
                new Weighted("guest comes", 6, Guests::guestComes),
                new Weighted("guest's number", 3, Guests::guestNumber),
                new Weighted("visit", 6, Guests::visit),
                new Weighted("swap lockers", 12, Guests::swapLockers),
                new Weighted("locker", 10, Guests::locker),
                new Weighted("swap seats", 10, Guests::swapSeats),
                new Weighted("seat", 8, Guests::seat),
                new Weighted("plain", 5, Guests::plain));
    }

    private static String mail(Random random) {
        return "'g" + random.nextInt(GUESTS + 60) + "@x'"; // some are free
    }

    private static String aside(Random random) {
        return "'aside" + random.nextInt(1_000_000) + "'";
    }

    private static void swapMails(Connection connection, Random random) throws SQLException {
        moveRound(connection, random, "guest", "email", mail(random), mail(random));
    }

    private static void chainMails(Connection connection, Random random) throws SQLException {
        moveRound(connection, random, "guest", "email", mail(random), mail(random), mail(random));
    }

    /** Each holder of a value takes the one before it, the first the last, by way of a value that nobody has. */
    private static void moveRound(Connection connection, Random random, String table, String column, String... values)
            throws SQLException {
        String free = aside(random);
        run(connection, move(table, column, values[0], free));
        for (int i = 1; i < values.length; i++) {
            run(connection, move(table, column, values[i], values[i - 1]));
        }
        run(connection, move(table, column, free, values[values.length - 1]));
    }

    private static String move(String table, String column, String from, String to) {
        return "update " + table + " set " + column + " = " + to + " where " + column + " = " + from;
    }

    private static void giveMailUp(Connection connection, Random random) throws SQLException {
        run(connection, move("guest", "email", mail(random), aside(random)));
    }

    private static void takeMail(Connection connection, Random random) throws SQLException {
        run(
                connection,
                "update guest set email = " + mail(random) + " where email like 'aside%' order by rand("
                        + random.nextInt(1_000) + ") limit 1");
    }

    private static void guestGoes(Connection connection, Random random) throws SQLException {
        String mail = mail(random);
        run(connection, "delete from guest where email = " + mail);
        if (random.nextBoolean()) {
            run(connection, "insert into guest (email, title) values (" + mail + ", 'another one')");
        }
    }

    private static void guestComes(Connection connection, Random random) throws SQLException {
        run(
                connection,
                "insert into guest (email, title) values (" + mail(random)
                        + ", 'new') on duplicate key update title = 'again'");
    }

    private static void guestNumber(Connection connection, Random random) throws SQLException {
        run(
                connection,
                "update guest set id = " + (10_000 + random.nextInt(90_000)) + " where email = " + mail(random));
    }

    private static void visit(Connection connection, Random random) throws SQLException {
        run(connection, "insert into visit (guest, note) select id, 'now' from guest where email = " + mail(random));
    }

    private static void swapLockers(Connection connection, Random random) throws SQLException {
        moveRound(
                connection,
                random,
                "locker",
                "holder",
                "'h" + random.nextInt(LOCKERS) + "'",
                "'h" + random.nextInt(LOCKERS) + "'");
        int one = random.nextInt(LOCKERS);
        int other = random.nextInt(LOCKERS);
        run(
                connection,
                "update locker set code = " + (-1 - random.nextInt(1_000_000)) + " where id = " + one,
                "update locker set code = " + one + " where id = " + other,
                "update locker set code = " + other + " where id = " + one);
    }

    private static void locker(Connection connection, Random random) throws SQLException {
        int one = random.nextInt(LOCKERS + 30);
        run(
                connection,
                switch (random.nextInt(4)) {
                    case 0 -> "delete from locker where id = " + one;
                    case 1 -> "update locker set holder = null where id = " + one;
                    case 2 -> "update locker set id = " + random.nextInt(LOCKERS + 30) + " where id = " + one;
                    default ->
                        "replace into locker values (" + one + ", 'h" + random.nextInt(LOCKERS) + "', "
                                + random.nextInt(LOCKERS) + ")";
                });
    }

    /** The guests of two seats change places; also their rows, which take each other's keys. */
    private static void swapSeats(Connection connection, Random random) throws SQLException {
        String one = place(random);
        String other = place(random);
        String gone = "line = -1 and seat = " + random.nextInt(1_000_000);
        run(
                connection,
                "update seat set " + gone.replace(" and", ",") + " where " + one,
                "update seat set " + one.replace(" and", ",") + ", row_note = 'moved' where " + other,
                "update seat set " + other.replace(" and", ",") + " where " + gone);
    }

    private static String place(Random random) {
        return "line = " + random.nextInt(LINES) + " and seat = " + random.nextInt(SEATS + 3);
    }

    private static void seat(Connection connection, Random random) throws SQLException {
        int guest = random.nextInt(LINES * SEATS);
        run(
                connection,
                "update seat set guest = null where guest = " + guest,
                "update seat set guest = " + guest + ", row_note = 'taken' where " + place(random));
    }

    private static void plain(Connection connection, Random random) throws SQLException {
        run(connection, "update plain set n = n + 1 where id = " + random.nextInt(5_000));
    }

    private static void run(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
