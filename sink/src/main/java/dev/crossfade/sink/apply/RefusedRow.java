package dev.crossfade.sink.apply;

import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.Row;
import dev.crossfade.model.RowChange;
import dev.crossfade.model.RowUpsert;
import dev.crossfade.model.Table;
import dev.crossfade.model.TableId;
import dev.crossfade.sink.control.Epoch;
import dev.crossfade.sink.target.SqlStates;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Why the target refused a batch, and which row it was. */
final class RefusedRow {
    private final SQLException failure;
    private final String subject;
    private final Optional<String> column;

    private RefusedRow(SQLException failure, String subject, Optional<String> column) {
        this.failure = failure;
        this.subject = subject;
        this.column = column;
    }

    /**
     * Looks for the first row that is refused by itself, by halves, in a transaction that is rolled back at the end.
     *
     * @param connection no transaction open
     * @param failure what the whole batch failed with
     * @throws SQLException if the target failed otherwise meanwhile
     */
    static RefusedRow find(
            Connection connection,
            Epoch epoch,
            List<Segment.Wish> wishes,
            Map<TableId, TableStatements> tables,
            SQLException failure)
            throws SQLException {
        if (!SqlStates.isRefusedValue(failure)) {
            return new RefusedRow(failure, "a row of " + tableNames(wishes), Optional.empty());
        }
        try {
            epoch.enter(connection);
            Wishes.vacate(connection, wishes, tables);
            List<Segment.Wish> suspects = wishes;
            while (suspects.size() > 1) {
                List<Segment.Wish> half = suspects.subList(0, suspects.size() / 2);
                suspects = refusal(connection, half, tables).isPresent()
                        ? half
                        : suspects.subList(suspects.size() / 2, suspects.size());
            }
            Segment.Wish suspect = suspects.get(0);
            Optional<SQLException> refusal = refusal(connection, suspects, tables);
            if (refusal.isEmpty()) {
                return new RefusedRow(failure, "a row of " + tableNames(wishes), Optional.empty());
            }
            TableStatements statements = tables.get(suspect.table());
            if (statements == null) {
                throw new IllegalArgumentException("no statements for " + suspect.table());
            }
            Table table = statements.table();
            return new RefusedRow(
                    refusal.get(),
                    suspect.table() + " " + name(suspect, table),
                    column(connection, suspect, table, refusal.get()));
        } finally {
            connection.rollback();
        }
    }

    private static String name(Segment.Wish suspect, Table table) {
        return suspect.record() instanceof RowChange change
                ? KeylessStatements.describe(change.after().or(change::before).orElseThrow())
                : suspect.key().describe(table.keyColumns());
    }

    /** The row that the wish would write; none for one that only deletes. */
    private static Optional<Row> written(Segment.Wish wish) {
        if (wish.record() instanceof RowChange change) {
            return change.after();
        }
        return wish.record() instanceof RowUpsert upsert ? Optional.of(upsert.row()) : Optional.empty();
    }

    private static String tableNames(List<Segment.Wish> wishes) {
        return wishes.stream().map(wish -> wish.table().toString()).distinct().collect(Collectors.joining(" or "));
    }

    private static Optional<SQLException> refusal(
            Connection transaction, List<Segment.Wish> wishes, Map<TableId, TableStatements> tables)
            throws SQLException {
        Savepoint before = transaction.setSavepoint();
        try {
            Wishes.apply(transaction, wishes, tables);
            transaction.rollback(before);
            return Optional.empty();
        } catch (SQLException e) {
            if (!SqlStates.isRefusedValue(e)) {
                throw e;
            }
            transaction.rollback(before);
            return Optional.of(e);
        }
    }

    /** A statement over arrays does not say which column it was; a COPY of the one row does. */
    private static Optional<String> column(
            Connection transaction, Segment.Wish suspect, Table table, SQLException refusal) throws SQLException {
        Optional<String> named = CopyError.column(refusal, table);
        Optional<Row> row = written(suspect);
        if (named.isPresent() || row.isEmpty()) {
            return named;
        }
        Savepoint before = transaction.setSavepoint();
        try {
            BinaryCopy copy = BinaryCopy.begin(transaction, table);
            copy.add(row.get().bytes(), 0, row.get().bytes().length);
            copy.end();
        } catch (SQLException e) {
            if (!SqlStates.isRefusedValue(e)) {
                throw e;
            }
            named = CopyError.column(e, table);
        }
        transaction.rollback(before);
        return named;
    }

    /** The message for a person; the batch has been rolled back. */
    MigrationException message(String partition, long position) {
        return new MigrationException(
                ErrorKind.TARGET,
                "cannot write " + subject + ": " + SqlStates.describe(failure.getSQLState())
                        + column.map(name -> " in column " + name).orElse("")
                        + "; the batch was rolled back, progress of " + partition + " stays at " + position,
                failure);
    }
}
