package dev.crossfade.capture.source;

/**
 * One field of a result, where it lies in the driver's buffer. Lent by {@link FieldBytesCodec} until the same thread asks for the
 * next field.
 */
public final class FieldBytes {
    private byte[] bytes = {};
    private int offset;
    private int length;

    FieldBytes() {}

    void point(byte[] newBytes, int newOffset, int newLength) {
        bytes = newBytes;
        offset = newOffset;
        length = newLength;
    }

    byte[] bytes() {
        return bytes;
    }

    int offset() {
        return offset;
    }

    int length() {
        return length;
    }
}
