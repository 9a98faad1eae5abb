package dev.crossfade.verify;

import static java.util.Objects.requireNonNull;

/**
 * Values that the target cannot hold and that the plan says will be changed. The comparison expects the changed value, so these are
 * not findings; they are counted so that a person can agree to them.
 *
 * @param id which rule of the plan, such as {@link #ZERO_DATE}
 * @param column the target's name of the column
 * @param count rows whose value the rule has changed, at least 1
 */
public record DeclaredDifference(String id, String column, long count) {
    /** A zero or partial date of the source is NULL on the target. */
    public static final String ZERO_DATE = "ZERO-DATE";

    public DeclaredDifference {
        requireNonNull(id, "id");
        requireNonNull(column, "column");
    }
}
