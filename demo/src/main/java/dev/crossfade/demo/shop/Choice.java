package dev.crossfade.demo.shop;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Random;

/** What one operation picks at random: keys of rows that are probably there, and values. */
final class Choice {
    private static final String[] WORDS = {
        "Sencha", "crème", "Ärger", "naïve", "чай", "お茶", "🍵", "🫖 ☕", "O'Neill", "back\\slash", "ẞ", "tab\there", ""
    };
    private static final String[] SKU_PREFIXES = {"GRN", "blk", "Ool", "POT"};

    private final ShopSize size;
    private final Random random;

    Choice(ShopSize size, Random random) {
        this.size = size;
        this.random = random;
    }

    /** Below {@code bound}, which is at least 1. */
    int below(int bound) {
        return random.nextInt(bound);
    }

    boolean oneIn(int bound) {
        return random.nextInt(bound) == 0;
    }

    int between(int from, int to) {
        return from + random.nextInt(to - from);
    }

    int user() {
        return 1 + random.nextInt(size.users());
    }

    int subscriber() {
        return 1 + random.nextInt(size.subscribers());
    }

    /** One that a reader of the newsletter has, has had or will have. */
    String email() {
        return "reader" + (1 + random.nextInt(2 * size.subscribers())) + "@example.org";
    }

    int voucher() {
        return 1 + random.nextInt(size.vouchers());
    }

    String sku() {
        return sku(1 + random.nextInt(size.products()));
    }

    static String sku(int number) {
        return SKU_PREFIXES[number % SKU_PREFIXES.length] + String.format(Locale.ROOT, "-%06d", number);
    }

    /** An order from the beginning of the shop to now; every third time one of the newest. */
    long order(Connection connection) throws SQLException {
        if (oneIn(3)) {
            return Math.max(1, Sql.number(connection, "select max(id) from `order`") - below(400));
        }
        return oldOrder();
    }

    long oldOrder() {
        return 1L + random.nextInt(size.orders());
    }

    String word() {
        return WORDS[random.nextInt(WORDS.length)];
    }

    String words(int count) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append(i == 0 ? "" : " ").append(word());
        }
        return text.toString();
    }

    byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Sixteen bytes, of which the last ones are zero one time in eight. */
    byte[] identifier() {
        byte[] bytes = bytes(16);
        if (oneIn(8)) {
            bytes[15] = 0;
            bytes[14] = 0;
        }
        return bytes;
    }

    double real() {
        return random.nextGaussian() * Math.pow(10, below(12) - 6);
    }

    long any64() {
        return random.nextLong();
    }
}
