package dev.crossfade.model;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * One table's way: from which table, to which, and which source column fills each target column.
 *
 * @param source columns as the log and the readers deliver them: all columns of the source table, in its order
 * @param target columns in the order in which the sink writes them
 * @param sourceColumns for each target column, in target order, the name of the source column that fills it
 */
public record TablePlan(Table source, Table target, List<String> sourceColumns) {
    public TablePlan {
        requireNonNull(source, "source");
        requireNonNull(target, "target");
        sourceColumns = List.copyOf(sourceColumns);
        if (sourceColumns.size() != target.columns().size()) {
            throw new IllegalArgumentException("plan of " + target.id() + " fills " + sourceColumns.size()
                    + " columns of " + target.columns().size());
        }
        for (String name : sourceColumns) {
            source.indexOf(name);
        }
    }
}
