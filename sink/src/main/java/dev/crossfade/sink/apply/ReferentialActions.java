package dev.crossfade.sink.apply;

import dev.crossfade.model.Column;
import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.ReferentialAction;
import dev.crossfade.model.RowChange;
import dev.crossfade.model.TableId;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Does on the target what the source does by itself, and does not log, to rows whose parent goes or changes the values that they refer
 * to: one foreign key after the other in the plan's order, and for each first everything that follows from it, as InnoDB does it.
 * Immutable; any thread.
 *
 * <p>It comes to an end where foreign keys form a circle: a row is deleted once, a reference that became NULL refers to nothing, and
 * InnoDB refuses an update that would come round to a table that it has updated.
 *
 * @see <a href="https://github.com/MariaDB/server/blob/mariadb-11.4.5/storage/innobase/row/row0ins.cc">
 *     row_ins_foreign_check_on_constraint</a>
 */
final class ReferentialActions {
    private final Map<TableId, List<Column>> columns = new HashMap<>();
    private final Map<TableId, List<ReferentialStatements>> onParent = new HashMap<>();
    private final Set<TableId> deletedInAnyOrder = new HashSet<>();

    ReferentialActions(MigrationPlan plan) {
        for (ReferentialAction action : plan.actions()) {
            TableId parent = action.parent();
            columns.computeIfAbsent(parent, id -> plan.byTarget(id).target().columns());
            onParent.computeIfAbsent(parent, id -> plan.actionsOn(id).stream()
                    .map(each -> new ReferentialStatements(
                            each, plan.byTarget(each.child()).target(), plan.actionsOn(each.child())))
                    .toList());
        }
        onParent.keySet().stream()
                .filter(parent -> isOrderFree(parent, plan, new HashSet<>()))
                .forEach(deletedInAnyOrder::add);
    }

    /**
     * Whether deletes from this table do the same in any order, and all at once. Deleted rows alone do: what goes is all that hangs on
     * them. A reference that becomes NULL does if nothing else depends on it: no other foreign key shares a column of it, and no
     * row refers to it.
     */
    private static boolean isOrderFree(TableId parent, MigrationPlan plan, Set<TableId> seen) {
        if (!seen.add(parent)) {
            return true;
        }
        return plan.actionsOn(parent).stream().allMatch(action -> switch (action.onDelete()) {
            case NONE -> true;
            case CASCADE -> isOrderFree(action.child(), plan, seen);
            case SET_NULL -> isOnItsOwn(action, plan);
        });
    }

    private static boolean isOnItsOwn(ReferentialAction action, MigrationPlan plan) {
        return plan.actions().stream()
                        .filter(other -> !other.equals(action))
                        .noneMatch(other -> other.child().equals(action.child())
                                && !Collections.disjoint(other.childColumns(), action.childColumns()))
                && plan.actionsOn(action.child()).stream()
                        .allMatch(next -> Collections.disjoint(next.parentColumns(), action.childColumns()));
    }

    private List<ReferentialStatements> on(TableId parent) {
        return onParent.getOrDefault(parent, List.of());
    }

    private ReferredRows rows(List<RowChange> changes) {
        return ReferredRows.of(columns.getOrDefault(changes.get(0).table(), List.of()), changes);
    }

    /** Whether the change does something to rows that the log does not name. */
    boolean areSetOffBy(RowChange change) {
        if (change.before().isEmpty() || !onParent.containsKey(change.table())) {
            return false;
        }
        ReferredRows rows = rows(List.of(change));
        return on(change.table()).stream().anyMatch(action -> action.isSetOffBy(rows));
    }

    /** Whether what follows from two changes, one right behind the other, is the same if both are written first. */
    boolean mayBeCarriedOutTogether(RowChange change, RowChange next) {
        return change.after().isEmpty()
                && next.after().isEmpty()
                && change.table().equals(next.table())
                && deletedInAnyOrder.contains(change.table());
    }

    /**
     * Does what follows from changes that are written already.
     *
     * @param changes one, or more that may be carried out together
     */
    void carryOut(Connection transaction, List<RowChange> changes) throws SQLException {
        carryOut(transaction, changes.get(0).table(), rows(changes));
    }

    private void carryOut(Connection transaction, TableId parent, ReferredRows rows) throws SQLException {
        for (ReferentialStatements action : on(parent)) {
            action.carryOut(transaction, rows, children -> carryOut(transaction, action.child(), children));
        }
    }
}
