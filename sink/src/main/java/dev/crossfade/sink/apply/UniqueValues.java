package dev.crossfade.sink.apply;

import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.Row;
import dev.crossfade.model.RowChange;
import dev.crossfade.model.Table;
import dev.crossfade.model.TableId;
import dev.crossfade.model.TablePlan;
import dev.crossfade.model.UniqueIndex;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which changes make a value free that a unique index beside the primary key holds, so that another row may take it in the same
 * segment. Immutable; any thread.
 */
final class UniqueValues {
    private final Map<TableId, int[]> fields = new HashMap<>(); // of the key and of all unique indexes

    UniqueValues(MigrationPlan plan) {
        for (TablePlan planned : plan.tables()) {
            Table table = planned.target();
            List<UniqueIndex> indexes = plan.uniqueIndexesOf(table.id());
            if (!indexes.isEmpty() && !table.key().isEmpty()) {
                fields.put(
                        table.id(),
                        Stream.concat(table.key().stream(), indexes.stream().flatMap(index -> index.columns().stream()))
                                .distinct()
                                .mapToInt(table::indexOf)
                                .toArray());
            }
        }
    }

    /** Whether the row as it was before has such a value, and no row has it under the same key afterwards. */
    boolean areGivenUpBy(RowChange change) {
        int[] unique = fields.get(change.table());
        if (unique == null || change.before().isEmpty()) {
            return false;
        }
        Optional<Row> before = change.before().map(row -> row.project(unique));
        Optional<Row> after = change.after().map(row -> row.project(unique));
        return !after.equals(before);
    }
}
