package dev.crossfade.model.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.crossfade.model.Row;
import dev.crossfade.model.Timestamps;
import dev.crossfade.model.ValueException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The expected bytes were printed by PostgreSQL 18's send functions, such as {@code encode(int4send(-2), 'hex')}. */
class RowWriterTest {
    @Test
    void aRowIsATupleOfBinaryCopy() {
        RowWriter writer = new RowWriter(64);

        writer.startRow(3);
        writer.writeInt32(7);
        writer.writeNull();
        writer.writeText("x");

        // From COPY (7::int4, null, 'x') TO file (FORMAT binary), between the file's header and its trailer.
        assertThat(hex(writer.toByteArray())).isEqualTo("00030000000400000007ffffffff0000000178");
        Row row = writer.toRow();
        assertThat(row.fieldCount()).isEqualTo(3);
        assertThat(row.isNull(1)).isTrue();
        assertThat(row.lengthOf(1)).isEqualTo(-1);
        assertThat(row.lengthOf(2)).isEqualTo(1);
    }

    @Test
    void everyKindHasTheBytesOfItsSendFunction() {
        assertThat(value(w -> w.writeBool(true))).isEqualTo("01");
        assertThat(value(w -> w.writeBool(false))).isEqualTo("00");
        assertThat(value(w -> w.writeInt16(-2))).isEqualTo("fffe");
        assertThat(value(w -> w.writeInt32(-2))).isEqualTo("fffffffe");
        assertThat(value(w -> w.writeInt64(-2))).isEqualTo("fffffffffffffffe");
        assertThat(value(w -> w.writeFloat32(123.457f))).isEqualTo("42f6e9fc");
        assertThat(value(w -> w.writeFloat64(-0.1))).isEqualTo("bfb999999999999a");
        assertThat(value(w -> w.writeText("Åse"))).isEqualTo("c3857365");
        assertThat(value(w -> w.writeText(""))).isEmpty();
        assertThat(value(w -> w.writeBytes(new byte[] {9, 0, -1, 9}, 1, 2))).isEqualTo("00ff");
        assertThat(value(w -> w.writeDate(Timestamps.days(LocalDate.of(2026, 11, 20)))))
                .isEqualTo("0000265c");
        assertThat(value(w -> w.writeDate(Timestamps.days(LocalDate.of(1000, 1, 1)))))
                .isEqualTo("fffa6d46");
        assertThat(value(w -> w.writeDate(Timestamps.days(LocalDate.of(9999, 12, 31)))))
                .isEqualTo("002c95d3");
        assertThat(value(w -> w.writeMicros(86_399_999_999L))).isEqualTo("000000141dd75fff");
        assertThat(value(w -> w.writeDuration(-3_020_399_999_999L))).isEqualTo("fffffd40c22184010000000000000000");
        assertThat(value(
                        w -> w.writeMicros(Timestamps.micros(LocalDateTime.of(2026, 11, 20, 12, 34, 56, 789_012_000)))))
                .isEqualTo("000303b33d8ca614");
        assertThat(value(
                        w -> w.writeMicros(Timestamps.micros(LocalDateTime.of(1999, 12, 31, 23, 59, 59, 999_999_000)))))
                .isEqualTo("ffffffffffffffff");
        assertThat(value(w -> w.writeBit(10, 0b1010101010))).isEqualTo("0000000aaa80");
        assertThat(value(w -> w.writeBit(8, 1))).isEqualTo("0000000801");
        assertThat(value(w -> w.writeBit(1, 1))).isEqualTo("0000000180");
        assertThat(value(w -> w.writeBit(64, -1))).isEqualTo("00000040ffffffffffffffff");
        byte[] json = "{\"a\": 1}".getBytes(StandardCharsets.UTF_8);
        assertThat(value(w -> w.writeJson(json, 0, json.length))).isEqualTo("017b2261223a20317d");
    }

    @Test
    void floatsKeepEveryBit() {
        assertThat(value(w -> w.writeFloat32(-0.0f))).isEqualTo("80000000");
        assertThat(value(w -> w.writeFloat32(Float.MIN_VALUE))).isEqualTo("00000001");
        assertThat(value(w -> w.writeFloat64(Double.longBitsToDouble(0x7ff8000000000001L))))
                .isEqualTo("7ff8000000000001");
    }

    @ParameterizedTest
    @ValueSource(ints = {Short.MIN_VALUE - 1, Short.MAX_VALUE + 1})
    void aNumberBeyond16BitsIsRefused(int value) {
        refuses(w -> w.writeInt16(value), "-32768..32767");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\0", "a\0", "\0a", "a\0b"})
    void aNulInTextIsRefused(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);

        refuses(w -> w.writeText(text), "NUL");
        refuses(w -> w.writeJson(utf8, 0, utf8.length), "NUL");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"\\u0000\"", "{\"a\\\\\\u0000\": 1}"})
    void anEscapedNulInJsonIsRefused(String document) {
        byte[] utf8 = document.getBytes(StandardCharsets.UTF_8);

        refuses(w -> w.writeJson(utf8, 0, utf8.length), "escaped NUL");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"\\\\u0000\"", "\"\\u0001\"", "\"u0000\"", "\"\\u00\"", "\"\\\\\""})
    void whatOnlyLooksLikeAnEscapedNulIsWritten(String document) {
        byte[] utf8 = document.getBytes(StandardCharsets.UTF_8);

        assertThat(value(w -> w.writeJson(utf8, 0, utf8.length))).startsWith("01");
    }

    @Test
    void aNulOutsideTheGivenPartOfTheTextIsNotLookedAt() {
        assertThat(value(w -> w.writeText(new byte[] {0, 'a', 0}, 1, 1))).isEqualTo("61");
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "65, 0", "3, 8", "1, 2", "63, -1"})
    void aNumberThatDoesNotFitTheBitsIsRefused(int bits, long value) {
        refuses(w -> w.writeBit(bits, value), bits + " bits");
    }

    @Test
    void fixedBytesGetTheirTrailingZerosBack() {
        assertThat(value(w -> w.writeFixedBytes(new byte[] {1}, 3))).isEqualTo("010000");
        assertThat(value(w -> w.writeFixedBytes(new byte[0], 2))).isEqualTo("0000");
        refuses(w -> w.writeFixedBytes(new byte[3], 2), "at most 2");
    }

    @Test
    void aRefusedFieldCanBeDroppedWithItsRow() {
        RowWriter writer = new RowWriter(64);
        writer.startRow(1);
        writer.writeInt32(1);
        int wholeRows = writer.size();
        writer.startRow(2);
        writer.writeInt32(2);
        assertThatThrownBy(() -> writer.writeText("\0")).isInstanceOf(ValueException.class);

        writer.truncate(wholeRows);

        assertThat(hex(writer.toByteArray())).isEqualTo("00010000000400000001");
    }

    @Test
    void growsWithItsContentAndIsEmptyAfterClear() {
        RowWriter writer = new RowWriter(1);
        byte[] value = new byte[100_000];
        Arrays.fill(value, (byte) 7);

        writer.startRow(2);
        writer.writeBytes(value, 0, value.length);
        writer.writeInt32(5);

        Row row = writer.toRow();
        assertThat(row.lengthOf(0)).isEqualTo(value.length);
        assertThat(Arrays.copyOfRange(row.bytes(), row.offsetOf(0), row.offsetOf(0) + value.length))
                .isEqualTo(value);
        assertThat(row.lengthOf(1)).isEqualTo(4);
        writer.clear();
        assertThat(writer.size()).isZero();
        assertThat(writer.toByteArray()).isEmpty();
    }

    @Test
    void anEncodedRowIsCopiedAsItIs() {
        RowWriter one = new RowWriter(64);
        one.startRow(1);
        one.writeInt32(1);
        byte[] framed = new byte[one.size() + 2];
        System.arraycopy(one.array(), 0, framed, 1, one.size());

        RowWriter writer = new RowWriter(1);
        writer.writeRow(framed, 1, one.size());

        assertThat(writer.toRow()).isEqualTo(one.toRow());
    }

    @Test
    void moreFieldsThanATupleCanHaveAreABug() {
        assertThatThrownBy(() -> new RowWriter(1).startRow(Short.MAX_VALUE + 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("32768");
    }

    private static String value(Consumer<RowWriter> write) {
        RowWriter writer = new RowWriter(1);
        write.accept(writer);
        String bytes = hex(writer.toByteArray());
        int length = Integer.parseUnsignedInt(bytes.substring(0, 8), 16);
        assertThat(length).isEqualTo(writer.size() - Integer.BYTES);
        return bytes.substring(8);
    }

    private static void refuses(Consumer<RowWriter> write, String reason) {
        RowWriter writer = new RowWriter(1);
        assertThatThrownBy(() -> write.accept(writer))
                .isInstanceOf(ValueException.class)
                .hasMessageContaining(reason);
        assertThat(writer.size()).isZero();
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
