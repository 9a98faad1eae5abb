package dev.crossfade.verify;

import java.util.Arrays;

/** A growing run of bytes that rows are brought into form in; used again for every row. One thread at a time. */
final class FormBuffer {
    private byte[] bytes = new byte[1024];
    private int size;

    /** The backing array; its first {@link #size} bytes count. Valid until the next append. */
    byte[] array() {
        return bytes;
    }

    int size() {
        return size;
    }

    /** Forgets everything after the first {@code newSize} bytes. */
    void truncate(int newSize) {
        size = newSize;
    }

    void put(int oneByte) {
        ensure(1);
        bytes[size++] = (byte) oneByte;
    }

    void put(byte[] from, int offset, int length) {
        ensure(length);
        System.arraycopy(from, offset, bytes, size, length);
        size += length;
    }

    void putAscii(String text) {
        ensure(text.length());
        for (int i = 0; i < text.length(); i++) {
            bytes[size++] = (byte) text.charAt(i);
        }
    }

    void putInt(int value) {
        ensure(Integer.BYTES);
        size += Integer.BYTES;
        setInt(size - Integer.BYTES, value);
    }

    /** Writes over four bytes that are there already. */
    void setInt(int at, int value) {
        bytes[at] = (byte) (value >>> 24);
        bytes[at + 1] = (byte) (value >>> 16);
        bytes[at + 2] = (byte) (value >>> 8);
        bytes[at + 3] = (byte) value;
    }

    byte[] copy(int from, int to) {
        return Arrays.copyOfRange(bytes, from, to);
    }

    private void ensure(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length + (bytes.length >> 1), Math.addExact(size, more)));
        }
    }
}
