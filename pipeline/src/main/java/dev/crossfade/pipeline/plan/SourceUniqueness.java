package dev.crossfade.pipeline.plan;

import dev.crossfade.capture.source.SourceIndex;
import dev.crossfade.capture.source.SourceTable;
import dev.crossfade.model.TablePlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is unique in a source table, and stays so on the target, which compares values by their bytes: values that the source finds
 * different are different there, under any collation, and whoever differs in the beginning of a column differs in the column.
 */
final class SourceUniqueness {
    private SourceUniqueness() {}

    /** Lists of columns in each of which no two rows are equal unless one holds a NULL: the primary key's, then those of indexes. */
    static List<List<String>> of(SourceTable source) {
        List<List<String>> unique = new ArrayList<>();
        if (!source.key().isEmpty()) {
            unique.add(source.key());
        }
        source.indexes().stream()
                .filter(index -> index.unique() && index.columnsOnly())
                .map(SourceIndex::columns)
                .forEach(unique::add);
        return unique;
    }

    /** The target's names of columns of the source, where all of them move; the first where one fills several. */
    static Optional<List<String>> targetColumns(TablePlan table, List<String> columns) {
        return table.sourceColumns().containsAll(columns)
                ? Optional.of(columns.stream()
                        .map(column -> table.target()
                                .columns()
                                .get(table.sourceColumns().indexOf(column))
                                .name())
                        .toList())
                : Optional.empty();
    }
}
