package dev.crossfade.capture.backfill;

import static java.util.Objects.requireNonNull;

import dev.crossfade.model.TableId;

/**
 * What this backfill's readers have committed for one table since they were started; chunks of an earlier start are not counted.
 *
 * @param table the source table
 * @param rows rows read
 * @param bytes their encoded bytes
 * @param chunks chunks committed
 */
public record TableProgress(TableId table, long rows, long bytes, int chunks) {
    public TableProgress {
        requireNonNull(table, "table");
    }
}
