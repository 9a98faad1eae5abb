package dev.crossfade.sink.apply;

import dev.crossfade.model.RowChange;
import dev.crossfade.model.RowKey;
import dev.crossfade.model.RowRecord;
import dev.crossfade.model.TableId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A run of records that is written set by set: the last wish of every key, and then what the changes at its end set off. With the
 * whole row in every record the steps before the last wish leave no trace, and since nothing stands behind a change that sets
 * something off, the actions meet the very rows that they met on the source. In a table without a key rows are counted instead.
 *
 * <p>Values of unique indexes may move from row to row meanwhile. Rows that give one up are vacated: deleted before any row is written,
 * and written anew if they are still there at the end. What stands then has its last unique values, whether it was touched or not, so
 * each row that is written finds its own values free, in any order.
 */
final class Segment {
    private final Map<TableId, Map<RowKey, RowRecord>> byTable = new LinkedHashMap<>();
    private final Map<TableId, RowCounts> counted = new LinkedHashMap<>();
    private final Map<TableId, Set<RowKey>> vacated = new HashMap<>();
    private final List<RowChange> settingOff = new ArrayList<>();

    /**
     * That {@code record}, an upsert or a delete, be the state of a key; or, where there is no key, that one row more or one row less be
     * there. Those of one table stand together.
     *
     * @param vacated whether the row that has the key now must be deleted before any row is written
     */
    record Wish(TableId table, RowKey key, RowRecord record, boolean vacated) {}

    void wish(TableId table, RowKey key, RowRecord record) {
        byTable.computeIfAbsent(table, t -> new LinkedHashMap<>()).put(key, record);
    }

    /** The row with this key, for which there is a wish, gives up a unique value. */
    void vacate(TableId table, RowKey key) {
        vacated.computeIfAbsent(table, t -> new HashSet<>()).add(key);
    }

    /** Adds a change of a table without a key. */
    void count(RowChange change) {
        counted.computeIfAbsent(change.table(), table -> new RowCounts(change)).add(change);
    }

    /** Closes the segment for all but changes that may be carried out together with this one. Its own wishes are added too. */
    void setOff(RowChange change) {
        settingOff.add(change);
    }

    /** The last wish of every key, and what the changes of tables without a key come to. */
    List<Wish> wishes() {
        List<Wish> wishes = new ArrayList<>();
        byTable.forEach((table, keys) -> {
            Set<RowKey> leaving = vacated.getOrDefault(table, Set.of());
            keys.forEach((key, record) -> wishes.add(new Wish(table, key, record, leaving.contains(key))));
        });
        counted.forEach((table, counts) ->
                counts.net().forEach(change -> wishes.add(new Wish(table, RowKey.NONE, change, false))));
        return wishes;
    }

    /** The changes at the end that set off referential actions, in order; mostly none. */
    List<RowChange> settingOff() {
        return settingOff;
    }
}
