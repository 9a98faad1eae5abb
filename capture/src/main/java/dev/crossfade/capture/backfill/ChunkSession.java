package dev.crossfade.capture.backfill;

import dev.crossfade.capture.source.MarkerTable;
import dev.crossfade.capture.source.SchemaReader;
import dev.crossfade.capture.source.SourceDatabase;
import dev.crossfade.capture.source.SourceSchema;
import dev.crossfade.model.ChunkTask;
import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.KeyRange;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.TableId;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One source connection that reads chunks. It has proved that it sees the marker, so everything before P0 is visible to it. A chunk
 * is one statement in autocommit: one committed state, no lock, no transaction that outlives it.
 */
final class ChunkSession implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ChunkSession.class);

    private final Connection connection;
    private final MigrationPlan plan;
    private final SourceSchema schema;
    private final Map<TableId, TableReading> readings = new HashMap<>();

    private ChunkSession(Connection connection, MigrationPlan plan, SourceSchema schema) {
        this.connection = connection;
        this.plan = plan;
        this.schema = schema;
    }

    /**
     * Opens a session.
     *
     * @throws MigrationException of kind SOURCE if the marker is not there: the server is not the one that capture reads, or lags
     */
    static ChunkSession open(SourceDatabase source, MigrationPlan plan, BackfillSettings settings) throws SQLException {
        Connection connection = source.open();
        try {
            requireMarker(connection, source, plan, settings);
            return new ChunkSession(connection, plan, SchemaReader.read(connection));
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /**
     * Refuses a connection that does not see the marker: what it reads might be older than P0.
     *
     * @throws MigrationException of kind SOURCE
     */
    static void requireMarker(
            Connection connection, SourceDatabase source, MigrationPlan plan, BackfillSettings settings)
            throws SQLException {
        MarkerTable marker = new MarkerTable(source.database());
        if (!marker.isVisible(connection, plan.migration(), settings.markerToken())) {
            throw new MigrationException(
                    ErrorKind.SOURCE,
                    "source " + source + " does not show the marker " + settings.markerToken() + " in " + marker.id()
                            + ", must show it before chunks are read; nothing was read. Hint: the URL must lead to"
                            + " the server whose log is captured, not to a replica behind it");
        }
    }

    /**
     * Reads the task's range in key order into {@code writer} and closes it; leaves it open if {@code stopped} turns true.
     *
     * @throws MigrationException if a value cannot be encoded, or the server refuses the statement
     * @throws SQLException if the connection broke
     */
    void read(ChunkTask task, ChunkWriter writer, BooleanSupplier stopped) throws SQLException {
        TableReading table =
                readings.computeIfAbsent(task.chunk().source(), id -> TableReading.of(schema, plan.bySource(id)));
        KeyRange range = task.range();
        try {
            if (table.read(connection, range, writer::append, stopped)) {
                writer.close(range.to());
            }
        } catch (MigrationException e) {
            throw new MigrationException(
                    e.kind(),
                    e.getMessage() + ". Chunk " + task.chunk() + " " + range.describe(table.boundColumns())
                            + " is not visible and will be read again",
                    e);
        }
    }

    /** Ends the session; never throws. */
    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            log.atDebug().setCause(e).log("source session was gone already");
        }
    }
}
