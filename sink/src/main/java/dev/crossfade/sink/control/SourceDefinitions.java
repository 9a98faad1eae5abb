package dev.crossfade.sink.control;

import static java.util.Objects.requireNonNull;

import dev.crossfade.sink.target.Connections;
import dev.crossfade.sink.target.TargetErrors;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/**
 * What the source's tables were when the migration began, as a text of the caller's: bytes in Kafka are laid out as they were then,
 * whatever becomes of a table that has stopped. Any thread; each method is one transaction.
 */
public final class SourceDefinitions {
    private final Connections target;
    private final String migration;

    public SourceDefinitions(Connections target, String migration) {
        this.target = requireNonNull(target, "target");
        this.migration = requireNonNull(migration, "migration");
    }

    /** The text; empty if an older Crossfade began the migration, and kept none. The control schema must be there, of any version. */
    public Optional<String> read() {
        try (Connection connection = target.open()) {
            try (Statement ask = connection.createStatement();
                    ResultSet known =
                            ask.executeQuery("select to_regclass('crossfade.source_definitions') is not null")) {
                known.next();
                if (!known.getBoolean(1)) {
                    return Optional.empty();
                }
            }
            try (PreparedStatement select = connection.prepareStatement(
                    "select definitions from crossfade.source_definitions where migration = ?")) {
                select.setString(1, migration);
                try (ResultSet row = select.executeQuery()) {
                    return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
                }
            }
        } catch (SQLException e) {
            throw TargetErrors.of("read what the source's tables were when migration " + migration + " began", e);
        }
    }

    /** Keeps the text unless one is kept; only the run of {@code epoch} may. */
    public void keep(Epoch epoch, String definitions) {
        try (Connection connection = target.open()) {
            connection.setAutoCommit(false);
            epoch.enter(connection);
            try (PreparedStatement insert = connection.prepareStatement("""
                    insert into crossfade.source_definitions (migration, definitions) values (?, ?)
                    on conflict (migration) do nothing""")) {
                insert.setString(1, epoch.migration());
                insert.setString(2, definitions);
                insert.executeUpdate();
            }
            connection.commit();
        } catch (SQLException e) {
            throw TargetErrors.of("keep what the source's tables are as migration " + migration + " begins", e);
        }
    }
}
