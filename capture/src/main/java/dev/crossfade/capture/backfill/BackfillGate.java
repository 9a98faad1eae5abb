package dev.crossfade.capture.backfill;

/** Holds readers back. Asked by every reader before each chunk and, while shut, again a few times a second. */
@FunctionalInterface
public interface BackfillGate {
    /** Never holds back. */
    BackfillGate OPEN = () -> true;

    /** Whether another chunk may be read now. Must be quick and may be called from several threads at once. */
    boolean isOpen();
}
