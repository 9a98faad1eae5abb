package dev.crossfade.pipeline.plan;

import static java.util.Objects.requireNonNull;

import dev.crossfade.model.OrderGroup.Copy;
import dev.crossfade.model.TableId;
import java.util.List;

/**
 * One reason for which changes must reach the target in the order of the source.
 *
 * @param tables source tables, at least one; more than one if it links them
 * @param kind what it is, in a few words
 * @param text for people; it names what on the source or in the mapping is the reason
 * @param copy how the tables' rows must be copied for this reason; a snapshot does for any
 */
record OrderReason(List<TableId> tables, Kind kind, String text, Copy copy) {
    /** Why changes are not free to overtake each other. */
    enum Kind {
        UNLOGGED_KEY("foreign keys whose actions are not logged"),
        NO_KEY("no primary key"),
        OTHER_KEY("another key on the target"),
        UNIQUE_INDEX("a unique index");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        /** To stand in a sentence after the tables. */
        String words() {
            return words;
        }
    }

    OrderReason {
        tables = List.copyOf(tables);
        requireNonNull(kind, "kind");
        requireNonNull(text, "text");
        requireNonNull(copy, "copy");
        if (tables.isEmpty()) {
            throw new IllegalArgumentException("a reason without a table: " + text);
        }
    }
}
