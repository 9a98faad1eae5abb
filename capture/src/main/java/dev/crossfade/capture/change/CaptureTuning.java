package dev.crossfade.capture.change;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * Sizes and times of change capture. The defaults fit; tests take smaller ones.
 *
 * @param heartbeatInterval how often the source speaks when it has nothing to say. A source that is silent for three of these is
 *     taken for lost, and is read anew from the last committed position
 * @param maxBatchRows most changes in one Kafka transaction
 * @param maxQueueBytes memory for changes that are read from the source and not yet taken into a batch
 * @param maxSourceOutage how long a source may be unreachable before capture fails
 */
public record CaptureTuning(
        Duration heartbeatInterval, int maxBatchRows, long maxQueueBytes, Duration maxSourceOutage) {
    /** What a migration runs with. */
    public static final CaptureTuning DEFAULT =
            new CaptureTuning(Duration.ofSeconds(2), 2_048, 64L << 20, Duration.ofMinutes(10));

    public CaptureTuning {
        requireNonNull(heartbeatInterval, "heartbeatInterval");
        requireNonNull(maxSourceOutage, "maxSourceOutage");
        if (heartbeatInterval.toMillis() < 100) {
            throw new IllegalArgumentException(
                    "heartbeat interval is " + heartbeatInterval + ", must be at least 0.1 s");
        }
        if (maxBatchRows < 1 || maxQueueBytes < 1) {
            throw new IllegalArgumentException("a batch and the queue must hold at least one change");
        }
    }
}
