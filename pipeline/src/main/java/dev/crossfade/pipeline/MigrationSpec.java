package dev.crossfade.pipeline;

import static java.util.Objects.requireNonNull;

import dev.crossfade.model.DatabaseAccess;
import java.util.List;
import java.util.Map;

/**
 * What the user asked for: the migration file, read and checked by itself, but not yet against the databases.
 *
 * @param name the migration's name
 * @param source the database that moves
 * @param target where it moves to
 * @param kafka client properties, {@code bootstrap.servers} among them; may hold secrets, so this record shows none of them
 * @param tables at least one rule
 * @param settings how to run
 */
public record MigrationSpec(
        String name,
        DatabaseAccess source,
        DatabaseAccess target,
        Map<String, String> kafka,
        List<TableRule> tables,
        RunSettings settings) {
    public MigrationSpec {
        requireNonNull(name, "name");
        requireNonNull(source, "source");
        requireNonNull(target, "target");
        requireNonNull(settings, "settings");
        kafka = Map.copyOf(kafka);
        tables = List.copyOf(tables);
    }

    /** The same migration with other Kafka client properties: those of the embedded broker, once it has started. */
    public MigrationSpec withKafka(Map<String, String> properties) {
        return new MigrationSpec(name, source, target, properties, tables, settings);
    }

    @Override
    public String toString() {
        return "MigrationSpec[" + name + ", " + tables.size() + " table rules]";
    }
}
