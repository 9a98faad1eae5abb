package dev.crossfade.demo.shop;

import dev.crossfade.testkit.MariaDbServer;
import dev.crossfade.testkit.WriteLoad;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A legacy shop on a MariaDB: tables made and filled by the scripts beside this class. */
public final class Shop {
    /** The name of its database. */
    public static final String DATABASE = "shop";

    /** Its tables by name. */
    public static final List<String> TABLES = List.of(
            "address",
            "basket",
            "basket_line",
            "category",
            "group",
            "order",
            "order_line",
            "payment",
            "product",
            "product_category",
            "product_image",
            "review",
            "search",
            "shipment",
            "showcase",
            "stock",
            "subscriber",
            "supplier",
            "user",
            "visit",
            "voucher",
            "warehouse");

    /** As the shop's own programs connect: no strict mode, so zero dates are let in. */
    private static final String SESSION = "sql_mode='',time_zone='+00:00'";

    private static final String LOADING_SESSION = SESSION + ",foreign_key_checks=0,unique_checks=0";
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([a-z]+)}");

    private final MariaDbServer server;
    private final ShopSize size;

    private Shop(MariaDbServer server, ShopSize size) {
        this.server = server;
        this.size = size;
    }

    /** Makes the shop, replacing the database {@link #DATABASE}. Rows are made inside the server, on two connections. */
    public static Shop create(MariaDbServer server, ShopSize size) {
        server.createDatabase(DATABASE);
        Shop shop = new Shop(server, size);
        shop.run("schema.sql");
        CompletableFuture<Void> trade = CompletableFuture.runAsync(() -> shop.run("trade.sql"));
        try {
            shop.run("catalogue.sql");
        } finally {
            join(trade);
        }
        return shop;
    }

    /** How many rows it was made with. */
    public ShopSize size() {
        return size;
    }

    /** Counts the rows of all tables. */
    public long rows() {
        long rows = 0;
        try (Connection connection = server.connect(DATABASE)) {
            for (String table : TABLES) {
                rows += Sql.number(connection, "select count(*) from `" + table + "`");
            }
        } catch (SQLException e) {
            throw new IllegalStateException("cannot count the rows of the shop", e);
        }
        return rows;
    }

    /** Where the shop's own programs connect to, with the settings of their sessions. */
    public WriteLoad.Target programs() {
        return new WriteLoad.Target(url(SESSION), server.user(), server.password());
    }

    private String url(String session) {
        return server.jdbcUrl(DATABASE) + "?sessionVariables=" + session;
    }

    private static void join(CompletableFuture<Void> loading) {
        try {
            loading.join();
        } catch (CompletionException e) {
            throw new IllegalStateException("the shop was not loaded", e.getCause());
        }
    }

    private void run(String script) {
        try (Connection connection =
                        DriverManager.getConnection(url(LOADING_SESSION), server.user(), server.password());
                Statement statement = connection.createStatement()) {
            for (String sql : statements(script)) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException("cannot run " + script, e);
        }
    }

    /** The statements of a script, without comments; each ends with a semicolon at the end of a line. */
    private List<String> statements(String script) {
        List<String> statements = new ArrayList<>();
        StringBuilder statement = new StringBuilder();
        for (String line : text(script).lines().toList()) {
            if (line.startsWith("--") || line.isBlank()) {
                continue;
            }
            statement.append(line).append('\n');
            if (line.endsWith(";")) {
                statements.add(filled(statement.substring(0, statement.length() - 2)));
                statement.setLength(0);
            }
        }
        if (!statement.isEmpty()) {
            throw new IllegalStateException(script + " ends within a statement");
        }
        return statements;
    }

    private String filled(String statement) {
        Map<String, Integer> counts = size.counts();
        return PLACEHOLDER.matcher(statement).replaceAll(place -> {
            Integer count = counts.get(place.group(1));
            if (count == null) {
                throw new IllegalStateException("no row count is called " + place.group(1));
            }
            return Matcher.quoteReplacement(count.toString());
        });
    }

    private static String text(String script) {
        try (InputStream content = Shop.class.getResourceAsStream(script)) {
            if (content == null) {
                throw new IllegalStateException(script + " is not beside " + Shop.class);
            }
            return new String(content.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + script, e);
        }
    }
}
