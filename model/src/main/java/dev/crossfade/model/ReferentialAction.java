package dev.crossfade.model;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * What the source does by itself to the rows of {@code child} when the row of {@code parent} that they refer to goes or changes its
 * referenced columns, without a word of it in the log. The target has no such foreign key while the migration runs: the sink does
 * it. All names are those of the target.
 *
 * @param constraint the foreign key's name on the source
 * @param parent the table that is referred to
 * @param parentColumns the referenced columns, at least one
 * @param child the table that refers; may be {@code parent} itself
 * @param childColumns for each of {@code parentColumns} the column that refers to it; a row with a NULL in one of them refers to
 *     nothing
 * @param onDelete done to the referring rows when the parent's row is deleted
 * @param onUpdate done to the referring rows when a referenced column of the parent's row changes
 */
public record ReferentialAction(
        String constraint,
        TableId parent,
        List<String> parentColumns,
        TableId child,
        List<String> childColumns,
        Action onDelete,
        Action onUpdate) {
    public ReferentialAction {
        requireNonNull(constraint, "constraint");
        requireNonNull(parent, "parent");
        parentColumns = List.copyOf(parentColumns);
        requireNonNull(child, "child");
        childColumns = List.copyOf(childColumns);
        requireNonNull(onDelete, "onDelete");
        requireNonNull(onUpdate, "onUpdate");
        if (parentColumns.isEmpty() || parentColumns.size() != childColumns.size()) {
            throw new IllegalArgumentException("foreign key " + constraint + " refers from " + child + " "
                    + childColumns + " to " + parent + " " + parentColumns);
        }
        if (onDelete == Action.NONE && onUpdate == Action.NONE) {
            throw new IllegalArgumentException("foreign key " + constraint + " of " + child + " has no action");
        }
    }

    /** What happens to the rows that refer. */
    public enum Action {
        /** Nothing; the source refuses the parent's change while such rows exist. */
        NONE,
        /** They are deleted with the parent, or their referring columns follow its referenced ones. */
        CASCADE,
        /** Their referring columns become NULL. */
        SET_NULL
    }
}
