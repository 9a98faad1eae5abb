package dev.crossfade.capture.backfill;

import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.TableId;
import dev.crossfade.model.TablePlan;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What all readers together have committed. Any thread. */
final class ProgressCounters {
    private final Map<TableId, TableProgress> tables = new LinkedHashMap<>();

    ProgressCounters(MigrationPlan plan) {
        for (TablePlan table : plan.tables()) {
            TableId id = table.source().id();
            tables.put(id, new TableProgress(id, 0, 0, 0));
        }
    }

    synchronized void chunkCommitted(TableId table, long rows, long bytes) {
        tables.computeIfPresent(
                table,
                (id, before) ->
                        new TableProgress(id, before.rows() + rows, before.bytes() + bytes, before.chunks() + 1));
    }

    /** What was committed for these tables is void. */
    synchronized void beganAgain(List<TableId> begun) {
        begun.forEach(table -> tables.replace(table, new TableProgress(table, 0, 0, 0)));
    }

    synchronized List<TableProgress> snapshot() {
        return List.copyOf(tables.values());
    }
}
