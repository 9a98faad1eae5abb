package dev.crossfade.capture.source;

import static java.util.Objects.requireNonNull;

import dev.crossfade.model.Column;
import java.util.List;
import java.util.Optional;

/**
 * A carried column, with what only its own server cares about.
 *
 * @param column name, meaning, declaration
 * @param dataType the server's type in lower case, without arguments: {@code bigint}
 * @param unsigned whether its numbers begin at 0
 * @param charset the character set of text; absent for other types
 * @param collation the collation of text; absent for other types
 * @param generated whether the server computes it
 * @param labels of ENUM and SET, in order of definition; empty for other types
 */
public record SourceColumn(
        Column column,
        String dataType,
        boolean unsigned,
        Optional<String> charset,
        Optional<String> collation,
        boolean generated,
        List<String> labels) {
    public SourceColumn {
        requireNonNull(column, "column");
        requireNonNull(dataType, "dataType");
        requireNonNull(charset, "charset");
        requireNonNull(collation, "collation");
        labels = List.copyOf(labels);
    }

    public String name() {
        return column.name();
    }
}
