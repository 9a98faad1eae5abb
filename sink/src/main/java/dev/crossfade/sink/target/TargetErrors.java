package dev.crossfade.sink.target;

import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.MigrationException;
import java.sql.SQLException;

/** Turns SQL errors of the target into messages by their SQLSTATE. */
public final class TargetErrors {
    private TargetErrors() {}

    /**
     * The error for a person.
     *
     * @param work what was being done, so that it reads after "cannot": {@code read the phase of migration shop}
     */
    public static MigrationException of(String work, SQLException failure) {
        return of(work, "nothing was changed by it", failure);
    }

    /**
     * The error for a person.
     *
     * @param stateNow what is true now: {@code the batch was rolled back}
     */
    public static MigrationException of(String work, String stateNow, SQLException failure) {
        return new MigrationException(
                ErrorKind.TARGET,
                "target: cannot " + work + ": " + SqlStates.describe(failure.getSQLState()) + "; " + stateNow,
                failure);
    }
}
