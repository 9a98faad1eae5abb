package dev.crossfade.model;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;

/**
 * One table's way: from which table, to which, and which source column fills each target column.
 *
 * @param source columns as the log and the readers deliver them: all columns of the source table, in its order
 * @param target columns in the order in which the sink writes them
 * @param sourceColumns for each target column, in target order, the name of the source column that fills it
 * @param store where rows of the source may share the target's key: the table on the target that holds all of them, of which the target
 *     table holds one for each key. It has the target's columns, and for key those that the source's key fills, in its order
 */
public record TablePlan(Table source, Table target, List<String> sourceColumns, Optional<Table> store) {
    public TablePlan {
        requireNonNull(source, "source");
        requireNonNull(target, "target");
        sourceColumns = List.copyOf(sourceColumns);
        requireNonNull(store, "store");
        if (sourceColumns.size() != target.columns().size()) {
            throw new IllegalArgumentException("plan of " + target.id() + " fills " + sourceColumns.size()
                    + " columns of " + target.columns().size());
        }
        for (String name : sourceColumns) {
            source.indexOf(name);
        }
        if (store.isPresent()) {
            checkStore(store.get(), source, target, sourceColumns);
        }
    }

    /** A plan under whose target key no two rows of the source stand. */
    public TablePlan(Table source, Table target, List<String> sourceColumns) {
        this(source, target, sourceColumns, Optional.empty());
    }

    private static void checkStore(Table store, Table source, Table target, List<String> sourceColumns) {
        List<String> filledFrom = store.key().stream()
                .map(column -> sourceColumns.get(store.indexOf(column)))
                .toList();
        if (!store.columns().equals(target.columns()) || store.key().isEmpty() || !filledFrom.equals(source.key())) {
            throw new IllegalArgumentException("store " + store.id() + " of " + target.id()
                    + " must have its columns and the key of " + source.id());
        }
    }

    /** The table that rows are copied and applied to: the store, if there is one, else the target. */
    public Table written() {
        return store.orElse(target);
    }
}
