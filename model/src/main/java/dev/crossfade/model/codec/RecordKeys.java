package dev.crossfade.model.codec;

import dev.crossfade.model.RowKey;
import dev.crossfade.model.TableId;
import java.util.Arrays;

/** Keys of Kafka records, and the partition that a key belongs to. */
public final class RecordKeys {
    private RecordKeys() {}

    /** The record key of a row: its table and its primary key. Equal rows have equal bytes, and only they. */
    public static byte[] of(TableId table, RowKey key) {
        return new WireWriter(64)
                .string(table.schema())
                .string(table.name())
                .raw(key.bytes(), 0, key.bytes().length)
                .toByteArray();
    }

    /**
     * The partition of a record key among {@code partitions}, from 0. Part of the format: it must never change for a migration that
     * has begun.
     */
    public static int partition(byte[] recordKey, int partitions) {
        int hash = Arrays.hashCode(recordKey);
        hash ^= hash >>> 16; // 31-polynomial hashes of short keys differ mostly in their low bits
        hash *= 0x85ebca6b; // finalizer of MurmurHash3
        hash ^= hash >>> 13;
        return Math.floorMod(hash, partitions);
    }
}
