package dev.crossfade.model;

import static java.util.Objects.requireNonNull;

/**
 * Some target rows of a chunk, encoded one after the other, ready for a binary COPY. A plain class with identity: it lends out a
 * part of the record that it was read from.
 */
public final class ChunkBatch implements ChunkRecord {
    private final ChunkId chunk;
    private final KeyRange range;
    private final int rows;
    private final byte[] bytes;
    private final int offset;
    private final int length;

    /**
     * A batch of rows.
     *
     * @param chunk the chunk that it belongs to
     * @param range the part of the chunk's range that it covers: the batches of a chunk follow each other without gap
     * @param rows number of rows, 0 or more
     * @param bytes taken over: must not be changed
     * @param offset where the rows begin in {@code bytes}
     * @param length bytes of all rows
     */
    public ChunkBatch(ChunkId chunk, KeyRange range, int rows, byte[] bytes, int offset, int length) {
        this.chunk = requireNonNull(chunk, "chunk");
        this.range = requireNonNull(range, "range");
        this.rows = rows;
        this.bytes = requireNonNull(bytes, "bytes");
        this.offset = offset;
        this.length = length;
    }

    public ChunkId chunk() {
        return chunk;
    }

    public KeyRange range() {
        return range;
    }

    public int rows() {
        return rows;
    }

    /** The array that holds the rows, from {@link #offset} on, {@link #length} bytes; not a copy. */
    public byte[] bytes() {
        return bytes;
    }

    public int offset() {
        return offset;
    }

    public int length() {
        return length;
    }

    @Override
    public <R> R fold(Cases<R> cases) {
        return cases.batch(this);
    }

    @Override
    public String toString() {
        return "ChunkBatch[" + chunk + ", " + rows + " rows, " + length + " bytes]";
    }
}
