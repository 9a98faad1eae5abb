package dev.crossfade.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.model.LogicalType.Kind;
import dev.crossfade.model.codec.RowWriter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class ValueTextTest {
    @Test
    void everyKindIsShownAsAPersonWouldWriteIt() {
        assertThat(text(Kind.BOOL, w -> w.writeBool(true))).isEqualTo("true");
        assertThat(text(Kind.INT8, w -> w.writeInt16(-128))).isEqualTo("-128");
        assertThat(text(Kind.INT16, w -> w.writeInt16(-2))).isEqualTo("-2");
        assertThat(text(Kind.YEAR, w -> w.writeInt16(0))).isEqualTo("0");
        assertThat(text(Kind.INT32, w -> w.writeInt32(-2))).isEqualTo("-2");
        assertThat(text(Kind.INT64, w -> w.writeInt64(Long.MIN_VALUE))).isEqualTo("-9223372036854775808");
        assertThat(text(Kind.UINT64, w -> w.writeUnsigned64(-1))).isEqualTo("18446744073709551615");
        assertThat(text(Kind.DECIMAL, w -> w.writeDecimal(new BigDecimal("-0.50"))))
                .isEqualTo("-0.50");
        assertThat(text(Kind.FLOAT32, w -> w.writeFloat32(123.457f))).isEqualTo("123.457");
        assertThat(text(Kind.FLOAT64, w -> w.writeFloat64(-0.1))).isEqualTo("-0.1");
        assertThat(text(Kind.TEXT, w -> w.writeText("O'Hara Å"))).isEqualTo("'O''Hara Å'");
        assertThat(text(Kind.ENUM, w -> w.writeText(""))).isEqualTo("''");
        assertThat(text(Kind.SET, w -> w.writeText("a,b"))).isEqualTo("'a,b'");
        assertThat(text(Kind.BYTES, w -> w.writeBytes(new byte[] {0, -1}, 0, 2)))
                .isEqualTo("x'00ff'");
        assertThat(text(Kind.DATE, w -> w.writeDate(Timestamps.days(LocalDate.of(1000, 1, 1)))))
                .isEqualTo("1000-01-01");
        assertThat(text(Kind.TIME, w -> w.writeMicros(86_399_999_999L))).isEqualTo("23:59:59.999999");
        assertThat(text(Kind.DURATION, w -> w.writeDuration(-3_020_399_999_999L)))
                .isEqualTo("-838:59:59.999999");
        long micros = Timestamps.micros(LocalDateTime.of(1999, 12, 31, 23, 59, 59, 5_000));
        assertThat(text(Kind.TIMESTAMP, w -> w.writeMicros(micros))).isEqualTo("1999-12-31 23:59:59.000005");
        assertThat(text(Kind.INSTANT, w -> w.writeMicros(micros))).isEqualTo("1999-12-31 23:59:59.000005+00");
        assertThat(text(Kind.BIT, w -> w.writeBit(10, 0b1010101010))).isEqualTo("b'1010101010'");
        byte[] json = "{\"a\": 1}".getBytes(StandardCharsets.UTF_8);
        assertThat(text(Kind.JSON, w -> w.writeJson(json, 0, json.length))).isEqualTo("'{\"a\": 1}'");
        assertThat(text(Kind.JSON, RowWriter::writeNull)).isEqualTo("NULL");
    }

    @Test
    void longValuesAreCutShort() {
        assertThat(text(Kind.TEXT, w -> w.writeText("x".repeat(1_000))))
                .hasSize(64)
                .startsWith("'xxx")
                .endsWith("…");
        assertThat(text(Kind.BYTES, w -> w.writeBytes(new byte[1_000], 0, 1_000)))
                .hasSize(64);
    }

    @Test
    void aKeyIsShownWithAllItsColumns() {
        RowWriter writer = new RowWriter(64);
        writer.startRow(2);
        writer.writeText("ab");
        writer.writeInt32(7);
        List<Column> columns = List.of(
                new Column("code", LogicalType.text(9), false, "varchar(9)"),
                new Column("id", LogicalType.of(Kind.INT32), false, "int"));
        RowKey key = writer.toKey();

        assertThat(key.describe(columns)).isEqualTo("('ab', 7)");
        assertThat(KeyRange.ALL.describe(columns)).isEqualTo("(first, last]");
        assertThat(KeyRange.of(Optional.of(key), Optional.empty()).describe(columns))
                .isEqualTo("[('ab', 7), last]");
        assertThat(KeyRange.of(Optional.empty(), Optional.of(key)).describe(columns))
                .isEqualTo("(first, ('ab', 7))");
    }

    private static String text(Kind kind, Consumer<RowWriter> write) {
        RowWriter writer = new RowWriter(64);
        writer.startRow(2);
        writer.writeInt32(0);
        write.accept(writer);
        return ValueText.of(LogicalType.of(kind), writer.toRow(), 1);
    }
}
