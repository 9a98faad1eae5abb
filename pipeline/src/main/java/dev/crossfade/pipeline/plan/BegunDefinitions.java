package dev.crossfade.pipeline.plan;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import dev.crossfade.capture.source.CascadingKey;
import dev.crossfade.capture.source.SourceColumn;
import dev.crossfade.capture.source.SourceSchema;
import dev.crossfade.capture.source.SourceTable;
import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.TableId;
import dev.crossfade.sink.control.SourceDefinitions;
import dev.crossfade.sink.stop.Stop;
import dev.crossfade.sink.stop.StopBoard;
import dev.crossfade.sink.target.Connections;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What tables were when the migration began. One that has stopped stays in the plan as it was, whatever it is by now: its records in
 * Kafka are laid out by that, and its unit keeps its partition. Immutable.
 */
public final class BegunDefinitions {
    /** Nothing has stopped. */
    static final BegunDefinitions NONE = new BegunDefinitions(Set.of(), new Definitions(List.of(), List.of()));

    /** Records as their components alone. One that lacks, is null or has another name is an error, and a text is no number. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .addModule(new Jdk8Module())
            .visibility(PropertyAccessor.ALL, Visibility.NONE)
            .visibility(PropertyAccessor.FIELD, Visibility.ANY)
            .visibility(PropertyAccessor.CREATOR, Visibility.ANY)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private final Set<String> stopped; // names of source tables
    private final Definitions definitions;

    /** What is kept: planned tables, and foreign keys of theirs whose actions change rows. */
    record Definitions(List<SourceTable> tables, List<CascadingKey> keys) {
        Definitions {
            tables = List.copyOf(tables);
            keys = List.copyOf(keys);
        }

        String toText() {
            try {
                return JSON.writeValueAsString(this);
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("definitions have no JSON", e);
            }
        }

        /**
         * What {@link #toText} wrote.
         *
         * @throws IllegalArgumentException if it is anything else
         */
        static Definitions of(String text) {
            try {
                return JSON.readValue(text, Definitions.class);
            } catch (JsonProcessingException e) {
                throw new IllegalArgumentException("not the definitions of a migration: " + e.getOriginalMessage(), e);
            }
        }
    }

    BegunDefinitions(Set<String> stopped, Definitions definitions) {
        this.stopped = Set.copyOf(stopped);
        this.definitions = definitions;
    }

    /** The text to keep when a migration begins. */
    public static String text(MigrationPlan plan, SourceSchema schema) {
        Set<TableId> planned =
                plan.tables().stream().map(table -> table.source().id()).collect(Collectors.toSet());
        return new Definitions(
                        schema.tables().stream()
                                .filter(table -> planned.contains(table.id()))
                                .toList(),
                        schema.cascadingKeys().stream()
                                .filter(key -> planned.contains(key.child()) || planned.contains(key.parent()))
                                .toList())
                .toText();
    }

    /** Reads which tables have stopped and what they were. */
    static BegunDefinitions read(Connections target, String migration) {
        Set<String> stopped = new HashSet<>();
        for (Stop stop : new StopBoard(target, migration).read()) {
            stopped.addAll(stop.tables());
        }
        return new SourceDefinitions(target, migration)
                .read()
                .map(text -> new BegunDefinitions(stopped, Definitions.of(text)))
                .orElse(NONE);
    }

    /** Whether the table has stopped, so that what it was counts. */
    boolean isStopped(TableId source) {
        return stopped.contains(source.toString());
    }

    /** The planned tables that have stopped. */
    Set<TableId> stopped(MigrationPlan plan) {
        return plan.tables().stream()
                .map(table -> table.source().id())
                .filter(this::isStopped)
                .collect(Collectors.toSet());
    }

    /** The schema with stopped tables, and the foreign keys that link them, as they were. */
    SourceSchema in(SourceSchema now) {
        List<SourceTable> tables = new ArrayList<>();
        now.tables().stream().filter(table -> !isStopped(table.id())).forEach(tables::add);
        definitions.tables().stream().filter(table -> isStopped(table.id())).forEach(tables::add);
        tables.sort(Comparator.comparing(SourceTable::id));
        List<CascadingKey> keys = new ArrayList<>();
        now.cascadingKeys().stream().filter(key -> !links(key)).forEach(keys::add);
        definitions.keys().stream().filter(this::links).forEach(keys::add);
        keys.sort(Comparator.comparing(CascadingKey::child).thenComparing(CascadingKey::name));
        return new SourceSchema(now.server(), now.database(), tables, keys);
    }

    private boolean links(CascadingKey key) {
        return isStopped(key.child()) || isStopped(key.parent());
    }

    /** What of stopped tables is no longer as it was, one sentence each. */
    List<String> differences(SourceSchema now) {
        return definitions.tables().stream()
                .filter(table -> isStopped(table.id()))
                .map(table -> difference(table, now.table(table.id())))
                .flatMap(Optional::stream)
                .toList();
    }

    /** In what a table cannot be read as it was planned; empty if it can. */
    public static Optional<String> difference(SourceTable then, Optional<SourceTable> now) {
        if (now.isEmpty()) {
            return Optional.of("table " + then.id() + " is not there any more");
        }
        if (!now.get().key().equals(then.key())) {
            return Optional.of("the primary key of " + then.id() + " was " + then.key() + ", is "
                    + now.get().key());
        }
        if (now.get().columns().equals(then.columns()) && now.get().refused().equals(then.refused())) {
            return Optional.empty();
        }
        return Optional.of(
                "the columns of " + then.id() + " were (" + columns(then) + "), are (" + columns(now.get()) + ")");
    }

    private static String columns(SourceTable table) {
        return table.columns().stream()
                .map(SourceColumn::column)
                .map(column -> column.name() + " " + column.declaration() + (column.nullable() ? "" : " not null"))
                .collect(Collectors.joining(", "));
    }
}
