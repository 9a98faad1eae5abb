package dev.crossfade.sink.apply;

import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.Row;
import dev.crossfade.model.RowChange;
import dev.crossfade.model.RowUpsert;
import dev.crossfade.model.Table;
import dev.crossfade.model.TableId;
import dev.crossfade.sink.control.Epoch;
import dev.crossfade.sink.stop.Stop;
import dev.crossfade.sink.stop.Units;
import dev.crossfade.sink.target.SqlStates;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Why the target refused a batch, of which table, and which row it was. */
final class RefusedRow {
    private final Exception failure;
    private final Optional<TableId> table;
    private final String reason;
    private final boolean isMissing; // what the changes speak of, so that applying them again does not help

    private RefusedRow(Exception failure, Optional<TableId> table, String reason, boolean isMissing) {
        this.failure = failure;
        this.table = table;
        this.reason = reason;
        this.isMissing = isMissing;
    }

    private static RefusedRow of(
            SQLException failure, Optional<TableId> table, String subject, Optional<String> column) {
        return new RefusedRow(
                failure,
                table,
                "cannot write " + subject + ": " + SqlStates.describe(failure.getSQLState())
                        + column.map(name -> " in column " + name).orElse(""),
                false);
    }

    /**
     * Looks for the first row that is refused by itself, by halves, in a transaction that is rolled back at the end; or for the table
     * that takes none.
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
            Units units,
            SQLException failure)
            throws SQLException {
        if (!SqlStates.isRefusedByTable(failure)) {
            return unknown(failure, wishes, units);
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
                return unknown(failure, wishes, units);
            }
            TableStatements statements = tables.get(suspect.table());
            if (statements == null) {
                throw new IllegalArgumentException("no statements for " + suspect.table());
            }
            Table table = statements.table();
            if (!SqlStates.isRefusedValue(refusal.get())) {
                return of(
                        refusal.get(),
                        Optional.of(suspect.table()),
                        suspect.table().toString(),
                        Optional.empty());
            }
            return of(
                    refusal.get(),
                    Optional.of(suspect.table()),
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

    /** The target has refused what follows from a change of this table; the message of {@code failure} says what. */
    static RefusedRow whatFollows(TableId parent, MigrationException failure) {
        return new RefusedRow(failure, Optional.of(parent), String.valueOf(failure.getMessage()), false);
    }

    /** The table is not what the source was: rows of it are not there, as the message of {@code failure} says. */
    static RefusedRow missing(MissingRows failure) {
        return new RefusedRow(failure, Optional.of(failure.table()), String.valueOf(failure.getMessage()), true);
    }

    /** Refused, but no row of it by itself. */
    private static RefusedRow unknown(SQLException failure, List<Segment.Wish> wishes, Units units) {
        List<TableId> tables =
                wishes.stream().map(Segment.Wish::table).distinct().toList();
        boolean isOfOneUnit =
                tables.stream().map(units::ofTarget).distinct().count() == 1 && SqlStates.isRefusedByTable(failure);
        return of(
                failure,
                isOfOneUnit ? Optional.of(tables.get(0)) : Optional.empty(),
                "a row of " + tables.stream().map(TableId::toString).collect(Collectors.joining(" or ")),
                Optional.empty());
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
            if (!SqlStates.isRefusedByTable(e)) {
                throw e;
            }
            transaction.rollback(before);
            return Optional.of(e);
        } catch (MissingRows e) { // rows without a key are not there, because others of the batch are left out
            transaction.rollback(before);
            return Optional.empty();
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

    /**
     * This, where it is about one table, or tables that stop together.
     *
     * @param partition as messages name it
     * @throws MigrationException of kind TARGET if it is not: the batch has been rolled back, and somebody must mend something
     */
    RefusedRow ofOneUnit(String partition, long position) {
        if (table.isPresent()) {
            return this;
        }
        throw new MigrationException(
                ErrorKind.TARGET,
                reason + "; the batch was rolled back, progress of " + partition + " stays at " + position,
                failure);
    }

    /** The target table that it is about. */
    TableId table() {
        return table.orElseThrow(() -> new IllegalStateException("not known to be about one table"));
    }

    /** Why the table stops. All its changes are in the log; where rows are missing, it must be copied again all the same. */
    Stop.Cause cause(String partition, long position) {
        return new Stop.Cause(
                isMissing ? "MISSING" : "REFUSED", reason, "", partition + ", offset " + position, !isMissing);
    }
}
