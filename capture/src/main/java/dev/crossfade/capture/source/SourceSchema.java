package dev.crossfade.capture.source;

import static java.util.Objects.requireNonNull;

import dev.crossfade.model.TableId;
import java.util.List;
import java.util.Optional;

/**
 * What a database holds.
 *
 * @param server who serves it
 * @param database its exact name
 * @param tables its base tables but for the marker table, by name; views and sequences are not listed
 * @param cascadingKeys foreign keys whose referential actions change rows, by child and name
 */
public record SourceSchema(
        SourceServer server, String database, List<SourceTable> tables, List<CascadingKey> cascadingKeys) {
    public SourceSchema {
        requireNonNull(server, "server");
        requireNonNull(database, "database");
        tables = List.copyOf(tables);
        cascadingKeys = List.copyOf(cascadingKeys);
    }

    /** A table by its exact name. */
    public Optional<SourceTable> table(TableId id) {
        return tables.stream().filter(table -> table.id().equals(id)).findFirst();
    }
}
