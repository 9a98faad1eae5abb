package dev.crossfade.capture.backfill;

import dev.crossfade.capture.source.SourceRowReader;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.RowKey;
import dev.crossfade.model.RowNumber;
import dev.crossfade.model.codec.RowWriter;
import java.sql.ResultSet;
import java.sql.SQLException;

/** The row at which the reading of a table stands, until it moves on. One thread. */
final class CurrentRow {
    private final SourceRowReader rows;
    private final ResultSet result;
    private long number = -1; // from 0

    CurrentRow(SourceRowReader rows, ResultSet result) {
        this.rows = rows;
        this.result = result;
    }

    /** Moves to the next row; false behind the last one. */
    boolean next() throws SQLException {
        number++;
        return result.next();
    }

    /**
     * Appends the row in target shape.
     *
     * @throws MigrationException of kind TRANSFORM if a value cannot be encoded; nothing was appended
     */
    void append(RowWriter writer) throws SQLException {
        rows.append(result, writer);
    }

    /** Where the row stands among all rows: its key or, in a table that has none, its number. */
    RowKey place() throws SQLException {
        return rows.isKeyed() ? rows.key(result) : RowNumber.of(number);
    }
}
