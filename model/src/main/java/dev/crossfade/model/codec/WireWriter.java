package dev.crossfade.model.codec;

import dev.crossfade.model.BinlogPosition;
import dev.crossfade.model.TableStop;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Builds one record's bytes: big-endian integers, byte strings with an int32 length (-1 for absent). */
final class WireWriter {
    private final ByteArrayOutputStream bytes;
    private final DataOutputStream out;

    WireWriter(int expectedBytes) {
        bytes = new ByteArrayOutputStream(expectedBytes);
        out = new DataOutputStream(bytes);
    }

    WireWriter octet(int value) {
        try {
            out.writeByte(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    WireWriter int32(int value) {
        try {
            out.writeInt(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    WireWriter int64(long value) {
        try {
            out.writeLong(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    WireWriter string(String value) {
        return byteString(value.getBytes(StandardCharsets.UTF_8));
    }

    WireWriter byteString(byte[] value) {
        return byteString(value, 0, value.length);
    }

    WireWriter byteString(byte[] value, int offset, int length) {
        int32(length);
        return raw(value, offset, length);
    }

    WireWriter optionalByteString(Optional<byte[]> value) {
        return value.isPresent() ? byteString(value.get()) : int32(-1);
    }

    WireWriter binlogPosition(BinlogPosition position) {
        return string(position.file()).int64(position.offset()).string(position.gtids());
    }

    WireWriter tableStop(TableStop stop) {
        return string(stop.table().schema())
                .string(stop.table().name())
                .string(stop.id())
                .string(stop.reason())
                .string(stop.statement())
                .binlogPosition(stop.position());
    }

    WireWriter raw(byte[] value, int offset, int length) {
        bytes.write(value, offset, length);
        return this;
    }

    byte[] toByteArray() {
        return bytes.toByteArray();
    }
}
