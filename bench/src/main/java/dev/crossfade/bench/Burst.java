package dev.crossfade.bench;

import dev.crossfade.testkit.MariaDbServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Many changes of one table at once: as fast as the source takes them, in transactions of {@value #ROWS_PER_TRANSACTION} rows. Half of
 * them are updates, a quarter inserts, a quarter deletes, each of another row.
 */
final class Burst {
    /** A burst is a multiple of this: a transaction each of inserts and deletes, two of updates. */
    static final int MULTIPLE_OF = 4_000;

    private static final int ROWS_PER_TRANSACTION = MULTIPLE_OF / 4;

    private final int changes;
    private final int orders;

    /**
     * A burst that was not written yet.
     *
     * @param changes a multiple of {@link #MULTIPLE_OF}; at most four thirds of {@code orders}
     * @param orders of the shop that it falls upon, with ids from 1
     */
    Burst(int changes, int orders) {
        if (changes < MULTIPLE_OF || changes % MULTIPLE_OF != 0 || changes / 4 * 3 > orders) {
            throw new IllegalArgumentException(
                    changes + " changes, must be a multiple of " + MULTIPLE_OF + ", at most 4/3 of " + orders);
        }
        this.changes = changes;
        this.orders = orders;
    }

    /** Writes all of it and returns when the last transaction is committed. Once per shop. */
    void writeTo(MariaDbServer source) throws SQLException {
        try (Connection connection = source.connect(LedgerShop.DATABASE);
                Statement statement = connection.createStatement()) {
            for (int written = 0; written < changes / 4; written += ROWS_PER_TRANSACTION) {
                int updated = 2 * written + 1;
                update(statement, updated);
                update(statement, updated + ROWS_PER_TRANSACTION);
                statement.executeUpdate("insert into orders (id, account, state, total, revision, placed, note)"
                        + " select seq, 1, 'placed', 1, 0, now(3), repeat('n', seq % 100)"
                        + range("from seq_%d_to_%d", orders + 1 + written));
                statement.executeUpdate(
                        "delete from orders" + range("where id between %d and %d", changes / 2 + 1 + written));
            }
        }
    }

    private static void update(Statement statement, int from) throws SQLException {
        statement.executeUpdate("update orders set state = 'paid', revision = revision + 1, note = reverse(note)"
                + range("where id between %d and %d", from));
    }

    private static String range(String clause, int from) {
        return " " + String.format(clause, from, from + ROWS_PER_TRANSACTION - 1);
    }
}
