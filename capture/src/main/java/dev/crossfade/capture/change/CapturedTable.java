package dev.crossfade.capture.change;

import static java.util.Objects.requireNonNull;

import dev.crossfade.capture.source.RefusedColumn;
import dev.crossfade.capture.source.SourceTable;
import dev.crossfade.model.Table;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A table whose changes are captured.
 *
 * @param table its columns as rows hold them, in the plan's order
 * @param leftOut names of columns that the table has beyond those: what the plan drops because it cannot be read. A column of the
 *     log that is in neither list stops capture
 */
public record CapturedTable(Table table, Set<String> leftOut) {
    public CapturedTable {
        requireNonNull(table, "table");
        leftOut = Set.copyOf(leftOut);
    }

    /** A table as the source describes it; the columns that are refused are left out. */
    public static CapturedTable of(SourceTable source) {
        return new CapturedTable(
                source.table(),
                source.refused().stream().map(RefusedColumn::name).collect(Collectors.toSet()));
    }

    /** A table all of whose columns are captured. */
    public static CapturedTable whole(Table table) {
        return new CapturedTable(table, Set.of());
    }
}
