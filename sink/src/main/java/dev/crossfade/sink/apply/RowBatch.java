package dev.crossfade.sink.apply;

import dev.crossfade.model.Fence;
import dev.crossfade.model.Row;
import dev.crossfade.model.RowChange;
import dev.crossfade.model.RowDelete;
import dev.crossfade.model.RowKey;
import dev.crossfade.model.RowRecord;
import dev.crossfade.model.RowUpsert;
import dev.crossfade.model.TableId;
import dev.crossfade.model.TableStop;
import dev.crossfade.model.codec.RowRecordCodec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What one poll of a rows partition asks for, all of which becomes visible at once: one segment for tables without a group; for those
 * of order groups a new one behind every change that sets off referential actions.
 */
final class RowBatch {
    private final Map<TableId, TableStatements> tables;
    private final ReferentialActions actions;
    private final UniqueValues uniqueValues;
    private final CopyPositions copies;
    private final List<Segment> segments = new ArrayList<>();
    private final Predicate<TableId> heldBack;
    private final Map<Fence, Long> fences = new LinkedHashMap<>();
    private final List<TableStop> stops = new ArrayList<>();
    private Segment open = new Segment();
    private long changes;

    private RowBatch(
            Map<TableId, TableStatements> tables,
            ReferentialActions actions,
            UniqueValues uniqueValues,
            CopyPositions copies,
            Predicate<TableId> heldBack) {
        this.tables = tables;
        this.actions = actions;
        this.uniqueValues = uniqueValues;
        this.copies = copies;
        this.heldBack = heldBack;
        segments.add(open);
    }

    /**
     * The batch of at least one record.
     *
     * @param copies which changes of groups are there already
     * @param heldBack target tables of which nothing is applied now
     */
    static RowBatch of(
            List<ConsumerRecord<byte[], byte[]>> records,
            Map<TableId, TableStatements> tables,
            ReferentialActions actions,
            UniqueValues uniqueValues,
            CopyPositions copies,
            Predicate<TableId> heldBack) {
        RowBatch batch = new RowBatch(tables, actions, uniqueValues, copies, heldBack);
        for (ConsumerRecord<byte[], byte[]> record : records) {
            batch.add(RowRecordCodec.decode(record.value()), record.offset());
        }
        return batch;
    }

    private void add(RowRecord record, long offset) {
        var unused = record.fold(new RowRecord.Cases<Boolean>() {
            @Override
            public Boolean upsert(RowUpsert upsert) {
                return isToBeApplied(upsert.table())
                        && wish(upsert.table(), statements(upsert.table()).keyOf(upsert.row()), upsert);
            }

            @Override
            public Boolean delete(RowDelete delete) {
                return isToBeApplied(delete.table()) && wish(delete.table(), delete.key(), delete);
            }

            @Override
            public Boolean change(RowChange change) {
                return isToBeApplied(change.table()) && copies.arePassedBy(change) && inOrder(change);
            }

            @Override
            public Boolean fence(Fence fence) {
                fences.put(fence, offset + 1);
                return true;
            }

            @Override
            public Boolean stop(TableStop stop) {
                return stops.add(stop);
            }
        });
    }

    private TableStatements statements(TableId table) {
        TableStatements statements = tables.get(table);
        if (statements == null) {
            throw new IllegalStateException("the rows topic names " + table + ", which the plan does not have");
        }
        return statements;
    }

    private boolean isToBeApplied(TableId table) {
        statements(table);
        boolean applied = !heldBack.test(table);
        changes += applied ? 1 : 0;
        return applied;
    }

    private boolean wish(TableId table, RowKey key, RowRecord record) {
        open.wish(table, key, record);
        return true;
    }

    private boolean inOrder(RowChange change) {
        boolean setsOff = actions.areSetOffBy(change);
        List<RowChange> closing = open.settingOff();
        if (!closing.isEmpty() && !(setsOff && actions.mayBeCarriedOutTogether(closing.get(0), change))) {
            open = new Segment();
            segments.add(open);
        }
        TableStatements statements = statements(change.table());
        if (statements.table().key().isEmpty()) {
            open.count(change);
        } else {
            wishes(change, statements);
        }
        if (setsOff) {
            open.setOff(change);
        }
        return true;
    }

    private void wishes(RowChange change, TableStatements statements) {
        Optional<RowKey> before = change.before().map(statements::keyOf);
        Optional<RowKey> after = change.after().map(statements::keyOf);
        if (before.isPresent() && !before.equals(after)) {
            RowKey gone = before.get();
            wish(change.table(), gone, new RowDelete(change.table(), gone));
        }
        if (after.isPresent()) {
            Row row = change.after().orElseThrow();
            wish(change.table(), after.get(), new RowUpsert(change.table(), row));
        }
        if (uniqueValues.areGivenUpBy(change)) {
            open.vacate(change.table(), before.orElseThrow());
        }
    }

    /** Changes of tables that are not held back, before any reduction. */
    long changes() {
        return changes;
    }

    /** Each fence with the position behind it. */
    Map<Fence, Long> fences() {
        return fences;
    }

    /** Stops that capture has written, in order; of what it speaks of, nothing follows. */
    List<TableStop> stops() {
        return stops;
    }

    /** At least one, to be written in this order. */
    List<Segment> segments() {
        return segments;
    }
}
