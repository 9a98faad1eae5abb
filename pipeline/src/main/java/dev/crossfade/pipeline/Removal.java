package dev.crossfade.pipeline;

import static java.util.Objects.requireNonNull;

/**
 * One thing that an abort takes away.
 *
 * @param place where it is
 * @param manner what is done to it
 * @param object what it is, with its full name: {@code table public.orders}
 * @param reason why it may be taken away, for a person; empty where its name says it
 */
public record Removal(Place place, Manner manner, String object, String reason) {
    /** Where something is, in the order in which an abort goes. */
    public enum Place {
        KAFKA,
        SOURCE,
        /** The tables that were filled. */
        TARGET,
        /** What Crossfade knows of the migration, on the target too. */
        STATE
    }

    /** What is done. */
    public enum Manner {
        /** It is not there any more afterwards. */
        REMOVE,
        /** It stays, as empty as it was before the migration. */
        EMPTY
    }

    public Removal {
        requireNonNull(place, "place");
        requireNonNull(manner, "manner");
        requireNonNull(object, "object");
        requireNonNull(reason, "reason");
    }
}
