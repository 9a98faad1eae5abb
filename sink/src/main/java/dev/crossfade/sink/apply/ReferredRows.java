package dev.crossfade.sink.apply;

import dev.crossfade.model.Column;
import dev.crossfade.model.Row;
import dev.crossfade.model.RowChange;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Rows of one table, or some of their columns, that other rows may refer to, and that are gone or have other values now.
 *
 * @param columns what the fields of the rows are
 * @param before the rows as they were
 * @param after each of them as it is now, in the same order; empty if they are gone
 */
record ReferredRows(List<Column> columns, List<Row> before, List<Row> after) {
    ReferredRows {
        columns = List.copyOf(columns);
        before = List.copyOf(before);
        after = List.copyOf(after);
        if (!after.isEmpty() && after.size() != before.size()) {
            throw new IllegalArgumentException(before.size() + " rows before, " + after.size() + " after");
        }
    }

    /** What deletes of one table, or updates of one table, leave to those who refer to it. */
    static ReferredRows of(List<Column> columns, List<RowChange> changes) {
        return new ReferredRows(
                columns,
                changes.stream().map(change -> change.before().orElseThrow()).toList(),
                changes.stream().flatMap(change -> change.after().stream()).toList());
    }

    boolean areGone() {
        return after.isEmpty();
    }

    boolean isEmpty() {
        return before.isEmpty();
    }

    /**
     * Only these columns, in this order, and only the rows that somebody may have lost by it: nothing refers to a NULL, and a row
     * that has kept its values has kept those who refer to it. Each old value stands there once: rows that share the values that
     * others refer to have changed in the same way, because it is one change of one row that all of them followed.
     */
    ReferredRows on(List<String> names) {
        int[] fields = names.stream().mapToInt(this::indexOf).toArray();
        Map<Row, Row> changed = new LinkedHashMap<>();
        for (int i = 0; i < before.size(); i++) {
            Row old = before.get(i).project(fields);
            Row now = areGone() ? old : after.get(i).project(fields);
            boolean isReferredTo = IntStream.range(0, fields.length).noneMatch(old::isNull);
            if (isReferredTo && (areGone() || !old.equals(now))) {
                changed.put(old, now);
            }
        }
        return new ReferredRows(
                IntStream.of(fields).mapToObj(columns::get).toList(),
                new ArrayList<>(changed.keySet()),
                areGone() ? List.of() : new ArrayList<>(changed.values()));
    }

    private int indexOf(String name) {
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).name().equals(name)) {
                return i;
            }
        }
        throw new IllegalArgumentException("no column " + name);
    }
}
