package dev.crossfade.transform;

import dev.crossfade.mapping.RowMapping;
import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.Row;
import dev.crossfade.model.RowChange;
import dev.crossfade.model.RowDelete;
import dev.crossfade.model.RowKey;
import dev.crossfade.model.RowRecord;
import dev.crossfade.model.RowUpsert;
import dev.crossfade.model.SourceChange;
import dev.crossfade.model.TableId;
import dev.crossfade.model.TablePlan;
import dev.crossfade.model.codec.RecordKeys;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What one change of the source asks of the target. Immutable: any thread may use it. */
final class ChangeMapping {
    private final Map<TableId, RowMapping> mappings;
    private final Set<TableId> ordered; // source tables of order groups

    ChangeMapping(MigrationPlan plan) {
        Map<TableId, RowMapping> compiled = new HashMap<>();
        for (TablePlan table : plan.tables()) {
            compiled.put(table.source().id(), RowMapping.compile(table));
        }
        this.mappings = Map.copyOf(compiled);
        this.ordered = plan.groups().stream()
                .flatMap(group -> group.tables().stream())
                .collect(Collectors.toUnmodifiableSet());
    }

    /**
     * The records that bring the target from before the change to after it, in the order in which they must be applied. An update
     * that moves the row to another target key deletes the old one first; in a table of an order group it stays one change.
     *
     * @throws MigrationException of kind TRANSFORM, naming table and key, if the change does not fit the plan
     */
    List<KeyedRow> map(SourceChange change) {
        RowMapping mapping = mappings.get(change.table());
        if (mapping == null) {
            throw new MigrationException(
                    ErrorKind.TRANSFORM,
                    "a change of " + change.table() + " at " + change.position().transaction()
                            + " stands in the changes topic, but the plan does not name this table; nothing of it was passed on");
        }
        try {
            if (ordered.contains(change.table())) {
                return List.of(change(mapping, change));
            }
            return switch (change.operation()) {
                case CREATE -> List.of(upsert(mapping, mapping.apply(checked(mapping, change.row()))));
                case DELETE -> List.of(delete(mapping, targetKey(mapping, change.row())));
                case UPDATE -> update(mapping, change);
            };
        } catch (RuntimeException e) {
            throw new MigrationException(
                    ErrorKind.TRANSFORM,
                    "cannot map a change of " + change.table() + " " + describeKey(mapping, change) + " at "
                            + change.position().transaction() + ": " + e.getMessage() + "; nothing of it was passed on",
                    e);
        }
    }

    private static List<KeyedRow> update(RowMapping mapping, SourceChange change) {
        RowKey keyBefore = targetKey(mapping, change.before().orElseThrow());
        Row after = mapping.apply(checked(mapping, change.row()));
        KeyedRow upsert = upsert(mapping, after);
        return keyBefore.equals(mapping.targetKey(after))
                ? List.of(upsert)
                : List.of(delete(mapping, keyBefore), upsert);
    }

    private static KeyedRow change(RowMapping mapping, SourceChange change) {
        TableId table = mapping.plan().target().id();
        Optional<Row> before = change.before().map(row -> mapping.apply(checked(mapping, row)));
        Optional<Row> after = change.after().map(row -> mapping.apply(checked(mapping, row)));
        RowKey key = mapping.targetKey(after.or(() -> before).orElseThrow());
        return new KeyedRow(
                RecordKeys.of(table, key),
                new RowChange(table, change.position().transaction(), before, after));
    }

    private static RowKey targetKey(RowMapping mapping, Row source) {
        return mapping.targetKey(mapping.apply(checked(mapping, source)));
    }

    private static Row checked(RowMapping mapping, Row source) {
        int expected = mapping.plan().source().columns().size();
        if (source.fieldCount() != expected) {
            throw new IllegalArgumentException(
                    "the row has " + source.fieldCount() + " columns, the plan says " + expected);
        }
        return source;
    }

    private static KeyedRow upsert(RowMapping mapping, Row target) {
        TableId table = mapping.plan().target().id();
        return new KeyedRow(RecordKeys.of(table, mapping.targetKey(target)), new RowUpsert(table, target));
    }

    private static KeyedRow delete(RowMapping mapping, RowKey key) {
        TableId table = mapping.plan().target().id();
        return new KeyedRow(RecordKeys.of(table, key), new RowDelete(table, key));
    }

    /** The source key as well as it can be told: the change that brought us here may be broken in any way. */
    private static String describeKey(RowMapping mapping, SourceChange change) {
        try {
            return mapping.sourceKey(change.row())
                    .describe(mapping.plan().source().keyColumns());
        } catch (RuntimeException e) {
            return "with a key that cannot be read";
        }
    }

    /**
     * A record for the rows topic.
     *
     * @param key the record key, which decides the partition
     */
    @SuppressWarnings("ArrayRecordComponent") // handed on at once, never compared
    record KeyedRow(byte[] key, RowRecord row) {}
}
