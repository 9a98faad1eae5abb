package dev.crossfade.sink.apply;

import dev.crossfade.model.BinlogPosition;
import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.RowChange;
import dev.crossfade.model.TableId;
import dev.crossfade.model.TablePlan;
import dev.crossfade.sink.control.GroupCopies;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Which changes of order groups the copies of their tables hold already: those before the snapshot's place in the log, where there is
 * one. Immutable; any thread.
 */
final class CopyPositions {
    private final Map<TableId, BinlogPosition> snapshots; // by target table
    private final Set<TableId> withoutSnapshot = new HashSet<>(); // target tables

    private CopyPositions(MigrationPlan plan, Map<TableId, BinlogPosition> snapshots) {
        this.snapshots = Map.copyOf(snapshots);
        for (TablePlan table : plan.tables()) {
            if (plan.isCopiedInChunks(table.source().id())) {
                withoutSnapshot.add(table.target().id());
            }
        }
    }

    /** None is known of any group. */
    static CopyPositions none(MigrationPlan plan) {
        return new CopyPositions(plan, Map.of());
    }

    /** Reads what the target knows, of tables that were copied again after a stop too. Complete before any change is applied. */
    static CopyPositions read(Connection connection, String migration, MigrationPlan plan) throws SQLException {
        Map<TableId, BinlogPosition> snapshots = new HashMap<>();
        if (!plan.groups().isEmpty()) {
            GroupCopies.completed(connection, migration)
                    .forEach((source, position) ->
                            snapshots.put(plan.bySource(source).target().id(), position));
        }
        return new CopyPositions(plan, snapshots);
    }

    /** Whether the copy of the change's table may be without it, so that it must be applied. */
    boolean arePassedBy(RowChange change) {
        BinlogPosition copy = snapshots.get(change.table());
        if (copy != null) {
            return change.transaction().isAtOrAfter(copy);
        }
        if (!withoutSnapshot.contains(change.table())) {
            throw new IllegalStateException(
                    "table " + change.table() + " has no complete copy, its changes must not be applied yet");
        }
        return true;
    }
}
