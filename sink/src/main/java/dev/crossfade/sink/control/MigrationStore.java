package dev.crossfade.sink.control;

import static java.util.Objects.requireNonNull;

import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.Problem;
import dev.crossfade.sink.target.Connections;
import dev.crossfade.sink.target.TargetErrors;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** One migration's record in the control schema. Any thread, any process; each method is one transaction. */
public final class MigrationStore {
    private final Connections target;
    private final String migration;

    public MigrationStore(Connections target, String migration) {
        this.target = requireNonNull(target, "target");
        this.migration = requireNonNull(migration, "migration");
    }

    /** The record; empty if the migration was never begun. The control schema must be there. */
    public Optional<MigrationRecord> read() {
        try (Connection connection = target.open();
                PreparedStatement select = connection.prepareStatement("""
                        select mapping_hash, plan, phase, phase_since, wanted, status, status_at, created_at
                        from crossfade.migration where migration = ?""")) {
            select.setString(1, migration);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                return Optional.of(new MigrationRecord(
                        migration,
                        row.getString("mapping_hash"),
                        row.getString("plan"),
                        row.getString("phase"),
                        instant(row, "phase_since"),
                        row.getString("wanted"),
                        row.getString("status"),
                        instant(row, "status_at"),
                        instant(row, "created_at")));
            }
        } catch (SQLException e) {
            throw TargetErrors.of("read the record of migration " + migration, e);
        }
    }

    /**
     * Makes the record if there is none; else checks that the migration goes on under the mapping it began with.
     *
     * @param plan text to keep
     * @param phase the first phase
     * @return the record as it now stands
     * @throws MigrationException of kind PLAN with the problem {@code MAPPING-CHANGED} if the hash is another
     */
    public MigrationRecord begin(Epoch epoch, String mappingHash, String plan, String phase) {
        write(epoch, """
                insert into crossfade.migration (mapping_hash, plan, phase, migration) values (?, ?, ?, ?)
                on conflict (migration) do nothing""", mappingHash, plan, phase);
        MigrationRecord record = read().orElseThrow();
        checkMapping(record, mappingHash);
        return record;
    }

    /**
     * Refuses to go on under another mapping than the migration began with.
     *
     * @throws MigrationException of kind PLAN with the problem {@code MAPPING-CHANGED}
     */
    public static void checkMapping(MigrationRecord record, String mappingHash) {
        if (!record.mappingHash().equals(mappingHash)) {
            throw MigrationException.of(
                    List.of(
                            new Problem(
                                    ErrorKind.PLAN,
                                    "MAPPING-CHANGED",
                                    "migration " + record.migration(),
                                    "it began " + record.createdAt() + " with mapping " + record.mappingHash()
                                            + ", the file now gives " + mappingHash,
                                    "put the file back as it was, or begin under another migration name with empty target tables")),
                    "nothing was changed");
        }
    }

    /** Writes the phase; only the run of {@code epoch} may. */
    public void phase(Epoch epoch, String phase) {
        write(epoch, "update crossfade.migration set phase = ?, phase_since = now() where migration = ?", phase);
    }

    /**
     * Writes what the runner reports of itself; only the run of {@code epoch} may.
     *
     * @param json a JSON document
     */
    public void status(Epoch epoch, String json) {
        write(epoch, "update crossfade.migration set status = ?::json, status_at = now() where migration = ?", json);
    }

    /**
     * Asks something of the runner, from any process. A migration that is being aborted is asked nothing any more.
     *
     * @return false if there is no such migration, or it is being aborted
     */
    public boolean want(String wanted) {
        try (Connection connection = target.open();
                PreparedStatement update = connection.prepareStatement(
                        "update crossfade.migration set wanted = ? where migration = ? and wanted <> ?")) {
            update.setString(1, wanted);
            update.setString(2, migration);
            update.setString(3, MigrationRecord.WANTED_ABORTED);
            return update.executeUpdate() == 1;
        } catch (SQLException e) {
            throw TargetErrors.of("ask for '" + wanted + "' of migration " + migration, e);
        }
    }

    /** Marks the migration as being aborted, for good; does nothing if there is none. Only the holder of {@code epoch} may. */
    public void markAborted(Epoch epoch) {
        write(epoch, "update crossfade.migration set wanted = ? where migration = ?", MigrationRecord.WANTED_ABORTED);
    }

    private void write(Epoch epoch, String sql, String... values) {
        if (!epoch.migration().equals(migration)) {
            throw new IllegalArgumentException("epoch of " + epoch.migration() + ", store of " + migration);
        }
        try (Connection connection = target.open()) {
            connection.setAutoCommit(false);
            epoch.enter(connection);
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                for (int i = 0; i < values.length; i++) {
                    statement.setString(i + 1, values[i]);
                }
                statement.setString(values.length + 1, migration);
                statement.executeUpdate();
            }
            connection.commit();
        } catch (SQLException e) {
            throw TargetErrors.of("write the record of migration " + migration, e);
        }
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return requireNonNull(row.getObject(column, Timestamp.class), column).toInstant();
    }
}
