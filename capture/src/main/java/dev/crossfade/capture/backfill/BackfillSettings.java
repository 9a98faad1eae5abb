package dev.crossfade.capture.backfill;

import static java.util.Objects.requireNonNull;

/**
 * How a backfill works.
 *
 * @param readers number of chunk readers: as many as the tasks topic has partitions. The chunks topic has these, and one more if there
 *     are order groups to copy
 * @param chunkBytes about how many bytes of rows a chunk holds; a guess from the server's statistics
 * @param batchBytes how many bytes of encoded rows a record holds at most, unless one row is larger
 * @param markerToken the token of the marker row that a session must see before it reads
 */
public record BackfillSettings(int readers, long chunkBytes, int batchBytes, String markerToken) {
    public static final long DEFAULT_CHUNK_BYTES = 16L * 1024 * 1024;
    /** A record stays under 512 KiB with its head: G1 gives larger arrays of a 1 GiB heap a whole region each. */
    public static final int DEFAULT_BATCH_BYTES = 500 * 1024;

    public BackfillSettings {
        requireNonNull(markerToken, "markerToken");
        if (readers < 1) {
            throw new IllegalArgumentException("readers is " + readers + ", must be at least 1");
        }
        if (chunkBytes < 1 || batchBytes < 1) {
            throw new IllegalArgumentException("chunks and batches need a size of at least 1 byte");
        }
    }

    /** Settings with the sizes that were measured to be best. */
    public static BackfillSettings of(int readers, String markerToken) {
        return new BackfillSettings(readers, DEFAULT_CHUNK_BYTES, DEFAULT_BATCH_BYTES, markerToken);
    }
}
