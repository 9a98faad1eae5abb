package dev.crossfade.bench;

import dev.crossfade.testkit.MariaDbServer;
import dev.crossfade.testkit.WriteLoad;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;

/** A small shop: accounts, orders and visits, and the writes that keep it busy. A write is one committed transaction of one row. */
final class LedgerShop {
    static final String DATABASE = "shop";

    private static final int WRITERS = 8;

    private final int rows;

    /**
     * A shop that is not there yet.
     *
     * @param rows of all tables together; at least 10
     */
    LedgerShop(int rows) {
        this.rows = rows;
    }

    private int accounts() {
        return rows / 5;
    }

    int orders() {
        return rows / 2;
    }

    private int visits() {
        return rows - accounts() - orders();
    }

    /** Makes the tables and fills them. */
    void createIn(MariaDbServer server) {
        server.createDatabase(DATABASE);
        server.execute(
                DATABASE,
                """
                create table accounts (
                  id int unsigned primary key, owner varchar(60) not null, balance decimal(12,2) not null,
                  changed timestamp(6) not null)""",
                "insert into accounts select seq, concat('owner ', seq), seq / 7, now(6) from seq_1_to_" + accounts(),
                """
                create table orders (
                  id bigint unsigned auto_increment primary key, account int unsigned not null,
                  state enum('placed','paid','sent') not null, total decimal(10,2) not null, revision int not null,
                  placed datetime(3) not null, note varchar(200))""",
                "insert into orders (id, account, state, total, revision, placed, note) select seq, 1 + seq % "
                        + accounts() + ", 1 + seq % 3, seq / 3, 0, now(3), repeat('n', seq % 100) from seq_1_to_"
                        + orders(),
                "create table visits (day date, visitor varchar(20), pages int not null, primary key (day, visitor))",
                "insert into visits select '2024-01-01' + interval seq % 300 day, concat('v', seq), 1 from seq_1_to_"
                        + visits());
    }

    /** Writes until stopped. */
    WriteLoad startWriting(MariaDbServer server, double perSecond, long seed) {
        return WriteLoad.start(
                new WriteLoad.Target(server.jdbcUrl(DATABASE), server.user(), server.password()),
                WRITERS,
                perSecond,
                seed,
                List.of(
                        new WriteLoad.Weighted("account updated", 40, this::updateAccount),
                        new WriteLoad.Weighted("order inserted", 25, this::insertOrder),
                        new WriteLoad.Weighted("order updated", 15, this::updateOrder),
                        new WriteLoad.Weighted("order deleted", 10, this::deleteOrder),
                        new WriteLoad.Weighted("visit counted", 10, this::countVisit)));
    }

    private void updateAccount(Connection connection, Random random) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(
                "update accounts set balance = balance + ?, changed = now(6) where id = ?")) {
            update.setInt(1, 1 + random.nextInt(100));
            update.setInt(2, 1 + random.nextInt(accounts()));
            update.executeUpdate();
        }
    }

    private void insertOrder(Connection connection, Random random) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "insert into orders (account, state, total, revision, placed, note) values (?, 'placed', ?, 0, now(3), ?)")) {
            insert.setInt(1, 1 + random.nextInt(accounts()));
            insert.setInt(2, random.nextInt(100_000));
            insert.setString(3, "n".repeat(random.nextInt(100)));
            insert.executeUpdate();
        }
    }

    /** The next order there is, because some were deleted: each write must be one in the log. */
    private void updateOrder(Connection connection, Random random) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(
                "update orders set state = 'paid', revision = revision + 1 where id >= ? order by id limit 1")) {
            update.setInt(1, 1 + random.nextInt(orders()));
            update.executeUpdate();
        }
    }

    private void deleteOrder(Connection connection, Random random) throws SQLException {
        try (PreparedStatement delete =
                connection.prepareStatement("delete from orders where id >= ? order by id limit 1")) {
            delete.setInt(1, 1 + random.nextInt(orders()));
            delete.executeUpdate();
        }
    }

    private void countVisit(Connection connection, Random random) throws SQLException {
        try (PreparedStatement count =
                connection.prepareStatement("insert into visits values (current_date + interval ? day, ?, 1)"
                        + " on duplicate key update pages = pages + 1")) {
            count.setInt(1, random.nextInt(30));
            count.setString(2, "w" + random.nextInt(1_000));
            count.executeUpdate();
        }
    }
}
