package dev.crossfade.verify;

import static java.util.Objects.requireNonNull;

/**
 * A row of the target that the source does not have; also the second of two rows with one key.
 *
 * @param key as in {@link MissingRow}
 */
public record ExtraRow(String key) implements Finding {
    public ExtraRow {
        requireNonNull(key, "key");
    }

    @Override
    public <R> R fold(Cases<R> cases) {
        return cases.extra(this);
    }
}
