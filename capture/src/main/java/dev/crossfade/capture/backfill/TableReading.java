package dev.crossfade.capture.backfill;

import dev.crossfade.capture.source.KeyPredicate;
import dev.crossfade.capture.source.SourceColumn;
import dev.crossfade.capture.source.SourceRowReader;
import dev.crossfade.capture.source.SourceSchema;
import dev.crossfade.capture.source.SourceTable;
import dev.crossfade.mapping.RowMapping;
import dev.crossfade.model.Column;
import dev.crossfade.model.KeyRange;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.TablePlan;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * How a planned table is read: in key order, and without a key as the server likes. One thread at a time.
 *
 * @param predicate ranges of its key as SQL
 * @param rows what turns its rows into target rows
 * @param fetchRows rows that the driver holds at a time
 * @param boundColumns what the ends of its ranges consist of, for messages
 */
record TableReading(KeyPredicate predicate, SourceRowReader rows, int fetchRows, List<Column> boundColumns) {
    /** Rows that the driver holds at a time. Measured to matter by 5 % at most, and a row may have 8 MiB. */
    private static final int FETCH_ROWS_WITH_LONG_VALUES = 4;

    private static final int FETCH_ROWS = 256; // of at most 64 KiB each, the servers' limit without long values
    private static final int ROWS_PER_STOP_CHECK = 1_024;

    /** What is done with a row of the source. */
    @FunctionalInterface
    interface EachRow {
        /** Takes the row while the reading stands there. */
        void take(CurrentRow row) throws SQLException;
    }

    /**
     * The planned table as the source describes it.
     *
     * @throws MigrationException of kind SOURCE if the table does not fit its plan any more
     */
    static TableReading of(SourceSchema schema, TablePlan plan) {
        SourceTable table = PlannedTables.require(schema, plan);
        List<String> columns = Arrays.stream(RowMapping.compile(plan).sourceFields())
                .mapToObj(field -> plan.source().columns().get(field).name())
                .toList();
        return new TableReading(
                new KeyPredicate(table),
                SourceRowReader.of(table, columns),
                table.columns().stream().anyMatch(TableReading::isLong) ? FETCH_ROWS_WITH_LONG_VALUES : FETCH_ROWS,
                plan.source().boundColumns());
    }

    /** Whether a value of the column may be longer than a row without such columns. */
    private static boolean isLong(SourceColumn column) {
        return switch (column.column().type().kind()) {
            case TEXT, BYTES -> column.column().type().precision() == 0;
            case JSON -> true;
            default -> false;
        };
    }

    /**
     * Reads a range by one statement.
     *
     * @return false if {@code stopped} turned true before the end; the connection is of no use then
     * @throws MigrationException what {@code each} throws of the kind
     * @throws SQLException if the connection broke or the server refuses the statement
     */
    boolean read(Connection connection, KeyRange range, EachRow each, BooleanSupplier stopped) throws SQLException {
        String sql = "select " + rows.selectList() + predicate.from() + predicate.where(range) + predicate.orderBy();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setFetchSize(fetchRows);
            predicate.bind(statement, range);
            try (ResultSet result = statement.executeQuery()) {
                CurrentRow row = new CurrentRow(rows, result);
                int untilCheck = ROWS_PER_STOP_CHECK;
                while (row.next()) {
                    each.take(row);
                    if (--untilCheck == 0) {
                        if (stopped.getAsBoolean()) {
                            connection.abort(Runnable::run); // else closing the result would read it to its end
                            return false;
                        }
                        untilCheck = ROWS_PER_STOP_CHECK;
                    }
                }
            }
        }
        return true;
    }
}
