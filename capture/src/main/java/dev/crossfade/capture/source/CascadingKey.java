package dev.crossfade.capture.source;

import static java.util.Objects.requireNonNull;

import dev.crossfade.model.TableId;
import java.util.List;

/**
 * A foreign key whose referential action changes rows of {@code child}.
 *
 * @param name the constraint's name
 * @param child the table that the server changes by itself
 * @param childColumns its referring columns, in the key's order; empty if the account may not see them
 * @param parent the table whose change sets it off
 * @param parentColumns for each of {@code childColumns} the column that it refers to
 * @param onUpdate CASCADE, SET NULL, SET DEFAULT, RESTRICT or NO ACTION
 * @param onDelete the same
 * @param logged whether the action's changes stand in the log; MariaDB, and MySQL before 9.6, run them inside InnoDB and log only
 *     the parent
 */
public record CascadingKey(
        String name,
        TableId child,
        List<String> childColumns,
        TableId parent,
        List<String> parentColumns,
        String onUpdate,
        String onDelete,
        boolean logged) {
    public CascadingKey {
        requireNonNull(name, "name");
        requireNonNull(child, "child");
        childColumns = List.copyOf(childColumns);
        requireNonNull(parent, "parent");
        parentColumns = List.copyOf(parentColumns);
        requireNonNull(onUpdate, "onUpdate");
        requireNonNull(onDelete, "onDelete");
        if (childColumns.size() != parentColumns.size()) {
            throw new IllegalArgumentException(
                    "foreign key " + name + " of " + child + " refers from " + childColumns + " to " + parentColumns);
        }
    }
}
