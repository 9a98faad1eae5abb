package dev.crossfade.model;

import static java.util.Objects.requireNonNull;

/**
 * A column of either side.
 *
 * @param name exact, as the engine stores it
 * @param type what its values mean
 * @param nullable whether SQL NULL is allowed
 * @param declaration the type as its own engine declares it, for messages and DDL: {@code int(10) unsigned}, {@code bigint}
 */
public record Column(String name, LogicalType type, boolean nullable, String declaration) {
    public Column {
        requireNonNull(name, "name");
        requireNonNull(type, "type");
        requireNonNull(declaration, "declaration");
    }
}
