package dev.crossfade.model;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a migration does, complete and checked against both sides. Planning the same file against unchanged databases gives an
 * equal plan.
 *
 * @param migration the migration's name, {@code [a-z][a-z0-9-]{0,39}}; it names topics, control rows and transactional ids
 * @param mappingHash SHA-256 of the mapping's canonical form, 64 hex digits; a run refuses to go on under another hash
 * @param tables one plan per target table; neither a source nor a target table appears twice; those with a store are in groups that are
 *     copied under a snapshot, and in no action
 * @param groups tables whose changes stay in order among each other; no table is in two of them, most are in none
 * @param actions what the source does by itself to referring rows; both tables of each are in one group
 * @param uniqueIndexes what target tables have besides their primary keys, or will have before anybody is told that the target
 *     follows; each of their tables is in a group
 */
public record MigrationPlan(
        String migration,
        String mappingHash,
        List<TablePlan> tables,
        List<OrderGroup> groups,
        List<ReferentialAction> actions,
        List<UniqueIndex> uniqueIndexes) {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,39}");

    public MigrationPlan {
        requireNonNull(migration, "migration");
        requireNonNull(mappingHash, "mappingHash");
        tables = List.copyOf(tables);
        groups = List.copyOf(groups);
        actions = List.copyOf(actions);
        uniqueIndexes = List.copyOf(uniqueIndexes);
        if (!isName(migration)) {
            throw new IllegalArgumentException("migration name '" + migration + "' must match " + NAME);
        }
        Set<TableId> sources = new HashSet<>();
        Set<TableId> targets = new HashSet<>();
        for (TablePlan table : tables) {
            if (!sources.add(table.source().id()) || !targets.add(table.target().id())) {
                throw new IllegalArgumentException("plan names a table twice: "
                        + table.source().id() + " to " + table.target().id());
            }
        }
        checkGroups(groups, sources);
        for (TablePlan table : tables) {
            if (table.store().isPresent()) {
                checkStore(table, groups, actions);
            }
        }
        for (ReferentialAction action : actions) {
            checkAction(action, tables, groups);
        }
        for (UniqueIndex index : uniqueIndexes) {
            checkUniqueIndex(index, tables, groups);
        }
    }

    /** A plan without groups. */
    public MigrationPlan(String migration, String mappingHash, List<TablePlan> tables) {
        this(migration, mappingHash, tables, List.of(), List.of());
    }

    /** A plan without unique indexes. */
    public MigrationPlan(
            String migration,
            String mappingHash,
            List<TablePlan> tables,
            List<OrderGroup> groups,
            List<ReferentialAction> actions) {
        this(migration, mappingHash, tables, groups, actions, List.of());
    }

    /** The same plan without these source tables, and without the groups of which any of them is. */
    public MigrationPlan without(Set<TableId> sources) {
        List<TablePlan> left = tables.stream()
                .filter(table -> !sources.contains(table.source().id()))
                .toList();
        List<OrderGroup> leftGroups = groups.stream()
                .filter(group -> Collections.disjoint(group.tables(), sources))
                .toList();
        Set<TableId> leftTargets =
                left.stream().map(table -> table.target().id()).collect(Collectors.toSet());
        return new MigrationPlan(
                migration,
                mappingHash,
                left,
                leftGroups,
                actions.stream()
                        .filter(action -> leftTargets.contains(action.child()) && leftTargets.contains(action.parent()))
                        .toList(),
                uniqueIndexes.stream()
                        .filter(index -> leftTargets.contains(index.table()))
                        .toList());
    }

    private static void checkGroups(List<OrderGroup> groups, Set<TableId> sources) {
        Set<String> names = new HashSet<>();
        Set<TableId> grouped = new HashSet<>();
        for (OrderGroup group : groups) {
            if (!names.add(group.name())) {
                throw new IllegalArgumentException("plan names order group " + group.name() + " twice");
            }
            for (TableId table : group.tables()) {
                if (!sources.contains(table) || !grouped.add(table)) {
                    throw new IllegalArgumentException(
                            "table " + table + " of order group " + group.name() + " has no plan, or another group");
                }
            }
        }
    }

    private static void checkStore(TablePlan table, List<OrderGroup> groups, List<ReferentialAction> actions) {
        TableId target = table.target().id();
        boolean isCopiedUnderSnapshot = groups.stream()
                .anyMatch(group -> group.copy() == OrderGroup.Copy.SNAPSHOT
                        && group.tables().contains(table.source().id()));
        boolean isInAction = actions.stream()
                .anyMatch(action ->
                        action.parent().equals(target) || action.child().equals(target));
        if (!isCopiedUnderSnapshot || isInAction) {
            throw new IllegalArgumentException(
                    "table " + target + " has a store, so it needs a snapshot and takes no part in actions");
        }
    }

    private static void checkAction(ReferentialAction action, List<TablePlan> tables, List<OrderGroup> groups) {
        TablePlan parent = find(tables, action.parent());
        TablePlan child = find(tables, action.child());
        action.parentColumns().forEach(parent.target()::indexOf);
        action.childColumns().forEach(child.target()::indexOf);
        boolean inOneGroup = groups.stream()
                .anyMatch(group -> group.tables().contains(parent.source().id())
                        && group.tables().contains(child.source().id()));
        if (!inOneGroup) {
            throw new IllegalArgumentException("foreign key " + action.constraint() + " of " + action.child()
                    + " has an action, but no order group with " + action.parent());
        }
    }

    private static void checkUniqueIndex(UniqueIndex index, List<TablePlan> tables, List<OrderGroup> groups) {
        TablePlan table = find(tables, index.table());
        index.columns().forEach(table.target()::indexOf);
        if (groups.stream()
                .noneMatch(group -> group.tables().contains(table.source().id()))) {
            throw new IllegalArgumentException(
                    "unique index " + index.name() + " of " + index.table() + " has no order group");
        }
    }

    /** Whether {@code text} can name a migration. */
    public static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    /** The plan of a source table; every captured table has one. */
    public TablePlan bySource(TableId source) {
        for (TablePlan table : tables) {
            if (table.source().id().equals(source)) {
                return table;
            }
        }
        throw new IllegalArgumentException("no plan for source table " + source);
    }

    /** The plan of a target table. */
    public TablePlan byTarget(TableId target) {
        return find(tables, target);
    }

    private static TablePlan find(List<TablePlan> tables, TableId target) {
        for (TablePlan table : tables) {
            if (table.target().id().equals(target)) {
                return table;
            }
        }
        throw new IllegalArgumentException("no plan for target table " + target);
    }

    /** The group of a planned source table, if it has one. */
    public Optional<OrderGroup> groupOf(TableId source) {
        return groups.stream().filter(group -> group.tables().contains(source)).findFirst();
    }

    /** The group of a planned target table, if it has one. */
    public Optional<OrderGroup> groupOfTarget(TableId target) {
        return groupOf(byTarget(target).source().id());
    }

    /** The group of this name. */
    public OrderGroup group(String name) {
        return groups.stream()
                .filter(group -> group.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no order group " + name));
    }

    /** The groups whose tables are copied under one snapshot each. */
    public List<OrderGroup> snapshotGroups() {
        return groups.stream()
                .filter(group -> group.copy() == OrderGroup.Copy.SNAPSHOT)
                .toList();
    }

    /** Whether a planned source table is copied in chunks that are read at different moments: with or without a group. */
    public boolean isCopiedInChunks(TableId source) {
        return groupOf(source)
                .map(group -> group.copy() == OrderGroup.Copy.CHUNKS)
                .orElse(true);
    }

    /** The unique indexes of a target table besides its primary key, in the plan's order. */
    public List<UniqueIndex> uniqueIndexesOf(TableId target) {
        return uniqueIndexes.stream()
                .filter(index -> index.table().equals(target))
                .toList();
    }

    /** What changes of a target table set off, in the plan's order. */
    public List<ReferentialAction> actionsOn(TableId parent) {
        return actions.stream().filter(action -> action.parent().equals(parent)).toList();
    }
}
