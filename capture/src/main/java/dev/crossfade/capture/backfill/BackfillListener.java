package dev.crossfade.capture.backfill;

/** Hears how a backfill ended: exactly one call, from one of its threads, unless it was closed before. */
public interface BackfillListener {
    /** Every chunk is durable in Kafka. */
    void backfillComplete();

    /**
     * A reader cannot go on; all of them have been told to stop. What is committed stays; the next start goes on behind it.
     *
     * @param failure a {@link dev.crossfade.model.MigrationException}, or anything else for a bug
     */
    void backfillFailed(Throwable failure);
}
