package dev.crossfade.sink.control;

/**
 * A place in one partition of the log, with what tells it from the same number in another log.
 *
 * @param offset of the next record that has not been applied; everything before it has
 * @param leaderEpoch of the record before it: the count of the partition's leaders when Kafka took that record, which rises with every
 *     restart of a broker, so that what is written after a loss has a higher one; {@link #NO_EPOCH} where nothing has been read
 */
public record LogPosition(long offset, int leaderEpoch) {
    /** Stands for no epoch, also in the target. */
    public static final int NO_EPOCH = -1;

    public LogPosition {
        if (offset < 0 || leaderEpoch < NO_EPOCH) {
            throw new IllegalArgumentException("no place in a log: offset " + offset + ", leader epoch " + leaderEpoch);
        }
    }
}
