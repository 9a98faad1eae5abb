package dev.crossfade.demo.shop;

import static java.util.Objects.requireNonNull;

import dev.crossfade.testkit.WriteLoad;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;

/**
 * The shop's daily business: inserts, updates, deletes and changes of primary keys in every table, in transactions of one to about
 * 500 rows, some of which are rolled back. A write is one transaction; on the mean it changes between two and three rows.
 */
public final class ShopLoad {
    private static final int THREADS = 4;

    private ShopLoad() {}

    /**
     * One kind of write.
     *
     * @param weight its share among the sum of all weights
     */
    record Write(String kind, int weight, Statements statements) {
        Write {
            requireNonNull(kind, "kind");
            requireNonNull(statements, "statements");
        }
    }

    /** The statements of one transaction. */
    @FunctionalInterface
    interface Statements {
        void run(Connection connection, Choice choice) throws SQLException;
    }

    /**
     * Starts to write, until stopped.
     *
     * @param writesPerSecond transactions a second
     */
    public static WriteLoad start(Shop shop, double writesPerSecond, long seed) {
        return WriteLoad.start(shop.programs(), THREADS, writesPerSecond, seed, operations(shop.size()));
    }

    /** All kinds. */
    static List<Write> writes() {
        return Stream.of(
                        OrderWrites.all(),
                        BasketWrites.all(),
                        PeopleWrites.all(),
                        CatalogueWrites.all(),
                        FrontPageWrites.all())
                .flatMap(List::stream)
                .toList();
    }

    private static List<WriteLoad.Weighted> operations(ShopSize size) {
        return writes().stream()
                .map(write ->
                        new WriteLoad.Weighted(write.kind(), write.weight(), (connection, random) -> write.statements()
                                .run(connection, new Choice(size, random))))
                .toList();
    }
}
