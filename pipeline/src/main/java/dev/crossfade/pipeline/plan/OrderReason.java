package dev.crossfade.pipeline.plan;

import static java.util.Objects.requireNonNull;

import dev.crossfade.model.OrderGroup.Copy;
import dev.crossfade.model.TableId;
import java.util.List;

/**
 * One reason for which changes must reach the target in the order of the source.
 *
 * @param tables source tables, at least one; more than one if it links them
 * @param text for people; it names what on the source or in the mapping is the reason
 * @param copy how the tables' rows must be copied for this reason; a snapshot does for any
 */
record OrderReason(List<TableId> tables, String text, Copy copy) {
    OrderReason {
        tables = List.copyOf(tables);
        requireNonNull(text, "text");
        requireNonNull(copy, "copy");
        if (tables.isEmpty()) {
            throw new IllegalArgumentException("a reason without a table: " + text);
        }
    }
}
