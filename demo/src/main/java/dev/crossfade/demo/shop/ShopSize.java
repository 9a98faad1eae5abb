package dev.crossfade.demo.shop;

import java.util.Map;

/**
 * How many rows the shop has: all tables that grow do so with the orders.
 *
 * @param orders how many were ever placed
 */
public record ShopSize(int orders) {
    /** Below this, tables become so small that random keys hardly ever meet a row. */
    public static final int FEWEST_ROWS = 5_000;
    /** More would not fit where a demo runs. */
    public static final int MOST_ROWS = 20_000_000;

    public static final int USUAL_ROWS = 550_000;

    /** Rows of all tables together for one order; the tables of fixed size are left out. */
    private static final double ROWS_PER_ORDER = 7.59;

    public ShopSize {
        if (orders < 1) {
            throw new IllegalArgumentException("orders is " + orders + ", must be at least 1");
        }
    }

    /**
     * The size that comes nearest to {@code rows} in all tables together.
     *
     * @param rows {@link #FEWEST_ROWS}..{@link #MOST_ROWS}
     */
    public static ShopSize ofRows(int rows) {
        if (rows < FEWEST_ROWS || rows > MOST_ROWS) {
            throw new IllegalArgumentException("rows is " + rows + ", must be " + FEWEST_ROWS + ".." + MOST_ROWS);
        }
        return new ShopSize((int) (rows / ROWS_PER_ORDER));
    }

    int users() {
        return orders * 4 / 10;
    }

    int products() {
        return orders / 20;
    }

    int payments() {
        return orders * 7 / 10;
    }

    int shipments() {
        return orders * 3 / 10;
    }

    int visits() {
        return orders * 4 / 10;
    }

    int vouchers() {
        return orders / 50;
    }

    int subscribers() {
        return orders / 10;
    }

    private int searches() {
        return orders * 3 / 10;
    }

    private int reviews() {
        return orders * 2 / 10;
    }

    /** What stands between braces in the scripts. */
    Map<String, Integer> counts() {
        return Map.of(
                "orders", orders,
                "users", users(),
                "products", products(),
                "payments", payments(),
                "shipments", shipments(),
                "reviews", reviews(),
                "vouchers", vouchers(),
                "subscribers", subscribers(),
                "searches", searches(),
                "visits", visits());
    }
}
