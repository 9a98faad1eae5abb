package dev.crossfade.pipeline;

import dev.crossfade.testkit.WriteLoad.Weighted;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Random;

/**
 * Tables whose rows the source changes by itself: ON DELETE and ON UPDATE with every action, over two levels, with composite keys, and
 * within one table. Keys are few, so that parents come, go, and take each other's keys all the time.
 */
final class Families {
    /** Tables of one order group: a region's customers, their orders, the orders' lines, and remarks. */
    static final List<String> TABLES =
            List.of("region", "customer", "orders", "line", "remark", "employee", "category", "shelf", "book", "plain");

    private static final int CUSTOMERS = 900;
    private static final int EMPLOYEES = 400;
    private static final int CATEGORIES = 900;

    private Families() {}

    static String[] schema() {
        return new String[] {
            "create table region (code varchar(10) character set ascii collate ascii_nopad_bin primary key, title varchar(40))",
            """
            create table customer (id int primary key, region varchar(10) character set ascii collate ascii_nopad_bin,
              title varchar(40), key (region),
              constraint of_region foreign key (region) references region (code) on delete set null on update cascade)""",
            """
            create table orders (customer int not null, no int not null, note varchar(60), primary key (customer, no),
              constraint of_customer foreign key (customer) references customer (id) on delete cascade on update cascade)""",
            """
            create table line (customer int not null, no int not null, pos int not null, amount int,
              primary key (customer, no, pos),
              constraint of_order foreign key (customer, no) references orders (customer, no)
                on delete cascade on update cascade)""",
            """
            create table remark (id int primary key auto_increment, customer int, words varchar(40), key (customer),
              constraint about foreign key (customer) references customer (id) on delete cascade on update set null)""",
            """
            create table employee (id int primary key, boss int, title varchar(40), key (boss),
              constraint of_boss foreign key (boss) references employee (id) on delete set null)""",
            """
            create table category (id int primary key, above int, title varchar(40), key (above),
              constraint of_above foreign key (above) references category (id) on delete cascade)""",
            "create table shelf (id int primary key, hall varchar(10))",
            """
            create table book (id int primary key auto_increment, shelf int not null, title varchar(40), key (shelf),
              constraint on_shelf foreign key (shelf) references shelf (id) on delete cascade on update cascade)""",
            "create table plain (id int primary key, n int)",
            "insert into region select concat('r', seq), concat('region ', seq) from seq_0_to_19",
            "insert into customer select seq, concat('r', seq % 20), concat('customer ', seq) from seq_0_to_"
                    + CUSTOMERS,
            "insert into orders select c.seq, n.seq, repeat('o', 50) from seq_0_to_" + CUSTOMERS + " c, seq_1_to_5 n",
            "insert into line select c.seq, n.seq, p.seq, 1 from seq_0_to_" + CUSTOMERS
                    + " c, seq_1_to_5 n, seq_1_to_4 p",
            "insert into employee select seq, nullif(seq div 5, seq), concat('employee ', seq) from seq_0_to_"
                    + EMPLOYEES + " order by seq",
            "insert into category select seq, nullif(seq div 3, seq), concat('category ', seq) from seq_0_to_"
                    + CATEGORIES + " order by seq",
            "insert into plain select seq, 0 from seq_0_to_999"
        };
    }

    static List<Weighted> operations() {
        return List.of(
                new Weighted("order", 20, Families::order),
                new Weighted("amend", 10, Families::amend),
                new Weighted("move customer", 15, Families::moveCustomer),
                new Weighted("swap customers", 5, Families::swapCustomers),
                new Weighted("drop customer", 8, Families::dropCustomer),
                new Weighted("replace customer", 3, Families::replaceCustomer),
                new Weighted("new customer", 12, Families::newCustomer),
                new Weighted("move order", 8, Families::moveOrder),
                new Weighted("region", 6, Families::region),
                new Weighted("remark", 6, Families::remark),
                new Weighted("staff", 10, Families::staff),
                new Weighted("category", 8, Families::category),
                new Weighted("books", 8, Families::books),
                new Weighted("plain", 5, Families::plain),
                new Weighted("next log", 1, (connection, random) -> run(connection, "flush binary logs")));
    }

    private static int customer(Random random) {
        return random.nextInt(CUSTOMERS + 300); // some are free
    }

    private static void order(Connection connection, Random random) throws SQLException {
        int customer = customer(random);
        int no = 1 + random.nextInt(9);
        run(
                connection,
                "insert into orders values (" + customer + ", " + no + ", 'new') on duplicate key update note = 'more'",
                "replace into line values (" + customer + ", " + no + ", " + random.nextInt(6) + ", "
                        + random.nextInt(100) + ")");
    }

    private static void amend(Connection connection, Random random) throws SQLException {
        run(
                connection,
                "update line set amount = amount + 1 where customer = " + customer(random),
                "update customer set region = 'r" + random.nextInt(30) + "', title = 'amended' where id = "
                        + customer(random));
    }

    private static void moveCustomer(Connection connection, Random random) throws SQLException {
        run(connection, "update customer set id = " + customer(random) + " where id = " + customer(random));
    }

    /** Within one transaction a key is given up and taken by another, and children follow both. */
    private static void swapCustomers(Connection connection, Random random) throws SQLException {
        int one = customer(random);
        int other = customer(random);
        int free = 5_000 + random.nextInt(1_000);
        run(
                connection,
                "update customer set id = " + free + " where id = " + one,
                "update customer set id = " + one + ", title = 'swapped' where id = " + other,
                "update customer set id = " + other + " where id = " + free);
    }

    private static void dropCustomer(Connection connection, Random random) throws SQLException {
        run(
                connection,
                random.nextBoolean()
                        ? "delete from customer where id = " + customer(random)
                        : "delete from customer where id between " + customer(random) + " and " + customer(random)
                                + " limit 3");
    }

    private static void replaceCustomer(Connection connection, Random random) throws SQLException {
        int customer = customer(random);
        run(
                connection,
                "replace into customer values (" + customer + ", null, 'replaced')",
                "insert into orders values (" + customer + ", 1, 'after the replacement')");
    }

    private static void newCustomer(Connection connection, Random random) throws SQLException {
        int customer = customer(random);
        run(
                connection,
                "insert into customer values (" + customer + ", 'r" + random.nextInt(25) + "', 'new')",
                "insert into orders select " + customer + ", seq, 'of a new one' from seq_1_to_3",
                "insert into line select " + customer + ", seq, 1, 1 from seq_1_to_3");
    }

    private static void moveOrder(Connection connection, Random random) throws SQLException {
        run(
                connection,
                "update orders set " + (random.nextBoolean() ? "customer = " + customer(random) + ", " : "") + "no = "
                        + (1 + random.nextInt(9)) + " where customer = " + customer(random) + " and no = "
                        + (1 + random.nextInt(9)));
    }

    private static void region(Connection connection, Random random) throws SQLException {
        String one = "'r" + random.nextInt(30) + "'";
        String other = "'r" + random.nextInt(30) + "'";
        run(
                connection,
                switch (random.nextInt(3)) {
                    case 0 -> "delete from region where code = " + one;
                    case 1 -> "update region set code = " + other + " where code = " + one;
                    default ->
                        "insert into region values (" + one + ", 'again') on duplicate key update title = 'again'";
                });
    }

    private static void remark(Connection connection, Random random) throws SQLException {
        run(
                connection,
                random.nextInt(4) == 0
                        ? "update remark set customer = " + customer(random) + " where customer is null limit 2"
                        : "insert into remark (customer, words) values (" + customer(random) + ", 'hm')");
    }

    private static void staff(Connection connection, Random random) throws SQLException {
        int one = random.nextInt(EMPLOYEES);
        int other = random.nextInt(EMPLOYEES);
        run(
                connection,
                switch (random.nextInt(3)) {
                    case 0 -> "delete from employee where id = " + one;
                    case 1 -> "update employee set boss = " + other + " where id = " + one;
                    default -> "insert into employee values (" + one + ", " + other + ", 'hired')";
                });
    }

    /** Who is above has at most half the number, so that no chain is longer than the source's actions reach. */
    private static void category(Connection connection, Random random) throws SQLException {
        int one = 1 + random.nextInt(CATEGORIES);
        int above = one / (2 + random.nextInt(3));
        run(
                connection,
                switch (random.nextInt(4)) {
                    case 0 -> "delete from category where id = " + one;
                    case 1 -> "update category set above = " + above + " where id = " + one;
                    default -> "insert into category values (" + one + ", " + above + ", 'new')";
                });
    }

    private static void books(Connection connection, Random random) throws SQLException {
        int shelf = random.nextInt(40);
        switch (random.nextInt(4)) {
            case 0 -> run(connection, "delete from shelf where id = " + shelf);
            case 1 -> run(connection, "update shelf set id = " + random.nextInt(40) + " where id = " + shelf);
            default ->
                run(
                        connection,
                        "insert into shelf values (" + shelf + ", 'a') on duplicate key update hall = 'b'",
                        "insert into book (shelf, title) select " + shelf + ", concat('book ', seq) from seq_1_to_3");
        }
    }

    private static void plain(Connection connection, Random random) throws SQLException {
        run(connection, "update plain set n = n + 1 where id = " + random.nextInt(1_000));
    }

    private static void run(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
