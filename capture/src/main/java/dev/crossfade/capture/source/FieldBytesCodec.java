package dev.crossfade.capture.source;

import java.util.Calendar;
import org.jspecify.annotations.Nullable;
import org.mariadb.jdbc.client.ColumnDecoder;
import org.mariadb.jdbc.client.Context;
import org.mariadb.jdbc.client.ReadableByteBuf;
import org.mariadb.jdbc.client.socket.Writer;
import org.mariadb.jdbc.client.util.MutableInt;
import org.mariadb.jdbc.plugin.Codec;

/**
 * Hands out a field's bytes as the server sent them, without a copy and without the driver's own idea of the type: exact floats,
 * zero dates, times beyond a day. Found by the driver through {@code META-INF/services}.
 */
public final class FieldBytesCodec implements Codec<FieldBytes> {
    /** One per thread, because the driver gives a codec no place of its own and an object per field would be most of the garbage. */
    private static final ThreadLocal<FieldBytes> LENT = ThreadLocal.withInitial(FieldBytes::new);

    /** Called by the driver. */
    public FieldBytesCodec() {}

    @Override
    public String className() {
        return FieldBytes.class.getName();
    }

    @Override
    public boolean canDecode(ColumnDecoder column, Class<?> type) {
        return type == FieldBytes.class;
    }

    @Override
    public boolean canEncode(Object value) {
        return false;
    }

    @Override
    public FieldBytes decodeText(
            ReadableByteBuf buffer,
            MutableInt length,
            ColumnDecoder column,
            @Nullable Calendar calendar, // the driver passes none
            Context context) {
        return lend(buffer, length);
    }

    @Override
    public FieldBytes decodeBinary(
            ReadableByteBuf buffer,
            MutableInt length,
            ColumnDecoder column,
            @Nullable Calendar calendar, // the driver passes none
            Context context) {
        return lend(buffer, length);
    }

    private static FieldBytes lend(ReadableByteBuf buffer, MutableInt length) {
        FieldBytes field = LENT.get();
        field.point(buffer.buf(), buffer.pos(), length.get());
        buffer.skip(length.get());
        return field;
    }

    @Override
    public void encodeText(
            Writer encoder, Context context, Object value, @Nullable Calendar calendar, @Nullable Long maxLength) {
        throw new UnsupportedOperationException("a field is only read");
    }

    @Override
    public void encodeBinary(
            Writer encoder, Context context, Object value, @Nullable Calendar calendar, @Nullable Long maxLength) {
        throw new UnsupportedOperationException("a field is only read");
    }

    @Override
    public int getBinaryEncodeType() {
        throw new UnsupportedOperationException("a field is only read");
    }
}
