package dev.crossfade.pipeline.crash;

import dev.crossfade.testkit.MariaDbServer;
import dev.crossfade.testkit.WriteLoad;
import dev.crossfade.testkit.WriteLoad.Weighted;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/**
 * The source of the crash test: accounts with changing keys, an append-only journal, a table with a composite text key, branches
 * whose tellers, and the tellers' badges, follow them by actions of foreign keys that are not in the log, and lockers that hand their
 * unique codes and holders round.
 */
final class Bank {
    /** The order groups of the tables that are in one. */
    static final Map<String, String> GROUPS =
            Map.of("branches", "badges", "tellers", "badges", "badges", "badges", "lockers", "lockers");

    static final List<String> TABLES = Stream.concat(
                    Stream.of("accounts", "journal", "shelves"), GROUPS.keySet().stream())
            .toList();

    private static final int ACCOUNTS = 12_000;
    private static final int FREE_KEYS = 1_000_000;
    private static final int BRANCHES = 400;
    private static final int TELLERS = 24_000;
    private static final int LOCKERS = 3_000;

    private Bank() {}

    static void create(MariaDbServer server, String database) {
        server.createDatabase(database);
        server.execute(
                database,
                "create table accounts (id int unsigned primary key, balance bigint not null, note varchar(40))",
                "insert into accounts select seq, seq * 7919 % 100000, concat('account ', seq) from seq_1_to_"
                        + ACCOUNTS,
                "create table journal (id bigint auto_increment primary key, account int not null, entry mediumtext not null)",
                "insert into journal (account, entry) select seq % 997, concat('opening ', seq) from seq_1_to_8000",
                "create table shelves (hall varchar(10), shelf varchar(20), pieces int not null, primary key (hall, shelf))",
                "insert into shelves select concat('hall ', seq % 7), concat('shelf-', seq), seq % 50 from seq_1_to_4000",
                "create table branches (id int primary key, town varchar(20))",
                """
                create table tellers (id int primary key auto_increment, branch int, note varchar(80), key (branch),
                  foreign key (branch) references branches (id) on delete cascade on update cascade)""",
                """
                create table badges (teller int, no int, branch int, primary key (teller, no), key (branch),
                  foreign key (teller) references tellers (id) on delete cascade on update cascade,
                  foreign key (branch) references branches (id) on delete set null on update set null)""",
                "insert into branches select seq, concat('town ', seq) from seq_0_to_" + (BRANCHES - 1),
                "insert into tellers (branch, note) select seq % " + BRANCHES + ", repeat('t', 60) from seq_1_to_"
                        + TELLERS,
                "insert into badges select id, 1, branch from tellers",
                "create table lockers (id int primary key, holder varchar(30), code int not null,"
                        + " unique by_holder (holder), unique by_code (code))",
                "insert into lockers select seq, if(seq % 3, concat('holder ', seq), null), seq from seq_0_to_"
                        + (LOCKERS - 1));
    }

    static List<Weighted> operations() {
        return List.of(
                new Weighted("pay", 40, Bank::pay),
                new Weighted("journal", 20, Bank::append),
                new Weighted("re-key", 8, Bank::rekey),
                new Weighted("delete", 6, Bank::delete),
                new Weighted("open", 10, Bank::open),
                new Weighted("shelf", 12, Bank::shelf),
                new Weighted("move shelf", 3, Bank::moveShelf),
                new Weighted("interest", 1, Bank::interest),
                new Weighted("found branch", 10, Bank::foundBranch),
                new Weighted("move branch", 10, Bank::moveBranch),
                new Weighted("close branch", 4, Bank::closeBranch),
                new Weighted("teller", 10, Bank::teller),
                new Weighted("swap lockers", 15, Bank::swapLockers),
                new Weighted("locker", 10, Bank::locker));
    }

    /** Two accounts and the journal in one transaction. */
    private static void pay(Connection connection, Random random) throws SQLException {
        int amount = random.nextInt(100);
        int from = random.nextInt(ACCOUNTS);
        int to = random.nextInt(ACCOUNTS);
        run(
                connection,
                "update accounts set balance = balance - " + amount + " where id = " + from,
                "update accounts set balance = balance + " + amount + " where id = " + to,
                "insert into journal (account, entry) values (" + from + ", 'paid " + amount + " to " + to + "')");
    }

    private static void append(Connection connection, Random random) throws SQLException {
        run(
                connection,
                "insert into journal (account, entry) select seq, 'note " + random.nextInt() + "' from seq_1_to_"
                        + (1 + random.nextInt(5)));
    }

    private static void rekey(Connection connection, Random random) throws SQLException {
        int id = random.nextInt(ACCOUNTS);
        int other = FREE_KEYS + id;
        // There and back, so that keys are used again and again.
        run(
                connection,
                "update accounts set id = " + (random.nextBoolean() ? other : id) + " where id in (" + id + ", " + other
                        + ") order by id limit 1");
    }

    private static void delete(Connection connection, Random random) throws SQLException {
        run(
                connection,
                "delete from accounts where id = " + random.nextInt(ACCOUNTS),
                "delete from shelves where shelf = 'shelf-" + random.nextInt(4_000) + "'");
    }

    private static void open(Connection connection, Random random) throws SQLException {
        run(
                connection,
                "insert into accounts values (" + random.nextInt(ACCOUNTS) + ", 0, 'opened " + random.nextInt()
                        + "') on duplicate key update balance = balance + 1, note = null");
    }

    private static void shelf(Connection connection, Random random) throws SQLException {
        run(
                connection,
                "replace into shelves values ('hall " + random.nextInt(7) + "', 'shelf-" + random.nextInt(4_000) + "', "
                        + random.nextInt(50) + ")");
    }

    private static void moveShelf(Connection connection, Random random) throws SQLException {
        run(
                connection,
                "update ignore shelves set hall = 'hall " + random.nextInt(7) + "' where shelf = 'shelf-"
                        + random.nextInt(4_000) + "'");
    }

    /** A transaction of many rows, longer than a batch of capture. */
    private static void interest(Connection connection, Random random) throws SQLException {
        int from = random.nextInt(ACCOUNTS);
        run(connection, "update accounts set balance = balance + 1 where id between " + from + " and " + (from + 800));
    }

    private static int branch(Random random) {
        return random.nextInt(BRANCHES + 50); // some are free
    }

    private static void foundBranch(Connection connection, Random random) throws SQLException {
        int branch = branch(random);
        run(
                connection,
                "insert into branches values (" + branch + ", 'new') on duplicate key update town = 'renamed'",
                "insert into tellers (branch, note) select " + branch + ", 'hired' from seq_1_to_3",
                "insert into badges select id, 1, branch from tellers where branch = " + branch
                        + " on duplicate key update branch = values(branch)");
    }

    /** Takes a number that another branch has given up, perhaps, whose tellers stay with that one. */
    private static void moveBranch(Connection connection, Random random) throws SQLException {
        int free = BRANCHES + 50 + random.nextInt(50);
        int one = branch(random);
        run(
                connection,
                "update branches set id = " + free + " where id = " + one,
                "update branches set id = " + one + " where id = " + branch(random));
    }

    private static void closeBranch(Connection connection, Random random) throws SQLException {
        run(connection, "delete from branches where id = " + branch(random));
    }

    /** Another branch, another number, or gone. */
    private static void teller(Connection connection, Random random) throws SQLException {
        int teller = 1 + random.nextInt(TELLERS);
        run(
                connection,
                switch (random.nextInt(3)) {
                    case 0 -> "update tellers set branch = " + branch(random) + " where id = " + teller;
                    case 1 -> "update tellers set id = id + " + FREE_KEYS + " where id = " + teller;
                    default -> "delete from tellers where id = " + teller;
                });
    }

    /** Codes and holders change places by way of values that nobody has. */
    private static void swapLockers(Connection connection, Random random) throws SQLException {
        int one = random.nextInt(LOCKERS);
        int other = random.nextInt(LOCKERS);
        int aside = -1 - random.nextInt(FREE_KEYS);
        run(
                connection,
                "update lockers set code = " + aside + ", holder = 'aside " + aside + "' where code = " + one,
                "update lockers set code = " + one + ", holder = 'holder " + one + "' where code = " + other,
                "update lockers set code = " + other + ", holder = 'holder " + other + "' where code = " + aside);
    }

    /** Given up in one transaction, taken by another row in another one. */
    private static void locker(Connection connection, Random random) throws SQLException {
        int locker = random.nextInt(LOCKERS + 100);
        run(
                connection,
                switch (random.nextInt(3)) {
                    case 0 -> "update lockers set holder = null where id = " + locker;
                    case 1 -> "delete from lockers where id = " + locker;
                    default ->
                        "replace into lockers values (" + locker + ", 'holder " + random.nextInt(LOCKERS) + "', "
                                + random.nextInt(LOCKERS) + ")";
                });
    }

    private static void run(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    static WriteLoad load(MariaDbServer server, String database, long seed) {
        return WriteLoad.start(
                new WriteLoad.Target(server.jdbcUrl(database), server.user(), server.password()),
                2,
                150,
                seed,
                operations());
    }
}
