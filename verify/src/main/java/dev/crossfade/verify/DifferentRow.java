package dev.crossfade.verify;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * A row that both sides have, with other values.
 *
 * @param key as in {@link MissingRow}
 * @param columns the target's names of the columns that differ, in target order, at least one
 * @param values the two values of each of these columns, in the same order; empty unless the request discloses values
 */
public record DifferentRow(String key, List<String> columns, List<ValuePair> values) implements Finding {
    public DifferentRow {
        requireNonNull(key, "key");
        columns = List.copyOf(columns);
        values = List.copyOf(values);
        if (columns.isEmpty() || (!values.isEmpty() && values.size() != columns.size())) {
            throw new IllegalArgumentException(
                    columns.size() + " differing columns, " + values.size() + " pairs of values");
        }
    }

    @Override
    public <R> R fold(Cases<R> cases) {
        return cases.different(this);
    }

    /** What the two sides hold, as SQL literals, shortened to 64 characters. */
    public record ValuePair(String source, String target) {
        public ValuePair {
            requireNonNull(source, "source");
            requireNonNull(target, "target");
        }

        /** Hides the values, which must not reach a log. */
        @Override
        public String toString() {
            return "ValuePair[***]";
        }
    }
}
