package dev.crossfade.pipeline;

import dev.crossfade.testkit.WriteLoad.Weighted;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Random;

/**
 * Tables without a primary key, full of equal rows: a log, numbers alone, every type, one whose nullable column is unique, one that
 * has a unique column and so no equal rows, a child of cascading foreign keys, and an empty one.
 */
final class Bags {
    static final List<String> KEYLESS = List.of("event", "number", "sample", "claim", "seat", "ticket", "nothing");
    static final List<String> TABLES =
            List.of("event", "number", "sample", "claim", "seat", "ticket", "nothing", "shop", "plain");

    private static final int SHOPS = 60;

    private Bags() {}

    static String[] schema() {
        return new String[] {
            "create table event (kind varchar(10), n int, note varchar(60), at datetime(6), key (kind))",
            "create table number (n int)",
            """
            create table sample (f float, d double, dec1 decimal(12,4), u bigint unsigned, t time(3), ts timestamp(6) null,
              dt datetime(2), b varbinary(20), j json, bi bit(7), e enum('a','b,c'), s set('x','y'), y year, da date, txt text)""",
            "create table claim (code int, owner varchar(10), unique (code))",
            "create table seat (no int not null, guest varchar(10), unique (no))",
            "create table shop (id int primary key, title varchar(20))",
            """
            create table ticket (shop int, keeper int, words varchar(20),
              constraint of_shop foreign key (shop) references shop (id) on delete cascade on update cascade,
              constraint of_keeper foreign key (keeper) references shop (id) on delete set null on update cascade)""",
            "create table nothing (a int, b text)",
            "create table plain (id int primary key, n int)",
            "insert into event select concat('k', seq % 9), seq % 4, null, '2026-01-01 10:00:00.5' from seq_1_to_6000",
            "insert into number select seq % 3 from seq_1_to_2000",
            "insert into sample select " + sampleValues("seq % 5") + " from seq_1_to_300",
            "insert into claim select if(seq % 2, seq, null), concat('o', seq % 7) from seq_1_to_400",
            "insert into seat select seq, concat('g', seq % 5) from seq_1_to_200",
            "insert into shop select seq, concat('shop ', seq) from seq_0_to_" + SHOPS,
            "insert into ticket select seq % " + SHOPS
                    + ", nullif(seq % 7, 0), concat('w', seq % 2) from seq_1_to_2000",
            "insert into plain select seq, 0 from seq_0_to_500"
        };
    }

    /** Values that depend on one of a few numbers. */
    private static String sampleValues(String number) {
        String n = "(" + number + ")";
        return ("N / 7, elt(N + 1, 0.0, -1e-300, 0.1, 1.7976931348623157e308, 1e16) , N / 3, 18446744073709551615 - N,"
                        + " sec_to_time(N * 1000.125), from_unixtime(1700000000 + N / 8), '2024-02-29 12:00:00' + interval N day,"
                        + " unhex(concat('00ff', hex(N))), json_object('n', N, 'x', json_array(1.50, null, 'ü')), N,"
                        + " elt(1 + N % 2, 'a', 'b,c'), elt(1 + N % 3, '', 'x', 'x,y'), 2000 + N,"
                        + " if(N = 3, null, '2020-01-01' + interval N day), if(N = 2, null, elt(N + 1, '', ' ', 'x', '(a,\"b\")', 'ü'))")
                .replace("N", n);
    }

    static List<Weighted> operations() {
        return List.of(
                new Weighted("event", 14, Bags::addEvents),
                new Weighted("copy event", 6, Bags::copyEvents),
                new Weighted("drop one", 14, Bags::dropOne),
                new Weighted("change one", 16, Bags::changeOne),
                new Weighted("change some", 3, Bags::changeSome),
                new Weighted("change nothing", 4, Bags::changeNothing),
                new Weighted("number", 8, Bags::number),
                new Weighted("sample", 10, Bags::sample),
                new Weighted("claim", 8, Bags::claim),
                new Weighted("seat", 8, Bags::seat),
                new Weighted("ticket", 10, Bags::ticket),
                new Weighted("shop", 10, Bags::shop),
                new Weighted("nothing", 2, Bags::nothing),
                new Weighted("plain", 4, Bags::plain));
    }

    private static String kind(Random random) {
        return "'k" + random.nextInt(9) + "'";
    }

    private static void addEvents(Connection connection, Random random) throws SQLException {
        String event = "(" + kind(random) + ", " + random.nextInt(4) + ", null, '2026-01-01 10:00:00.5')";
        run(connection, "insert into event values " + event + ", " + event);
    }

    private static void copyEvents(Connection connection, Random random) throws SQLException {
        run(connection, "insert into event select * from event where kind = " + kind(random) + " limit 3");
    }

    private static void dropOne(Connection connection, Random random) throws SQLException {
        run(connection, "delete from event where kind = " + kind(random) + " limit 1");
    }

    private static void changeOne(Connection connection, Random random) throws SQLException {
        run(
                connection,
                random.nextBoolean()
                        ? "update event set n = " + random.nextInt(4) + " where kind = " + kind(random) + " limit 1"
                        : "update event set note = " + (random.nextBoolean() ? "null" : "'a note'") + ", kind = "
                                + kind(random) + " where kind = " + kind(random) + " limit 1");
    }

    /** Within one transaction rows change to and fro, and some of them end as they were. */
    private static void changeSome(Connection connection, Random random) throws SQLException {
        String kind = kind(random);
        run(
                connection,
                "update event set n = n + 10 where kind = " + kind + " limit 20",
                "update event set n = n - 10 where kind = " + kind + " and n >= 10 limit 15",
                "delete from event where kind = " + kind + " and n >= 10 limit 2");
    }

    private static void changeNothing(Connection connection, Random random) throws SQLException {
        run(connection, "update event set n = n, note = note where kind = " + kind(random) + " limit 5");
    }

    private static void number(Connection connection, Random random) throws SQLException {
        int n = random.nextInt(3);
        run(
                connection,
                switch (random.nextInt(3)) {
                    case 0 -> "delete from number where n = " + n + " limit 2";
                    case 1 -> "update number set n = (n + 1) % 3 where n = " + n + " limit 1";
                    default -> "insert into number values (" + n + "), (" + n + "), (null)";
                });
    }

    private static void sample(Connection connection, Random random) throws SQLException {
        String number = String.valueOf(random.nextInt(5));
        run(
                connection,
                switch (random.nextInt(4)) {
                    case 0 -> "delete from sample where y = 2000 + " + number + " limit 1";
                    case 1 ->
                        "update sample set e = null, d = -d, txt = concat(txt, 'x') where y = 2000 + " + number
                                + " limit 1";
                    case 2 ->
                        "update sample set ts = ts + interval 1 microsecond, j = null where y = 2000 + " + number
                                + " limit 1";
                    default -> "insert into sample select " + sampleValues(number);
                });
    }

    /** Codes move from row to row; many rows have none and are equal. */
    private static void claim(Connection connection, Random random) throws SQLException {
        int code = random.nextInt(400);
        int owner = random.nextInt(7);
        switch (random.nextInt(4)) {
            case 0 -> run(connection, "delete from claim where owner = 'o" + owner + "' limit 1");
            case 1 -> run(connection, "insert into claim values (null, 'o" + owner + "')");
            case 2 ->
                run(
                        connection,
                        "update claim set code = null where code = " + code,
                        "update claim set code = " + code + " where owner = 'o" + owner + "' limit 1");
            default ->
                run(connection, "update ignore claim set code = " + code + " where owner = 'o" + owner + "' limit 1");
        }
    }

    /** Guests change places: the reader of the log takes this for changes of a key. */
    private static void seat(Connection connection, Random random) throws SQLException {
        int one = 1 + random.nextInt(200);
        int other = 1 + random.nextInt(200);
        int free = 1_000 + random.nextInt(100_000);
        run(
                connection,
                "update ignore seat set no = " + free + " where no = " + one,
                "update ignore seat set no = " + one + " where no = " + other,
                random.nextBoolean()
                        ? "delete from seat where no = " + free
                        : "update ignore seat set no = " + other + ", guest = 'moved' where no = " + free,
                "insert ignore into seat values (" + (1 + random.nextInt(200)) + ", 'new')");
    }

    private static void ticket(Connection connection, Random random) throws SQLException {
        int shop = random.nextInt(SHOPS);
        run(
                connection,
                switch (random.nextInt(3)) {
                    case 0 -> "delete from ticket where shop = " + shop + " limit 1";
                    case 1 -> "update ticket set words = 'changed' where shop = " + shop + " limit 1";
                    default ->
                        "insert into ticket select " + shop + ", id, 'w0' from shop where id = " + random.nextInt(SHOPS)
                                + " and exists (select 1 from shop s where s.id = " + shop + ")";
                });
    }

    /** What becomes of its tickets is not in the log. */
    private static void shop(Connection connection, Random random) throws SQLException {
        int shop = random.nextInt(SHOPS);
        run(
                connection,
                switch (random.nextInt(5)) {
                    case 0 -> "delete from shop where id = " + shop;
                    case 1 -> "update ignore shop set id = " + random.nextInt(SHOPS) + " where id = " + shop;
                    default -> "insert ignore into shop values (" + shop + ", 'again')";
                });
    }

    private static void nothing(Connection connection, Random random) throws SQLException {
        run(connection, random.nextBoolean() ? "insert into nothing values (1, 'x')" : "delete from nothing limit 1");
    }

    private static void plain(Connection connection, Random random) throws SQLException {
        run(connection, "update plain set n = n + 1 where id = " + random.nextInt(500));
    }

    private static void run(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
