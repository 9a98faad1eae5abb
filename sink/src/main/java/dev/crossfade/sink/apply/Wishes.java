package dev.crossfade.sink.apply;

import dev.crossfade.model.Fence;
import dev.crossfade.model.Row;
import dev.crossfade.model.RowChange;
import dev.crossfade.model.RowDelete;
import dev.crossfade.model.RowRecord;
import dev.crossfade.model.RowUpsert;
import dev.crossfade.model.Table;
import dev.crossfade.model.TableId;
import dev.crossfade.model.TableStop;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes wishes of many tables, set by set. No key stands in them twice, no row without a key is both wanted and unwanted, and no row
 * that is written needs a unique value which another one still has once the vacated rows are deleted, so their order does not matter.
 */
final class Wishes {
    private Wishes() {}

    private static final class TableSets {
        private final List<Row> upserts = new ArrayList<>();
        private final List<Row> deletes = new ArrayList<>(); // keys, those of vacated rows among them
        private final List<Row> more = new ArrayList<>(); // of a table without a key
        private final List<Row> fewer = new ArrayList<>();
    }

    static void apply(Connection transaction, List<Segment.Wish> wishes, Map<TableId, TableStatements> tables)
            throws SQLException {
        for (Map.Entry<TableId, TableSets> table : sets(wishes).entrySet()) {
            write(transaction, statements(tables, table.getKey()), table.getValue());
        }
    }

    private static void write(Connection transaction, TableStatements statements, TableSets wanted)
            throws SQLException {
        Table table = statements.table();
        boolean hasKey = !table.key().isEmpty();
        boolean isOfTheOtherKind = hasKey
                ? !wanted.more.isEmpty() || !wanted.fewer.isEmpty()
                : !wanted.upserts.isEmpty() || !wanted.deletes.isEmpty();
        if (isOfTheOtherKind) {
            throw new IllegalStateException(
                    table.id() + (hasKey ? " has a key, its rows are not counted" : " has no key to find rows by"));
        }
        if (hasKey) {
            statements.write(transaction, wanted.deletes, wanted.upserts);
        } else {
            KeylessStatements keyless = new KeylessStatements(table);
            keyless.remove(transaction, wanted.fewer);
            keyless.insert(transaction, wanted.more);
        }
    }

    /** Deletes the rows that would stand in the way of others, so that any part of the wishes can be applied by itself. */
    static void vacate(Connection transaction, List<Segment.Wish> wishes, Map<TableId, TableStatements> tables)
            throws SQLException {
        List<Segment.Wish> vacated =
                wishes.stream().filter(Segment.Wish::vacated).toList();
        for (Map.Entry<TableId, TableSets> table : sets(vacated).entrySet()) {
            statements(tables, table.getKey()).write(transaction, table.getValue().deletes, List.of());
        }
    }

    private static Map<TableId, TableSets> sets(List<Segment.Wish> wishes) {
        Map<TableId, TableSets> sets = new LinkedHashMap<>();
        for (Segment.Wish wish : wishes) {
            TableSets ofTable = sets.computeIfAbsent(wish.table(), table -> new TableSets());
            add(ofTable, wish.record());
            if (wish.vacated() && wish.record() instanceof RowUpsert) {
                ofTable.deletes.add(wish.key().row());
            }
        }
        return sets;
    }

    private static TableStatements statements(Map<TableId, TableStatements> tables, TableId table) {
        TableStatements statements = tables.get(table);
        if (statements == null) {
            throw new IllegalArgumentException("no statements for " + table);
        }
        return statements;
    }

    private static void add(TableSets sets, RowRecord record) {
        var unused = record.fold(new RowRecord.Cases<Boolean>() {
            @Override
            public Boolean upsert(RowUpsert upsert) {
                return sets.upserts.add(upsert.row());
            }

            @Override
            public Boolean delete(RowDelete delete) {
                return sets.deletes.add(delete.key().row());
            }

            @Override
            public Boolean change(RowChange change) {
                change.before().ifPresent(sets.fewer::add);
                change.after().ifPresent(sets.more::add);
                return true;
            }

            @Override
            public Boolean fence(Fence fence) {
                throw new IllegalArgumentException("a fence is no row");
            }

            @Override
            public Boolean stop(TableStop stop) {
                throw new IllegalArgumentException("a stop is no row");
            }
        });
    }
}
