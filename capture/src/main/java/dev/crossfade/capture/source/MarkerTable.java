package dev.crossfade.capture.source;

import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.TableId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Crossfade's own table in the source database. A write to it is an event of the log at a known place: what was committed before
 * it stands before it. Stateless; connections are the caller's and are in autocommit.
 */
public final class MarkerTable {
    /** The table's name, in the source database itself. */
    public static final String NAME = "crossfade_marker";

    /** Capture turns a row of this purpose into fences. */
    public static final String FENCE = "fence";

    /** The row that chunk readers must see before they read: it was written after P0 was durable. */
    public static final String BACKFILL = "backfill";

    /** The row by which a migration shows, before it writes any other, that it needs the table. */
    private static final String BEGUN = "begun";

    private static final int ER_NO_SUCH_TABLE = 1146;
    private static final int JOIN_ATTEMPTS = 3;

    private final TableId id;

    public MarkerTable(String database) {
        this.id = new TableId(database, NAME);
    }

    public TableId id() {
        return id;
    }

    /** The statement that makes the table, for whoever has the privilege. */
    public String definition() {
        return """
                create table if not exists %s (
                  migration varchar(40) character set ascii collate ascii_bin not null,
                  purpose varchar(20) character set ascii collate ascii_bin not null,
                  token varchar(64) character set ascii collate ascii_bin not null,
                  at timestamp(6) not null,
                  primary key (migration, purpose)) engine=InnoDB""".formatted(Identifiers.quote(id));
    }

    /**
     * Makes the table unless it is there.
     *
     * @throws MigrationException of kind SOURCE
     */
    public void createIfAbsent(Connection connection) {
        try {
            if (!exists(connection)) {
                try (Statement statement = connection.createStatement()) {
                    statement.execute(definition());
                }
            }
        } catch (SQLException e) {
            throw failed("cannot be created", e);
        }
    }

    /**
     * Makes the table unless it is there, and leaves a row of the migration in it: from then on nobody else drops it. One that is
     * dropped meanwhile by the last migration that needed it is made again.
     *
     * @throws MigrationException of kind SOURCE
     */
    public void join(Connection connection, String migration) {
        for (int attempt = 1; ; attempt++) {
            createIfAbsent(connection);
            try {
                write(connection, migration, BEGUN, UUID.randomUUID().toString());
                return;
            } catch (MigrationException e) {
                boolean isGone = e.getCause() instanceof SQLException cause && cause.getErrorCode() == ER_NO_SUCH_TABLE;
                if (!isGone || attempt == JOIN_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    /**
     * The migrations that need the table; empty if there is no table.
     *
     * @throws MigrationException of kind SOURCE
     */
    public Optional<Set<String>> migrations(Connection connection) {
        try {
            if (!exists(connection)) {
                return Optional.empty();
            }
            Set<String> migrations = new TreeSet<>();
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("select migration from " + Identifiers.quote(id))) {
                while (row.next()) {
                    migrations.add(row.getString(1));
                }
            }
            return Optional.of(migrations);
        } catch (SQLException e) {
            throw failed("cannot be read", e);
        }
    }

    boolean exists(Connection connection) throws SQLException {
        String sql = "select 1 from information_schema.tables where table_schema = ? and table_name = ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, id.schema());
            statement.setString(2, id.name());
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        }
    }

    /**
     * Writes the migration's row of {@code purpose}; always changes it, so it is always an event of the log. On return it is
     * committed.
     *
     * @throws MigrationException of kind SOURCE; the outcome is unknown until {@link #isVisible} says
     */
    public void write(Connection connection, String migration, String purpose, String token) {
        String sql =
                "insert into " + Identifiers.quote(id) + " (migration, purpose, token, at) values (?, ?, ?, now(6))"
                        + " on duplicate key update token = values(token), at = values(at)";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, migration);
            statement.setString(2, purpose);
            statement.setString(3, token);
            statement.executeUpdate();
        } catch (SQLException e) {
            throw failed("cannot be written", e);
        }
    }

    /**
     * Whether the connection sees the row with this token.
     *
     * @throws SQLException if the connection fails; a missing table means not visible
     */
    public boolean isVisible(Connection connection, String migration, String token) throws SQLException {
        String sql = "select 1 from " + Identifiers.quote(id) + " where migration = ? and token = ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, migration);
            statement.setString(2, token);
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        } catch (SQLException e) {
            if (e.getErrorCode() == ER_NO_SUCH_TABLE) {
                return false;
            }
            throw e;
        }
    }

    /**
     * Removes one migration's rows, and the table with the last of them.
     *
     * @throws MigrationException of kind SOURCE
     */
    public void drop(Connection connection, String migration) {
        try {
            if (!exists(connection)) {
                return;
            }
            String delete = "delete from " + Identifiers.quote(id) + " where migration = ?";
            try (PreparedStatement statement = connection.prepareStatement(delete)) {
                statement.setString(1, migration);
                statement.executeUpdate();
            }
            try (Statement statement = connection.createStatement()) {
                boolean empty;
                try (ResultSet row = statement.executeQuery("select 1 from " + Identifiers.quote(id) + " limit 1")) {
                    empty = !row.next();
                }
                if (empty) {
                    statement.execute("drop table if exists " + Identifiers.quote(id));
                }
            }
        } catch (SQLException e) {
            throw failed("cannot be dropped", e);
        }
    }

    private MigrationException failed(String what, SQLException e) {
        return new MigrationException(
                ErrorKind.SOURCE,
                "marker table " + id + " " + what + ": error " + e.getErrorCode() + ", SQLSTATE " + e.getSQLState()
                        + ". Hint: " + definition(),
                e);
    }
}
