package dev.crossfade.sink.apply;

import dev.crossfade.model.TableId;

/** A table without a key has fewer of some row than changes of the source delete. Its transaction must be rolled back. */
final class MissingRows extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient TableId table;

    MissingRows(TableId table, String message) {
        super(message);
        this.table = table;
    }

    TableId table() {
        return table;
    }
}
