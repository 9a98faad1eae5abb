package dev.crossfade.pipeline.plan;

import dev.crossfade.model.OrderGroup;
import dev.crossfade.model.OrderGroup.Copy;
import dev.crossfade.model.TableId;
import dev.crossfade.model.codec.Partitioning;
import dev.crossfade.pipeline.plan.OrderReason.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Makes order groups of the reasons for them: a group is all tables that reasons link, directly or by way of others. Pure. */
final class OrderGroups {
    private static final int NAMED_TABLES = 5; // of a line

    private OrderGroups() {}

    /**
     * The groups in the order of their names, behind {@code hashed} partitions of tables without a group. Equal reasons give equal
     * groups, in whatever order they were found.
     */
    static List<OrderGroup> of(List<OrderReason> reasons, int hashed) {
        Map<TableId, Set<TableId>> linked = linked(reasons);
        List<OrderGroup> groups = new ArrayList<>();
        linked.forEach((table, tables) -> {
            TableId first = tables.iterator().next();
            if (table.equals(first)) {
                groups.add(group(first, Partitioning.ofGroup(hashed, groups.size()), tables, reasons));
            }
        });
        return groups;
    }

    /** A group of these reasons in a line for people, who find them in full in {@link OrderGroup#reasons}. */
    static String line(OrderGroup group, List<OrderReason> reasons) {
        String tables =
                group.tables().stream().limit(NAMED_TABLES).map(TableId::name).collect(Collectors.joining(", "));
        int others = group.tables().size() - NAMED_TABLES;
        String kinds = reasons.stream()
                .filter(reason -> group.tables().contains(reason.tables().get(0)))
                .map(OrderReason::kind)
                .distinct()
                .sorted()
                .map(Kind::words)
                .collect(Collectors.joining(", "));
        return "ORDER-GROUP " + group.name() + ": " + tables + (others > 0 ? " and " + others + " others" : "")
                + " in the order of the source: " + kinds;
    }

    /** Each table that there is a reason for, with all that are linked with it; in natural order, both of them. */
    private static Map<TableId, Set<TableId>> linked(List<OrderReason> reasons) {
        Map<TableId, Set<TableId>> linked = new TreeMap<>();
        for (OrderReason reason : reasons) {
            Set<TableId> together = new TreeSet<>();
            reason.tables().forEach(table -> together.addAll(linked.getOrDefault(table, Set.of(table))));
            together.forEach(table -> linked.put(table, together));
        }
        return linked;
    }

    private static OrderGroup group(TableId first, int partition, Set<TableId> tables, List<OrderReason> reasons) {
        Set<String> texts = new TreeSet<>();
        Copy copy = Copy.CHUNKS;
        for (OrderReason reason : reasons) {
            if (tables.contains(reason.tables().get(0))) {
                texts.add(reason.text());
                copy = reason.copy() == Copy.SNAPSHOT ? Copy.SNAPSHOT : copy;
            }
        }
        return new OrderGroup(first.toString(), partition, copy, List.copyOf(tables), List.copyOf(texts));
    }
}
