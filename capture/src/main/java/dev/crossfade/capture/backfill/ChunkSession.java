package dev.crossfade.capture.backfill;

import dev.crossfade.capture.source.KeyPredicate;
import dev.crossfade.capture.source.MarkerTable;
import dev.crossfade.capture.source.SchemaReader;
import dev.crossfade.capture.source.SourceColumn;
import dev.crossfade.capture.source.SourceDatabase;
import dev.crossfade.capture.source.SourceRowReader;
import dev.crossfade.capture.source.SourceSchema;
import dev.crossfade.capture.source.SourceTable;
import dev.crossfade.mapping.RowMapping;
import dev.crossfade.model.ChunkTask;
import dev.crossfade.model.Column;
import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.KeyRange;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.TableId;
import dev.crossfade.model.TablePlan;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
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
    /** Rows that the driver holds at a time. Measured to matter by 5 % at most, and a row may have 8 MiB. */
    private static final int FETCH_ROWS_WITH_LONG_VALUES = 4;

    private static final int FETCH_ROWS = 256; // of at most 64 KiB each, the servers' limit without long values
    private static final int ROWS_PER_STOP_CHECK = 1_024;

    private final Connection connection;
    private final MigrationPlan plan;
    private final SourceSchema schema;
    private final Map<TableId, TableReader> readers = new HashMap<>();

    private ChunkSession(Connection connection, MigrationPlan plan, SourceSchema schema) {
        this.connection = connection;
        this.plan = plan;
        this.schema = schema;
    }

    /** What reading a table takes. */
    private record TableReader(KeyPredicate predicate, SourceRowReader rows, int fetchRows, List<Column> keyColumns) {}

    /**
     * Opens a session.
     *
     * @throws MigrationException of kind SOURCE if the marker is not there: the server is not the one that capture reads, or lags
     */
    static ChunkSession open(SourceDatabase source, MigrationPlan plan, BackfillSettings settings) throws SQLException {
        Connection connection = source.open();
        try {
            MarkerTable marker = new MarkerTable(source.database());
            if (!marker.isVisible(connection, plan.migration(), settings.markerToken())) {
                throw new MigrationException(
                        ErrorKind.SOURCE,
                        "source " + source + " does not show the marker " + settings.markerToken() + " in "
                                + marker.id()
                                + ", must show it before chunks are read; nothing was read. Hint: the URL must lead to"
                                + " the server whose log is captured, not to a replica behind it");
            }
            return new ChunkSession(connection, plan, SchemaReader.read(connection));
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /**
     * Reads the task's range in key order into {@code writer} and closes it; leaves it open if {@code stopped} turns true.
     *
     * @throws MigrationException if a value cannot be encoded, or the server refuses the statement
     * @throws SQLException if the connection broke
     */
    void read(ChunkTask task, ChunkWriter writer, BooleanSupplier stopped) throws SQLException {
        TableReader table = readers.computeIfAbsent(task.chunk().source(), this::tableReader);
        KeyRange range = task.range();
        String sql = "select " + table.rows.selectList() + table.predicate.from() + table.predicate.where(range)
                + table.predicate.orderBy();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setFetchSize(table.fetchRows);
            table.predicate.bind(statement, range);
            try (ResultSet row = statement.executeQuery()) {
                int untilCheck = ROWS_PER_STOP_CHECK;
                while (row.next()) {
                    writer.append(table.rows, row);
                    if (--untilCheck == 0) {
                        if (stopped.getAsBoolean()) {
                            connection.abort(Runnable::run); // else closing the result would read it to its end
                            return;
                        }
                        untilCheck = ROWS_PER_STOP_CHECK;
                    }
                }
            }
            writer.close();
        } catch (MigrationException e) {
            throw new MigrationException(
                    e.kind(),
                    e.getMessage() + ". Chunk " + task.chunk() + " " + range.describe(table.keyColumns)
                            + " is not visible and will be read again",
                    e);
        }
    }

    private TableReader tableReader(TableId id) {
        TablePlan tablePlan = plan.bySource(id);
        SourceTable table = PlannedTables.require(schema, tablePlan);
        List<String> columns = Arrays.stream(RowMapping.compile(tablePlan).sourceFields())
                .mapToObj(field -> tablePlan.source().columns().get(field).name())
                .toList();
        return new TableReader(
                new KeyPredicate(table),
                SourceRowReader.of(table, columns),
                table.columns().stream().anyMatch(ChunkSession::isLong) ? FETCH_ROWS_WITH_LONG_VALUES : FETCH_ROWS,
                tablePlan.source().keyColumns());
    }

    /** Whether a value of the column may be longer than a row without such columns. */
    private static boolean isLong(SourceColumn column) {
        return switch (column.column().type().kind()) {
            case TEXT, BYTES -> column.column().type().precision() == 0;
            case JSON -> true;
            default -> false;
        };
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
