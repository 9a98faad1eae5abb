package dev.crossfade.capture.backfill;

/**
 * Holds readers back. Asked by every reader before each chunk and, while shut, again a few times a second. The copy of an order group
 * asks once, before its snapshot: to hold it back later would only make the snapshot live longer.
 */
@FunctionalInterface
public interface BackfillGate {
    /** Never holds back. */
    BackfillGate OPEN = () -> true;

    /** Whether another chunk may be read now. Must be quick and may be called from several threads at once. */
    boolean isOpen();
}
