package dev.crossfade.sink.control;

import static java.util.Objects.requireNonNull;

import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.MigrationException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * The right to write for one migration, as one run of it has it. Every transaction of a run begins with {@link #enter}.
 *
 * <h2>Why a run that was replaced cannot commit</h2>
 *
 * A run that has lost its lock may still be alive: its lock connection broke, or it was stopped and goes on later. So the lock alone
 * proves nothing at the time of a COMMIT. Transactions are READ COMMITTED, every statement has its own snapshot, and
 *
 * <ol>
 *   <li>a writing transaction first takes the migration's gate, an advisory lock, <em>shared and until its end</em>; then, in a
 *       later statement, whose snapshot is therefore taken while it holds the gate, it reads the epoch and goes on only if that is
 *       its own;
 *   <li>a new run, once it holds the run lock, takes the gate <em>alone</em>, raises the epoch and commits, which opens the gate.
 * </ol>
 *
 * Take a transaction T of an old run and the taking over N. If T has the gate before N, then N waits until T has ended: T's
 * COMMIT, if it happens, comes before the epoch rises and before the new run reads any progress. If T takes the gate after N, then
 * N has committed, T's second statement sees the new epoch, and T writes nothing. PostgreSQL gives locks up only after a COMMIT has
 * become visible, so there is no third case. A transaction of a stopped process would hold N up for ever: N therefore ends the
 * server sessions that hold the gate ({@code pg_terminate_backend}), which rolls T back. A waiting N keeps later transactions from
 * entering, so it cannot starve.
 *
 * <p>An advisory lock and not {@code FOR SHARE} on the epoch's row, because a shared row lock writes to the row, and four appliers
 * would make a multixact in each of their some hundred transactions a second.
 *
 * @param migration its name
 * @param number rises by one with every run
 */
public record Epoch(String migration, long number) {
    public Epoch {
        requireNonNull(migration, "migration");
    }

    /**
     * Begins the work of a transaction: to be called as its first statement, autocommit off. Other sessions cannot take over until
     * the transaction has ended.
     *
     * @throws MigrationException of kind TARGET if another run has taken over; the transaction must be rolled back
     */
    public void enter(Connection transaction) throws SQLException {
        closeGateBehind(transaction);
        if (!isInForce(transaction)) {
            throw replaced();
        }
    }

    /**
     * Whether no other run has taken over yet. Outside of a transaction that has {@linkplain #enter entered}, one may do so before this
     * returns.
     */
    public boolean isInForce(Connection connection) throws SQLException {
        try (PreparedStatement read =
                connection.prepareStatement("select 1 from crossfade.run_lock where migration = ? and epoch = ?")) {
            read.setString(1, migration);
            read.setLong(2, number);
            try (ResultSet current = read.executeQuery()) {
                return current.next();
            }
        }
    }

    /** Takes the gate; the caller's next statement reads the epoch. */
    void closeGateBehind(Connection transaction) throws SQLException {
        try (PreparedStatement gate = transaction.prepareStatement("select pg_advisory_xact_lock_shared(?)")) {
            gate.setLong(1, AdvisoryKeys.gate(migration));
            gate.execute();
        }
    }

    /** What is thrown when another run has taken over. */
    MigrationException replaced() {
        return new MigrationException(
                ErrorKind.TARGET,
                "another run of migration " + migration + " has taken over from epoch " + number
                        + "; this one has written nothing since and must end");
    }
}
