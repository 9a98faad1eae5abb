package dev.crossfade.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.model.Column;
import dev.crossfade.model.LogicalType;
import dev.crossfade.model.LogicalType.Kind;
import dev.crossfade.model.Row;
import dev.crossfade.model.codec.RowWriter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RowTextsTest {
    @Test
    void showsEveryKindInCanonicalForm() {
        RowWriter writer = new RowWriter(64);
        writer.startRow(18);
        writer.writeBool(true);
        writer.writeInt16(-7);
        writer.writeInt32(70_000);
        writer.writeInt64(-5_000_000_000L);
        writer.writeUnsigned64(-1);
        writer.writeDecimal(new BigDecimal("-12345678901234567890.1200"));
        writer.writeDecimal(new BigDecimal("0.00012300"));
        writer.writeDecimal(new BigDecimal("1000000"));
        writer.writeFloat32(1.1f);
        writer.writeFloat64(0.1 + 0.2);
        writer.writeText("O'Neil");
        writer.writeBytes(new byte[] {0, (byte) 255}, 0, 2);
        writer.writeDate((int) (LocalDate.of(1582, 10, 10).toEpochDay()
                - LocalDate.of(2000, 1, 1).toEpochDay()));
        writer.writeMicros(-1);
        writer.writeMicros(1_500_000);
        writer.writeDuration(-3_020_399_999_999L);
        writer.writeBit(11, 0b11100000100);
        byte[] json = "{\"b\":1.50,\"a\":[null]}".getBytes(StandardCharsets.UTF_8);
        writer.writeJson(json, 0, json.length);
        Row row = writer.toRow();
        List<Column> columns = Stream.of(
                        Kind.BOOL,
                        Kind.INT16,
                        Kind.INT32,
                        Kind.INT64,
                        Kind.UINT64,
                        Kind.DECIMAL,
                        Kind.DECIMAL,
                        Kind.DECIMAL,
                        Kind.FLOAT32,
                        Kind.FLOAT64,
                        Kind.TEXT,
                        Kind.BYTES,
                        Kind.DATE,
                        Kind.TIMESTAMP,
                        Kind.INSTANT,
                        Kind.DURATION,
                        Kind.BIT,
                        Kind.JSON)
                .map(kind -> new Column(kind.name(), LogicalType.of(kind), true, ""))
                .toList();

        assertThat(RowTexts.of(columns, row))
                .containsExactly(
                        "1",
                        "-7",
                        "70000",
                        "-5000000000",
                        "18446744073709551615",
                        "-12345678901234567890.12",
                        "0.000123",
                        "1000000",
                        "3f8ccccd(1.1)",
                        "3fd3333333333334(0.30000000000000004)",
                        "'O''Neil'",
                        "x'00ff'",
                        "1582-10-10",
                        "1999-12-31 23:59:59.999999",
                        "2000-01-01 00:00:01.500000Z",
                        "-3020399999999",
                        "1796",
                        "json:{'a':[null],'b':1.5}");
    }
}
