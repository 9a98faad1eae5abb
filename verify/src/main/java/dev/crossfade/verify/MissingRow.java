package dev.crossfade.verify;

import static java.util.Objects.requireNonNull;

/**
 * A row of the source that the target does not have.
 *
 * @param key its key as SQL literals in key order, {@code (4001)}; for a table without a key {@code (row 5f2a…)}, the row's hash
 */
public record MissingRow(String key) implements Finding {
    public MissingRow {
        requireNonNull(key, "key");
    }

    @Override
    public <R> R fold(Cases<R> cases) {
        return cases.missing(this);
    }
}
