package dev.crossfade.model;

import static java.util.Objects.requireNonNull;

/**
 * Where a row change stands in the source's log. Within one transaction {@code (event, row)} rises from change to change; the two
 * halves of a key change (DELETE of the old key, CREATE of the new one), where it is told in halves, share one position.
 *
 * @param transaction where the change's transaction begins in the log
 * @param gtid the transaction's own GTID; empty where the server has none
 * @param event row events of the transaction that are complete before this change
 * @param row rows of the current event up to and with this change, from 1
 */
public record ChangePosition(BinlogPosition transaction, String gtid, long event, long row) {
    public ChangePosition {
        requireNonNull(transaction, "transaction");
        requireNonNull(gtid, "gtid");
    }
}
