package dev.crossfade.pipeline.verification;

import dev.crossfade.model.BinlogPosition;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/** Rows of {@code crossfade.verification}: one per hold. Used over an autocommitting connection by one thread. */
final class HoldTable {
    private final Connection connection;
    private final String migration;

    HoldTable(Connection connection, String migration) {
        this.connection = connection;
        this.migration = migration;
    }

    /**
     * One hold.
     *
     * @param id names it, and its fence
     * @param state where it stands
     * @param end the position that PUBLISH asks for
     * @param message why it FAILED
     */
    record Hold(String id, HoldState state, Optional<BinlogPosition> end, String message) {}

    void ask(String id) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("""
                insert into crossfade.verification (migration, id, state) values (?, ?, ?)
                """)) {
            insert.setString(1, migration);
            insert.setString(2, id);
            insert.setString(3, HoldState.HOLD.stored());
            insert.executeUpdate();
        }
    }

    Optional<Hold> read(String id) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("""
                select id, state, source_file, source_offset, source_gtids, message
                  from crossfade.verification where migration = ? and id = ?
                """)) {
            select.setString(1, migration);
            select.setString(2, id);
            return one(select);
        }
    }

    /** The oldest hold that is not over. */
    Optional<Hold> readOpen() throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("""
                select id, state, source_file, source_offset, source_gtids, message
                  from crossfade.verification
                 where migration = ? and state not in ('done', 'failed')
                 order by requested_at, id limit 1
                """)) {
            select.setString(1, migration);
            return one(select);
        }
    }

    private static Optional<Hold> one(PreparedStatement select) throws SQLException {
        try (ResultSet row = select.executeQuery()) {
            if (!row.next()) {
                return Optional.empty();
            }
            String file = row.getString(3);
            Optional<BinlogPosition> end = file == null
                    ? Optional.empty()
                    : Optional.of(new BinlogPosition(file, row.getLong(4), row.getString(5)));
            return Optional.of(new Hold(row.getString(1), HoldState.of(row.getString(2)), end, row.getString(6)));
        }
    }

    /** Asks to publish through {@code end}; false if the hold is no longer HELD. */
    boolean askToPublish(String id, BinlogPosition end) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("""
                update crossfade.verification
                   set state = 'publish', source_file = ?, source_offset = ?, source_gtids = ?
                 where migration = ? and id = ? and state = 'held'
                """)) {
            update.setString(1, end.file());
            update.setLong(2, end.offset());
            update.setString(3, end.gtids());
            update.setString(4, migration);
            update.setString(5, id);
            return update.executeUpdate() == 1;
        }
    }

    /** Moves a hold on; false if it is not in {@code from}, so that the two processes never overwrite each other. */
    boolean move(String id, HoldState from, HoldState to, String message) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("""
                update crossfade.verification set state = ?, message = ? where migration = ? and id = ? and state = ?
                """)) {
            update.setString(1, to.stored());
            update.setString(2, message);
            update.setString(3, migration);
            update.setString(4, id);
            update.setString(5, from.stored());
            return update.executeUpdate() == 1;
        }
    }

    /** Asks to publish again, whatever was going on. */
    void release(String id) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("""
                update crossfade.verification set state = 'release'
                 where migration = ? and id = ? and state not in ('done', 'failed')
                """)) {
            update.setString(1, migration);
            update.setString(2, id);
            update.executeUpdate();
        }
    }

    /** Ends all holds that a process left behind when it died. */
    void failOpen(String message) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("""
                update crossfade.verification set state = 'failed', message = ?
                 where migration = ? and state not in ('done', 'failed')
                """)) {
            update.setString(1, message);
            update.setString(2, migration);
            update.executeUpdate();
        }
    }
}
