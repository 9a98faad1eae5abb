package dev.crossfade.capture.source;

import static java.util.Objects.requireNonNull;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Which server answers a connection.
 *
 * @param product who makes it
 * @param version as the server says it: {@code 11.4.5-MariaDB-log}
 * @param major the version's first number
 * @param minor the version's second number
 */
public record SourceServer(SourceProduct product, String version, int major, int minor) {
    public SourceServer {
        requireNonNull(product, "product");
        requireNonNull(version, "version");
    }

    /** Asks the server behind {@code connection}. */
    public static SourceServer of(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select version(), @@version_comment")) {
            row.next();
            return parse(row.getString(1), row.getString(2));
        }
    }

    static SourceServer parse(String version, String comment) {
        boolean mariaDb = version.contains("MariaDB") || comment.contains("MariaDB");
        // Proxies of MariaDB may pass on the prefix that is there for old replicas.
        String[] numbers = version.replaceFirst("^5\\.5\\.5-", "").split("[^0-9]+", 3);
        return new SourceServer(
                mariaDb ? SourceProduct.MARIADB : SourceProduct.MYSQL, version, number(numbers, 0), number(numbers, 1));
    }

    private static int number(String[] numbers, int place) {
        return place < numbers.length && numbers[place].matches("[0-9]{1,4}") ? Integer.parseInt(numbers[place]) : 0;
    }

    /** Whether the server is of the given version or a later one. */
    public boolean isAtLeast(int wantedMajor, int wantedMinor) {
        return major != wantedMajor ? major > wantedMajor : minor >= wantedMinor;
    }

    @Override
    public String toString() {
        return product.displayName() + " " + version;
    }
}
