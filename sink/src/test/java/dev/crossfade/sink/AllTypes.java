package dev.crossfade.sink;

import static dev.crossfade.sink.TestPlans.column;

import dev.crossfade.model.LogicalType;
import dev.crossfade.model.LogicalType.Kind;
import dev.crossfade.model.Row;
import dev.crossfade.model.Table;
import dev.crossfade.model.TableId;
import dev.crossfade.model.Timestamps;
import dev.crossfade.model.codec.RowWriter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.List;

/** One column of every kind; what is encoded and how PostgreSQL shows it. */
final class AllTypes {
    static final TableId ID = new TableId("public", "All \"Types\"");

    static final Table TABLE = TestPlans.table(
            ID,
            List.of("k"),
            column("k", LogicalType.of(Kind.INT32), false),
            column("select", LogicalType.of(Kind.BOOL), true),
            column("i8", LogicalType.of(Kind.INT8), true),
            column("i16", LogicalType.of(Kind.INT16), true),
            column("i64", LogicalType.of(Kind.INT64), true),
            column("u64", LogicalType.of(Kind.UINT64), true),
            column("dec", LogicalType.decimal(65, 30), true),
            column("f32", LogicalType.of(Kind.FLOAT32), true),
            column("f64", LogicalType.of(Kind.FLOAT64), true),
            column("v", LogicalType.text(20), true),
            column("t", LogicalType.text(0), true),
            column("b", LogicalType.bytes(16), true),
            column("d", LogicalType.of(Kind.DATE), true),
            column("ti", LogicalType.temporal(Kind.TIME, 6), true),
            column("du", LogicalType.temporal(Kind.DURATION, 6), true),
            column("ts", LogicalType.temporal(Kind.TIMESTAMP, 6), true),
            column("tz", LogicalType.temporal(Kind.INSTANT, 3), true),
            column("y", LogicalType.of(Kind.YEAR), true),
            column("bi", LogicalType.bit(10), true),
            column("e", LogicalType.of(Kind.ENUM), true),
            column("s", LogicalType.of(Kind.SET), true),
            column("j", LogicalType.of(Kind.JSON), true));

    static final String TEXT = "1|t|-128|-32768|9223372036854775807|18446744073709551615"
            + "|12345678901234567890123456789012345.000000000000000000000000000001|1.6777216e+07|0.1|grün ☃|"
            + "tab\there|\\x00ff10|0018-02-03|23:59:59.999999|-838:59:59.999999|2024-02-29 12:00:00.123456"
            + "|1970-01-01 00:00:01.5+00|2155|1000000001|big|a,b|{\"a\": [1, 2.50, \"ü\"]}";

    private AllTypes() {}

    static Row values(int key) {
        RowWriter writer = new RowWriter(512);
        writer.startRow(TABLE.columns().size());
        writer.writeInt32(key);
        writer.writeBool(true);
        writer.writeInt16(-128);
        writer.writeInt16(Short.MIN_VALUE);
        writer.writeInt64(Long.MAX_VALUE);
        writer.writeDecimal(new BigDecimal("18446744073709551615"));
        writer.writeDecimal(new BigDecimal("12345678901234567890123456789012345.000000000000000000000000000001"));
        writer.writeFloat32(1.6777216e7f);
        writer.writeFloat64(0.1);
        writer.writeText("grün ☃");
        writer.writeText("tab\there");
        writer.writeBytes(new byte[] {0, (byte) 0xff, 16}, 0, 3);
        writer.writeDate(Timestamps.days(LocalDate.of(18, 2, 3)));
        writer.writeMicros(86_399_999_999L);
        writer.writeDuration(-3_020_399_999_999L);
        writer.writeMicros(Timestamps.micros(LocalDateTime.of(2024, 2, 29, 12, 0, 0, 123_456_000)));
        writer.writeMicros(Timestamps.micros(LocalDateTime.of(1970, 1, 1, 0, 0, 1, 500_000_000)));
        writer.writeInt16(2155);
        writer.writeBit(10, 0b10_0000_0001);
        writer.writeText("big");
        writer.writeText("a,b");
        byte[] json = "{\"a\":[1,2.50,\"ü\"]}".getBytes(StandardCharsets.UTF_8);
        writer.writeJson(json, 0, json.length);
        return writer.toRow();
    }

    static Row nulls(int key) {
        RowWriter writer = new RowWriter(512);
        writer.startRow(TABLE.columns().size());
        writer.writeInt32(key);
        for (int i = 1; i < TABLE.columns().size(); i++) {
            writer.writeNull();
        }
        return writer.toRow();
    }
}
