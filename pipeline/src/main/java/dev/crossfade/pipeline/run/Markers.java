package dev.crossfade.pipeline.run;

import dev.crossfade.capture.source.MarkerTable;
import dev.crossfade.capture.source.SourceDatabase;
import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.MigrationException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes markers on the source over one connection that it opens anew when it breaks. Any thread; one write at a time. */
final class Markers implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Markers.class);

    private static final String KILLED = "70100"; // an operator ended the session

    private final SourceDatabase source;
    private final MarkerTable table;
    private final String migration;
    private @Nullable Connection connection; // null until it is needed, and after it broke

    Markers(SourceDatabase source, MarkerTable table, String migration) {
        this.source = source;
        this.table = table;
        this.migration = migration;
    }

    /** Makes the table unless it is there; from then on no other migration drops it. */
    void createTable() {
        withConnection(open -> table.join(open, migration));
    }

    /** Makes a fence and returns its token; on return the marker is committed. */
    String writeFence(String reason) {
        String token = reason + "-" + UUID.randomUUID();
        withConnection(open -> table.write(open, migration, MarkerTable.FENCE, token));
        return token;
    }

    /** Writes the marker that chunk readers must see, and returns its token. On return it is committed. */
    String writeBackfill() {
        String token = "backfill-" + UUID.randomUUID();
        withConnection(open -> table.write(open, migration, MarkerTable.BACKFILL, token));
        return token;
    }

    /** Makes an event in the log that means nothing: it shows that the log has come so far. */
    void nudge() {
        withConnection(
                open -> table.write(open, migration, "nudge", UUID.randomUUID().toString()));
    }

    /** A connection that was kept may have broken since; then a new one is used. A marker that is written twice has one token. */
    private synchronized void withConnection(Use use) {
        Connection kept = connection;
        if (kept != null) {
            try {
                use.on(kept);
                return;
            } catch (MigrationException e) {
                discard();
                if (!isConnectionLost(e)) {
                    throw e;
                }
                log.atDebug().setCause(e).log("the marker's connection is opened anew");
            }
        }
        Connection opened = source.openForWriting();
        connection = opened;
        try {
            use.on(opened);
        } catch (MigrationException e) {
            discard();
            throw e;
        }
    }

    private static boolean isConnectionLost(MigrationException failure) {
        return failure.getCause() instanceof SQLException sql
                && sql.getSQLState() != null
                && (sql.getSQLState().startsWith("08") || sql.getSQLState().equals(KILLED));
    }

    private interface Use {
        void on(Connection connection);
    }

    private void discard() {
        Connection broken = connection;
        connection = null;
        if (broken != null) {
            try {
                broken.close();
            } catch (SQLException e) {
                log.atDebug().setCause(e).log("closing the marker's connection failed");
            }
        }
    }

    /** Whether a prepared XA transaction is open: its changes are in the log and no reader sees them yet. */
    synchronized void refusePreparedTransactions() {
        try (Connection check = source.open();
                var statement = check.createStatement();
                var rows = statement.executeQuery("xa recover")) {
            if (rows.next()) {
                throw new MigrationException(
                        ErrorKind.SOURCE,
                        "source " + source
                                + " has prepared XA transactions: they are in the log, but no chunk would see"
                                + " them; no chunk was read. Hint: XA RECOVER lists them; XA COMMIT or XA ROLLBACK each,"
                                + " then run again");
            }
        } catch (SQLException e) {
            throw new MigrationException(
                    ErrorKind.SOURCE,
                    "source " + source + " cannot list prepared XA transactions: SQLSTATE " + e.getSQLState(),
                    e);
        }
    }

    @Override
    public synchronized void close() {
        discard();
    }
}
