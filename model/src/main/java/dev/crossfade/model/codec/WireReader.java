package dev.crossfade.model.codec;

import dev.crossfade.model.BinlogPosition;
import dev.crossfade.model.TableId;
import dev.crossfade.model.TableStop;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Reads what {@link WireWriter} wrote. Bytes that end too early are a {@link BufferUnderflowException}: the log is not ours. */
final class WireReader {
    private final ByteBuffer buffer;

    WireReader(byte[] bytes) {
        buffer = ByteBuffer.wrap(bytes);
    }

    int octet() {
        return buffer.get();
    }

    int int32() {
        return buffer.getInt();
    }

    long int64() {
        return buffer.getLong();
    }

    String string() {
        return new String(byteString(), StandardCharsets.UTF_8);
    }

    byte[] byteString() {
        byte[] bytes = new byte[buffer.getInt()];
        buffer.get(bytes);
        return bytes;
    }

    Optional<byte[]> optionalByteString() {
        int length = buffer.getInt();
        if (length < 0) {
            return Optional.empty();
        }
        byte[] bytes = new byte[length];
        buffer.get(bytes);
        return Optional.of(bytes);
    }

    BinlogPosition binlogPosition() {
        return new BinlogPosition(string(), int64(), string());
    }

    TableStop tableStop() {
        TableId table = new TableId(string(), string());
        return new TableStop(table, string(), string(), string(), binlogPosition());
    }

    int position() {
        return buffer.position();
    }

    int remaining() {
        return buffer.remaining();
    }

    /** Refuses a record of a format that this version does not know. */
    void expectVersion(int version, String record) {
        int seen = octet();
        if (seen != version) {
            throw new IllegalArgumentException(record + " has format " + seen + ", this version reads " + version);
        }
    }
}
