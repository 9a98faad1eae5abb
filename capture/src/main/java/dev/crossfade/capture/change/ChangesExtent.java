package dev.crossfade.capture.change;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Where the records of one transaction stand in the partitions of the changes. Stored as a header of the position that is committed with
 * them, so that either topic can be told from one that has lost its end.
 *
 * @param partitions by number, from 0
 */
record ChangesExtent(List<InPartition> partitions) {
    /** The header's key. */
    static final String HEADER = "changes";

    private static final byte VERSION = 1;
    private static final int PARTITION_BYTES = Long.BYTES + Integer.BYTES;

    ChangesExtent {
        partitions = List.copyOf(partitions);
    }

    /**
     * The extent in one partition.
     *
     * @param from every committed record before this offset is of an earlier transaction, every one from it on of this or a later one
     * @param records of this transaction
     */
    record InPartition(long from, int records) {}

    /** What holds before the first position. */
    static ChangesExtent nothing(int partitions) {
        return new ChangesExtent(Collections.nCopies(partitions, new InPartition(0, 0)));
    }

    /** A version, the number of partitions, and per partition an int64 and an int32; big-endian. */
    byte[] encode() {
        ByteBuffer bytes = ByteBuffer.allocate(1 + Integer.BYTES + partitions.size() * PARTITION_BYTES);
        bytes.put(VERSION).putInt(partitions.size());
        partitions.forEach(one -> bytes.putLong(one.from()).putInt(one.records()));
        return bytes.array();
    }

    /**
     * Reads {@link #encode}'s bytes.
     *
     * @throws IllegalArgumentException if they are anything else
     */
    static ChangesExtent decode(byte[] encoded) {
        ByteBuffer bytes = ByteBuffer.wrap(encoded);
        try {
            byte version = bytes.get();
            int count = bytes.getInt();
            if (version != VERSION || bytes.remaining() != (long) count * PARTITION_BYTES) {
                throw new IllegalArgumentException(
                        "an extent of " + encoded.length + " bytes and version " + version + ", known is " + VERSION);
            }
            List<InPartition> partitions = new ArrayList<>();
            for (int partition = 0; partition < count; partition++) {
                partitions.add(new InPartition(bytes.getLong(), bytes.getInt()));
            }
            return new ChangesExtent(partitions);
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("an extent of " + encoded.length + " bytes", e);
        }
    }
}
