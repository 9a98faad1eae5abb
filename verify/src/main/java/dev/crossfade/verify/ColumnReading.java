package dev.crossfade.verify;

import static java.util.Objects.requireNonNull;

import dev.crossfade.model.LogicalType;

/**
 * How one side reads one column.
 *
 * @param column the target's name of the column, whichever side reads it
 * @param type what the values mean
 * @param expression the SQL that gives the value as text or bytes
 * @param fetch how the driver hands it over
 * @param form what is made of it
 */
record ColumnReading(String column, LogicalType type, String expression, Fetch fetch, ValueForm form) {
    ColumnReading {
        requireNonNull(column, "column");
        requireNonNull(type, "type");
        requireNonNull(expression, "expression");
        requireNonNull(fetch, "fetch");
        requireNonNull(form, "form");
    }

    /** How the driver hands a value over. */
    enum Fetch {
        /** The bytes that came over the wire. */
        BYTES,
        /** As text; for types whose bytes the driver refuses to give. */
        TEXT
    }
}
