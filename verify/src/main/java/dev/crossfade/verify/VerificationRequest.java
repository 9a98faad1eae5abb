package dev.crossfade.verify;

import static java.util.Objects.requireNonNull;

import dev.crossfade.model.DatabaseAccess;
import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.TableId;
import java.util.Set;

/**
 * What is to be compared.
 *
 * @param plan the migration; every table that it names is compared, all columns that reach the target
 * @param source a MariaDB or MySQL server
 * @param target a PostgreSQL server
 * @param targetTables only these tables, by their names on the target; empty for all
 */
public record VerificationRequest(
        MigrationPlan plan,
        DatabaseAccess source,
        DatabaseAccess target,
        Set<TableId> targetTables,
        ValueDisclosure disclosure,
        VerificationLimits limits,
        VerificationListener listener) {
    public VerificationRequest {
        requireNonNull(plan, "plan");
        requireNonNull(source, "source");
        requireNonNull(target, "target");
        targetTables = Set.copyOf(targetTables);
        requireNonNull(disclosure, "disclosure");
        requireNonNull(limits, "limits");
        requireNonNull(listener, "listener");
        targetTables.forEach(plan::byTarget);
    }

    /** All tables, default limits, no values in the report, nobody listening. */
    public static VerificationRequest of(MigrationPlan plan, DatabaseAccess source, DatabaseAccess target) {
        return new VerificationRequest(
                plan,
                source,
                target,
                Set.of(),
                ValueDisclosure.KEYS_ONLY,
                VerificationLimits.DEFAULT,
                VerificationListener.NONE);
    }
}
