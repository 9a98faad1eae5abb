package dev.crossfade.capture.backfill;

/**
 * Holds readers back. Asked by every reader before each chunk and, while shut, again a few times a second. The copy of an order group
 * asks before its snapshot and between its chunks: a snapshot that is held back lives longer, but a log that fills its disk is worse.
 * Called from several threads at once; every method must be quick.
 */
@FunctionalInterface
public interface BackfillGate {
    /** Never holds back. */
    BackfillGate OPEN = () -> true;

    /** Whether another chunk may be read now. */
    boolean isOpen();

    /**
     * A chunk is durable in Kafka.
     *
     * @param partition of the chunks topic
     * @param offset of its closing record, its last one
     * @param bytes encoded bytes of its rows
     */
    default void passed(int partition, long offset, long bytes) {}
}
