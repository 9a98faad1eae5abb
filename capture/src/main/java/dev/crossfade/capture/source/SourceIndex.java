package dev.crossfade.capture.source;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * A secondary index.
 *
 * @param name unique within its table only
 * @param unique whether it forbids equal entries
 * @param columns in index order; expressions are left out
 * @param wholeColumns whether it holds its columns whole: no prefixes, no expressions
 * @param columnsOnly whether it is over columns alone, or beginnings of them: no expressions; then rows that are equal in all its
 *     columns have equal entries
 */
public record SourceIndex(
        String name, boolean unique, List<String> columns, boolean wholeColumns, boolean columnsOnly) {
    public SourceIndex {
        requireNonNull(name, "name");
        columns = List.copyOf(columns);
    }
}
