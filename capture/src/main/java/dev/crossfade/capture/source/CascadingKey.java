package dev.crossfade.capture.source;

import static java.util.Objects.requireNonNull;

import dev.crossfade.model.TableId;

/**
 * A foreign key whose referential action changes rows of {@code child}.
 *
 * @param name the constraint's name
 * @param child the table that the server changes by itself
 * @param parent the table whose change sets it off
 * @param onUpdate CASCADE, SET NULL, SET DEFAULT, RESTRICT or NO ACTION
 * @param onDelete the same
 * @param logged whether the action's changes stand in the log; MariaDB, and MySQL before 9.6, run them inside InnoDB and log only
 *     the parent
 */
public record CascadingKey(
        String name, TableId child, TableId parent, String onUpdate, String onDelete, boolean logged) {
    public CascadingKey {
        requireNonNull(name, "name");
        requireNonNull(child, "child");
        requireNonNull(parent, "parent");
        requireNonNull(onUpdate, "onUpdate");
        requireNonNull(onDelete, "onDelete");
    }
}
