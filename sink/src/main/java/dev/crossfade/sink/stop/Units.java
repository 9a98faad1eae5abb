package dev.crossfade.sink.stop;

import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.OrderGroup;
import dev.crossfade.model.OrderGroup.Copy;
import dev.crossfade.model.TableId;
import dev.crossfade.model.TablePlan;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What stops and goes on as a whole: an order group, or a table that is in none. Immutable; any thread. */
public final class Units {
    private final MigrationPlan plan;
    private final Map<TableId, String> byTarget = new HashMap<>();
    private final Map<TableId, String> bySource = new HashMap<>();

    public Units(MigrationPlan plan) {
        this.plan = plan;
        for (TablePlan table : plan.tables()) {
            TableId source = table.source().id();
            String unit = plan.groupOf(source).map(OrderGroup::name).orElseGet(source::toString);
            byTarget.put(table.target().id(), unit);
            bySource.put(source, unit);
        }
    }

    /** The unit of a planned target table. */
    public String ofTarget(TableId target) {
        return known(byTarget, target);
    }

    /** The unit of a planned source table. */
    public String ofSource(TableId source) {
        return known(bySource, source);
    }

    private static String known(Map<TableId, String> units, TableId table) {
        return Optional.ofNullable(units.get(table))
                .orElseThrow(() -> new IllegalArgumentException("table " + table + " is not planned"));
    }

    /** Its source tables, in their natural order. */
    public List<TableId> sources(String unit) {
        return bySource.entrySet().stream()
                .filter(table -> table.getValue().equals(unit))
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    /** What is copied under one snapshot when the unit is copied again: its group, or one that holds the table alone. */
    public OrderGroup group(String unit) {
        return plan.groups().stream()
                .filter(group -> group.name().equals(unit))
                .findFirst()
                .orElseGet(() -> new OrderGroup(unit, 0, Copy.SNAPSHOT, sources(unit), List.of("stopped alone")));
    }

    /**
     * The partitions of the rows in which its changes stand.
     *
     * @param total partitions of the rows
     */
    public Set<Integer> partitions(String unit, int total) {
        Set<Integer> ofGroups =
                plan.groups().stream().map(OrderGroup::partition).collect(Collectors.toSet());
        return plan.groups().stream()
                .filter(group -> group.name().equals(unit))
                .findFirst()
                .map(group -> Set.of(group.partition()))
                .orElseGet(() -> IntStream.range(0, total)
                        .filter(partition -> !ofGroups.contains(partition))
                        .boxed()
                        .collect(Collectors.toCollection(TreeSet::new)));
    }
}
