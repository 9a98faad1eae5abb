package dev.crossfade.model.codec;

import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.OrderGroup;
import dev.crossfade.model.TableId;
import dev.crossfade.model.TablePlan;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which partition a record of the changes or of the rows belongs to: the first ones take records by the hash of their key, those
 * behind them take the records of order groups. Both topics are cut alike. Part of the format: it must never change for a migration
 * that has begun. Immutable.
 */
public final class Partitioning {
    /** The most partitions that groups take; more groups than these share them. */
    public static final int MAX_GROUP_PARTITIONS = 8;

    private final int hashed;
    private final int total;
    private final Map<TableId, Integer> bySource = new HashMap<>();
    private final Map<TableId, Integer> byTarget = new HashMap<>();
    private final Map<TableId, String> groups = new HashMap<>();
    private final Set<TableId> parents = new HashSet<>();

    /**
     * The partitions of a migration.
     *
     * @param hashed partitions of the tables without a group, at least 1
     * @throws IllegalArgumentException if a group has one of those
     */
    public Partitioning(int hashed, MigrationPlan plan) {
        if (hashed < 1) {
            throw new IllegalArgumentException("records need at least 1 partition, seen " + hashed);
        }
        this.hashed = hashed;
        int end = hashed;
        for (OrderGroup group : plan.groups()) {
            if (group.partition() < hashed) {
                throw new IllegalArgumentException("order group " + group.name() + " is in partition "
                        + group.partition() + ", which is one of the " + hashed + " of tables without a group");
            }
            end = Math.max(end, group.partition() + 1);
            group.tables().forEach(table -> {
                bySource.put(table, group.partition());
                groups.put(table, group.name());
            });
        }
        this.total = end;
        for (TablePlan table : plan.tables()) {
            Optional.ofNullable(bySource.get(table.source().id()))
                    .ifPresent(partition -> byTarget.put(table.target().id(), partition));
            if (!plan.actionsOn(table.target().id()).isEmpty()) {
                parents.add(table.source().id());
            }
        }
    }

    /** The partition of the group with this number, counted from 0 in the plan's order. */
    public static int ofGroup(int hashed, int number) {
        return hashed + number % MAX_GROUP_PARTITIONS;
    }

    /** The number of partitions of either topic. */
    public int total() {
        return total;
    }

    /** The partition of a change of a source table; {@code recordKey} as {@link RecordKeys} makes it. */
    public int ofChange(TableId source, byte[] recordKey) {
        return partition(bySource, source, recordKey);
    }

    /** The partition of a row of a target table; {@code recordKey} as {@link RecordKeys} makes it. */
    public int ofRow(TableId target, byte[] recordKey) {
        return partition(byTarget, target, recordKey);
    }

    /** What stops as one: the name of the source table's group, or the table's own where it has none. */
    public String unitOf(TableId source) {
        return groups.getOrDefault(source, source.toString());
    }

    /** Whether changes of the source table set off referential actions that the source does not log. */
    public boolean setsOffActions(TableId source) {
        return parents.contains(source);
    }

    /** The partition, in either topic, of the stop of a source table. */
    public int ofStop(TableId source) {
        return bySource.getOrDefault(source, 0);
    }

    private int partition(Map<TableId, Integer> groups, TableId table, byte[] recordKey) {
        Integer ofGroup = groups.get(table);
        return ofGroup == null ? RecordKeys.partition(recordKey, hashed) : ofGroup;
    }

    /** Whether the source table is in a group, so that its changes stand in the order of the source. */
    public boolean keepsOrder(TableId source) {
        return bySource.containsKey(source);
    }

    /** Whether the partition holds the changes of order groups only, besides fences. */
    public boolean isOfGroups(int partition) {
        return partition >= hashed;
    }
}
