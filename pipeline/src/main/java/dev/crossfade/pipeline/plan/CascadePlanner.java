package dev.crossfade.pipeline.plan;

import dev.crossfade.capture.source.CascadingKey;
import dev.crossfade.capture.source.SourceIndex;
import dev.crossfade.capture.source.SourceTable;
import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.OrderGroup.Copy;
import dev.crossfade.model.Problem;
import dev.crossfade.model.ReferentialAction;
import dev.crossfade.model.ReferentialAction.Action;
import dev.crossfade.model.TableId;
import dev.crossfade.model.TablePlan;
import dev.crossfade.pipeline.plan.OrderReason.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the tables that foreign keys with unlogged actions link, and what the sink must do for each such key. Pure; collects every
 * problem.
 */
final class CascadePlanner {
    private final Map<TableId, TablePlan> planned = new LinkedHashMap<>();
    private final Map<TableId, SourceTable> sources = new HashMap<>();
    private final List<Problem> problems = new ArrayList<>();
    private final List<ReferentialAction> actions = new ArrayList<>();
    private final List<OrderReason> reasons = new ArrayList<>();

    /**
     * Looks at every key whose child moves. A child that stays where it is needs nobody's action.
     *
     * @param tables what moves
     * @param sources the source's description of at least those
     * @param keys the source's foreign keys with actions, logged or not
     */
    CascadePlanner(List<TablePlan> tables, List<SourceTable> sources, List<CascadingKey> keys) {
        tables.forEach(table -> planned.put(table.source().id(), table));
        sources.forEach(source -> this.sources.put(source.id(), source));
        for (CascadingKey key : keys) {
            if (!key.logged() && planned.containsKey(key.child())) {
                add(key);
            }
        }
    }

    /** What was found wrong, in the order of the keys. */
    List<Problem> problems() {
        return problems;
    }

    /** What the source does by itself, in the order of the keys; nothing for a key with a problem. */
    List<ReferentialAction> actions() {
        return actions;
    }

    /** Why tables belong together, in the order of the keys; nothing for a key with a problem. */
    List<OrderReason> reasons() {
        return reasons;
    }

    private void add(CascadingKey key) {
        TablePlan child = planned.get(key.child());
        TablePlan parent = planned.get(key.parent());
        if (child == null || parent == null) {
            problem(
                    key,
                    "its parent " + key.parent() + " does not move with it, so its changes are not seen",
                    "move " + key.parent() + " too, or " + dropKey(key));
            return;
        }
        if (key.childColumns().isEmpty()) {
            problem(key, "its columns cannot be seen with the account's privileges", "");
            return;
        }
        Optional<Action> onDelete = action(key, key.onDelete());
        Optional<Action> onUpdate = action(key, key.onUpdate());
        if (onDelete.isEmpty() || onUpdate.isEmpty()) {
            return;
        }
        Optional<List<String>> parentColumns = targetColumns(key, parent, key.parentColumns());
        Optional<List<String>> childColumns = targetColumns(key, child, key.childColumns());
        if (parentColumns.isEmpty() || childColumns.isEmpty()) {
            return;
        }
        int problemsBefore = problems.size();
        requireEqualComparison(key);
        requireUniqueParent(key);
        requireAllRows(key, parent);
        requireAllRows(key, child);
        if (onDelete.get() == Action.SET_NULL || onUpdate.get() != Action.NONE) {
            requirePlainColumns(key, child);
        }
        if (problems.size() == problemsBefore) {
            actions.add(new ReferentialAction(
                    key.name(),
                    parent.target().id(),
                    parentColumns.get(),
                    child.target().id(),
                    childColumns.get(),
                    onDelete.get(),
                    onUpdate.get()));
            reasons.add(new OrderReason(
                    List.of(key.parent(), key.child()),
                    Kind.UNLOGGED_KEY,
                    "foreign key " + key.child().name() + "." + key.name() + " " + words(key) + ", which is not logged",
                    Copy.SNAPSHOT));
        }
    }

    private Optional<Action> action(CascadingKey key, String rule) {
        return switch (rule) {
            case "CASCADE" -> Optional.of(Action.CASCADE);
            case "SET NULL" -> Optional.of(Action.SET_NULL);
            case "NO ACTION", "RESTRICT" -> Optional.of(Action.NONE);
            default -> {
                problem(key, "its action " + rule + " cannot be carried out on the target", dropKey(key));
                yield Optional.empty();
            }
        };
    }

    private Optional<List<String>> targetColumns(CascadingKey key, TablePlan plan, List<String> columns) {
        List<String> targets = new ArrayList<>();
        for (String column : columns) {
            int place = plan.sourceColumns().indexOf(column);
            if (place < 0) {
                problem(
                        key,
                        "the mapping drops its column " + plan.source().id() + "." + column,
                        "take the column, or " + dropKey(key));
                return Optional.empty();
            }
            targets.add(plan.target().columns().get(place).name());
        }
        return Optional.of(targets);
    }

    /** Two values must be equal for the source if, and only if, their images on the target are. */
    private void requireEqualComparison(CascadingKey key) {
        for (int i = 0; i < key.childColumns().size(); i++) {
            KeyComparison.whyUnlike(
                            source(key.parent()),
                            key.parentColumns().get(i),
                            source(key.child()),
                            key.childColumns().get(i))
                    .ifPresent(seen -> problem(key, seen, dropKey(key)));
        }
    }

    /** InnoDB lets a key refer to columns that several rows share, and leaves open which of them counts. */
    private void requireUniqueParent(CascadingKey key) {
        SourceTable parent = source(key.parent());
        Set<String> columns = Set.copyOf(key.parentColumns());
        boolean unique = (!parent.keyHasPrefix() && columns.equals(Set.copyOf(parent.key())))
                || parent.indexes().stream()
                        .filter(index -> index.unique() && index.wholeColumns())
                        .map(SourceIndex::columns)
                        .anyMatch(indexed -> columns.equals(Set.copyOf(indexed)));
        if (!unique) {
            problem(
                    key,
                    "it refers to " + key.parent() + " " + key.parentColumns()
                            + ", which is not unique: several parents may share a child",
                    "add a unique key to the parent, or " + dropKey(key));
        }
    }

    /** Of rows that share a key of the target only one is there to refer, or to be referred to. */
    private void requireAllRows(CascadingKey key, TablePlan table) {
        if (table.store().isPresent()) {
            problem(
                    key,
                    "the key " + table.target().key() + " of " + table.target().id()
                            + " is not provably unique, so rows that take part may be missing there",
                    "leave " + table.source().id() + " its own key, or " + dropKey(key));
        }
    }

    /** Changing the referring columns of a row of the target must give the row that the source has. */
    private void requirePlainColumns(CascadingKey key, TablePlan child) {
        List<String> generated = source(key.child()).columns().stream()
                .filter(column -> column.generated() && child.sourceColumns().contains(column.name()))
                .map(column -> column.name())
                .toList();
        List<String> copied = key.childColumns().stream()
                .filter(column -> child.sourceColumns().indexOf(column)
                        != child.sourceColumns().lastIndexOf(column))
                .toList();
        if (!generated.isEmpty()) {
            problem(
                    key,
                    "it changes columns of its child, whose generated columns " + generated
                            + " may depend on them; the target holds those as plain values",
                    "drop the generated columns in the mapping, or " + dropKey(key));
        }
        if (!copied.isEmpty()) {
            problem(
                    key,
                    "it changes " + copied + ", each of which fills several columns of "
                            + child.target().id(),
                    "map each of them once, or " + dropKey(key));
        }
    }

    /** {@code ON DELETE CASCADE ON UPDATE SET NULL} without what does nothing. */
    private static String words(CascadingKey key) {
        List<String> words = new ArrayList<>();
        if (changesRows(key.onDelete())) {
            words.add("ON DELETE " + key.onDelete());
        }
        if (changesRows(key.onUpdate())) {
            words.add("ON UPDATE " + key.onUpdate());
        }
        return String.join(" ", words);
    }

    private static boolean changesRows(String rule) {
        return !rule.equals("NO ACTION") && !rule.equals("RESTRICT");
    }

    private SourceTable source(TableId table) {
        SourceTable source = sources.get(table);
        if (source == null) {
            throw new IllegalArgumentException("planned table " + table + " is not described");
        }
        return source;
    }

    private static String dropKey(CascadingKey key) {
        return "ALTER TABLE " + quoted(key.child().schema()) + "."
                + quoted(key.child().name()) + " DROP FOREIGN KEY " + quoted(key.name());
    }

    private static String quoted(String name) {
        return "`" + name.replace("`", "``") + "`";
    }

    private void problem(CascadingKey key, String seen, String remedy) {
        problems.add(new Problem(
                ErrorKind.PLAN,
                "CASCADE-UNLOGGED",
                "foreign key " + key.name() + " of " + key.child(),
                words(key) + " is not logged by the source, so the target must do it by itself, but " + seen,
                remedy));
    }
}
