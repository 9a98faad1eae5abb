package dev.crossfade.model;

import static java.util.Objects.requireNonNull;

/**
 * A table's full name on one side. On MySQL and MariaDB {@code schema} is the database. Names are exact: no folding of case.
 *
 * @param schema never empty
 * @param name never empty
 */
public record TableId(String schema, String name) implements Comparable<TableId> {
    public TableId {
        requireNonNull(schema, "schema");
        requireNonNull(name, "name");
        if (schema.isEmpty() || name.isEmpty()) {
            throw new IllegalArgumentException("a table needs a schema and a name, seen '" + schema + "." + name + "'");
        }
    }

    /** Orders by schema, then name, by UTF-16 code unit. */
    @Override
    public int compareTo(TableId other) {
        int bySchema = schema.compareTo(other.schema);
        return bySchema != 0 ? bySchema : name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return schema + "." + name;
    }
}
