package dev.crossfade.capture.source;

import static java.util.Objects.requireNonNull;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * What a server tells about one of its databases, as far as the connection's account may see it.
 *
 * @param database as the server spells it
 */
record InformationSchema(Connection connection, String database) {
    InformationSchema {
        requireNonNull(connection, "connection");
        requireNonNull(database, "database");
    }

    /** Uses the current row of a result. */
    @FunctionalInterface
    interface RowUser {
        void use(ResultSet row) throws SQLException;
    }

    /** Gives each row of a query to {@code each}; the query's one parameter is the database's name. */
    void query(String sql, RowUser each) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, database);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    each.use(rows);
                }
            }
        }
    }

    /** The statement that would make the table again, in the server's own words; SELECT on the table is enough to see it. */
    String definition(String table) throws SQLException {
        String sql = "SHOW CREATE TABLE " + Identifiers.quote(database) + "." + Identifiers.quote(table);
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet row = statement.executeQuery()) {
            if (!row.next()) {
                throw new SQLException("no definition of table " + database + "." + table);
            }
            return row.getString(2);
        }
    }
}
