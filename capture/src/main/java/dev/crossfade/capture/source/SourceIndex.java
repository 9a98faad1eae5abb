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
 */
public record SourceIndex(String name, boolean unique, List<String> columns, boolean wholeColumns) {
    public SourceIndex {
        requireNonNull(name, "name");
        columns = List.copyOf(columns);
    }
}
