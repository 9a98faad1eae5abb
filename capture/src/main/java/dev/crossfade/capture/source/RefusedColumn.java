package dev.crossfade.capture.source;

import static java.util.Objects.requireNonNull;

/**
 * A column that this release cannot carry. A mapping that drops it is fine.
 *
 * @param name its exact name
 * @param declaration its type as the server shows it
 * @param reason why, to stand after the column's name in a sentence
 */
public record RefusedColumn(String name, String declaration, String reason) {
    public RefusedColumn {
        requireNonNull(name, "name");
        requireNonNull(declaration, "declaration");
        requireNonNull(reason, "reason");
    }
}
