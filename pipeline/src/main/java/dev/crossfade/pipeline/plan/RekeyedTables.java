package dev.crossfade.pipeline.plan;

import dev.crossfade.model.OrderGroup.Copy;
import dev.crossfade.model.TablePlan;
import dev.crossfade.pipeline.plan.OrderReason.Kind;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Tables whose key on the target does not hold the source's key: a value of it may move from row to row of the source, and the rows
 * stand in different partitions when their changes are spread by the source's key.
 */
final class RekeyedTables {
    private RekeyedTables() {}

    static List<OrderReason> reasons(List<TablePlan> tables) {
        return tables.stream()
                .filter(RekeyedTables::isRekeyed)
                .map(table -> new OrderReason(
                        List.of(table.source().id()),
                        Kind.OTHER_KEY,
                        "re-keyed: the key of " + table.target().id() + " is "
                                + table.target().key() + ", the key of "
                                + table.source().id() + " is " + table.source().key()
                                + (table.store().isPresent() ? ", and nothing on the source keeps it unique" : ""),
                        Copy.SNAPSHOT))
                .toList();
    }

    /** What people should know of tables whose rows may share their key, and what mends it. */
    static List<String> risks(List<TablePlan> tables) {
        return tables.stream()
                .filter(table -> table.store().isPresent())
                .map(RekeyedTables::risk)
                .toList();
    }

    private static String risk(TablePlan table) {
        List<String> behindKey = table.target().key().stream()
                .map(column -> table.sourceColumns().get(table.target().indexOf(column)))
                .toList();
        return "KEY-SHARED " + table.target().id() + ": several rows of "
                + table.source().id() + " may share its key " + table.target().key() + "; the one with the smallest "
                + table.source().key() + " is there, all of them are kept in "
                + table.written().id() + ", and verify lists those that share one. To rule it out before it begins: "
                + TargetKey.addIndex(table.source().id(), behindKey);
    }

    private static boolean isRekeyed(TablePlan table) {
        Set<String> behindKey = new HashSet<>();
        for (int field : table.target().keyIndexes()) {
            behindKey.add(table.sourceColumns().get(field));
        }
        return !behindKey.containsAll(table.source().key());
    }
}
