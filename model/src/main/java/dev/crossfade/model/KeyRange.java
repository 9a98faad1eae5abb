package dev.crossfade.model;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A half-open range of primary keys in the source's own order: {@code from} inclusive, {@code to} exclusive; an absent end is
 * unbounded. In a table without a primary key a range of {@link RowNumber}s.
 */
public final class KeyRange {
    /** Every key there is. */
    public static final KeyRange ALL = new KeyRange(null, null);

    private final @Nullable RowKey from; // null: from the first key on
    private final @Nullable RowKey to; // null: through the last key

    private KeyRange(@Nullable RowKey from, @Nullable RowKey to) {
        this.from = from;
        this.to = to;
    }

    public static KeyRange of(Optional<RowKey> from, Optional<RowKey> to) {
        return new KeyRange(from.orElse(null), to.orElse(null));
    }

    public Optional<RowKey> from() {
        return Optional.ofNullable(from);
    }

    public Optional<RowKey> to() {
        return Optional.ofNullable(to);
    }

    /** Whether {@code next} begins exactly where this one ends; false if this one has no end. */
    public boolean isFollowedBy(KeyRange next) {
        return to != null && next.from != null && to.equals(next.from);
    }

    /** For messages: {@code [(4001), (5001))}, {@code (first, (5001))}. */
    public String describe(List<Column> boundColumns) {
        return (from == null ? "(first" : "[" + from.describe(boundColumns)) + ", "
                + (to == null ? "last]" : to.describe(boundColumns) + ")");
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof KeyRange range && Objects.equals(from, range.from) && Objects.equals(to, range.to);
    }

    @Override
    public int hashCode() {
        return Objects.hash(from, to);
    }

    @Override
    public String toString() {
        return "KeyRange[" + (from == null ? "first" : from) + ", " + (to == null ? "last" : to) + ")";
    }
}
