package dev.crossfade.capture;

import dev.crossfade.model.LogicalType;
import dev.crossfade.model.LogicalType.Kind;
import dev.crossfade.model.Row;
import dev.crossfade.model.Timestamps;
import dev.crossfade.model.codec.RowWriter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Every carried type of MariaDB: a SQL literal in, the bytes out that each reader of it must give. One table holds one column per
 * case, {@code c0}, {@code c1}, …, behind {@code id int}; row 1 holds the literals, row 2 only NULLs.
 */
public final class TypeFixture {

    /**
     * One value of one column.
     *
     * @param declaration the column's type
     * @param literal the value as SQL
     * @param type what the column must be found to mean
     * @param expected writes the value's bytes
     */
    public record Case(String declaration, String literal, LogicalType type, Consumer<RowWriter> expected) {}

    private static final List<Case> CASES = cases();

    private TypeFixture() {}

    /** The cases; the place of each is its column's number. */
    public static List<Case> all() {
        return CASES;
    }

    /** Statements that make and fill the table, to run in one session. */
    public static List<String> statements(String table) {
        String columns = IntStream.range(0, CASES.size())
                .mapToObj(i -> "c" + i + " " + CASES.get(i).declaration())
                .collect(Collectors.joining(",\n"));
        String literals = CASES.stream().map(Case::literal).collect(Collectors.joining(", "));
        return List.of(
                "set names utf8mb4",
                "set session sql_mode = '', time_zone = '+00:00'",
                "create table " + table + " (id int primary key,\n" + columns + ") engine=InnoDB character set utf8mb4",
                "insert into " + table + " values (1, " + literals + ")",
                "insert into " + table + " (id) values (2)");
    }

    /** The row that each reader must give. */
    public static Row expected(int id) {
        RowWriter writer = new RowWriter(4096);
        writer.startRow(1 + CASES.size());
        writer.writeInt32(id);
        for (Case type : CASES) {
            if (id == 1) {
                type.expected().accept(writer);
            } else {
                writer.writeNull();
            }
        }
        return writer.toRow();
    }

    private static List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        numbers(cases);
        texts(cases);
        bytes(cases);
        times(cases);
        others(cases);
        return List.copyOf(cases);
    }

    private static void numbers(List<Case> cases) {
        LogicalType int8 = LogicalType.of(Kind.INT8);
        LogicalType int16 = LogicalType.of(Kind.INT16);
        LogicalType int32 = LogicalType.of(Kind.INT32);
        LogicalType int64 = LogicalType.of(Kind.INT64);
        LogicalType uint64 = LogicalType.of(Kind.UINT64);
        cases.add(new Case("tinyint", "-128", int8, w -> w.writeInt16(-128)));
        cases.add(new Case("tinyint(1)", "2", int8, w -> w.writeInt16(2)));
        cases.add(new Case("tinyint unsigned", "255", int16, w -> w.writeInt16(255)));
        cases.add(new Case("smallint", "-32768", int16, w -> w.writeInt16(-32768)));
        cases.add(new Case("smallint unsigned", "65535", int32, w -> w.writeInt32(65535)));
        cases.add(new Case("mediumint", "-8388608", int32, w -> w.writeInt32(-8388608)));
        cases.add(new Case("mediumint unsigned", "16777215", int32, w -> w.writeInt32(16777215)));
        cases.add(new Case("int", "-2147483648", int32, w -> w.writeInt32(Integer.MIN_VALUE)));
        cases.add(new Case("int unsigned", "4294967295", int64, w -> w.writeInt64(4294967295L)));
        cases.add(new Case("int(5) zerofill", "42", int64, w -> w.writeInt64(42)));
        cases.add(new Case("bigint", "-9223372036854775808", int64, w -> w.writeInt64(Long.MIN_VALUE)));
        cases.add(new Case("bigint", "9223372036854775807", int64, w -> w.writeInt64(Long.MAX_VALUE)));
        cases.add(new Case("bigint unsigned", "18446744073709551615", uint64, w -> w.writeUnsigned64(-1)));
        cases.add(new Case("bigint unsigned", "0", uint64, w -> w.writeUnsigned64(0)));
        decimal(cases, 10, 2, "-1234.50");
        decimal(cases, 10, 2, "0.00");
        decimal(cases, 7, 3, "0.710");
        decimal(cases, 65, 30, "12345678901234567890123456789012345.123456789012345678901234567891");
        decimal(cases, 10, 0, "13");
        cases.add(new Case("decimal(8,3) zerofill", "13.5", LogicalType.decimal(8, 3), w -> decimal(w, "13.500")));
        LogicalType float32 = LogicalType.of(Kind.FLOAT32);
        LogicalType float64 = LogicalType.of(Kind.FLOAT64);
        cases.add(new Case("float", "16777217", float32, w -> w.writeFloat32(16777216f)));
        cases.add(new Case("float", "3.402823466E38", float32, w -> w.writeFloat32(3.4028235e38f)));
        cases.add(new Case("float", "1.175494351E-38", float32, w -> w.writeFloat32(1.17549435e-38f)));
        cases.add(new Case("float", "0.1", float32, w -> w.writeFloat32(0.1f)));
        cases.add(new Case("float(7,3)", "123.4567", float32, w -> w.writeFloat32(123.457f)));
        cases.add(new Case("double", "1.7976931348623157E308", float64, w -> w.writeFloat64(Double.MAX_VALUE)));
        cases.add(new Case("double", "0.1e0 + 0.2e0", float64, w -> w.writeFloat64(0.30000000000000004)));
        LogicalType year = LogicalType.of(Kind.YEAR);
        cases.add(new Case("year", "2155", year, w -> w.writeInt16(2155)));
        cases.add(new Case("year", "'0000'", year, w -> w.writeInt16(0)));
        LogicalType bool = LogicalType.of(Kind.BOOL);
        cases.add(new Case("bit(1)", "b'1'", bool, w -> w.writeBool(true)));
        cases.add(new Case("bit(1)", "b'0'", bool, w -> w.writeBool(false)));
        cases.add(new Case("bit(8)", "b'10000001'", LogicalType.bit(8), w -> w.writeBit(8, 0x81)));
        cases.add(new Case("bit(11)", "b'11100000100'", LogicalType.bit(11), w -> w.writeBit(11, 0x704)));
        cases.add(new Case("bit(64)", "18446744073709551615", LogicalType.bit(64), w -> w.writeBit(64, -1)));
        cases.add(new Case("bit(64)", "b'1'", LogicalType.bit(64), w -> w.writeBit(64, 1)));
    }

    private static void decimal(List<Case> cases, int precision, int scale, String value) {
        cases.add(new Case(
                "decimal(" + precision + "," + scale + ")",
                value,
                LogicalType.decimal(precision, scale),
                w -> decimal(w, value)));
    }

    private static void decimal(RowWriter writer, String value) {
        writer.writeDecimal(new BigDecimal(value));
    }

    private static void texts(List<Case> cases) {
        text(cases, "char(10)", 10, "'ab  '", "ab");
        text(cases, "varchar(50)", 50, "'ab  '", "ab  ");
        text(cases, "varchar(50)", 50, "'grüße 😀 \\t\\n'", "grüße 😀 \t\n");
        text(cases, "varchar(50)", 50, "''", "");
        text(cases, "varchar(20) character set latin1", 20, "'€ŸÜ'", "€ŸÜ");
        text(cases, "varchar(20) character set latin1", 20, "x'80819f'", "\u20ac\u0081\u0178");
        text(cases, "varchar(20) character set cp1251", 20, "'Жя'", "Жя");
        text(cases, "varchar(20) character set utf8mb3", 20, "'é€'", "é€");
        text(cases, "varchar(20) character set utf16", 20, "'é😀'", "é😀");
        text(cases, "varchar(20) character set sjis", 20, "'テスト'", "テスト");
        text(cases, "tinytext", 0, "'t'", "t");
        text(cases, "text", 0, "repeat('x', 65535)", "x".repeat(65535));
        text(cases, "mediumtext", 0, "repeat('ü', 100000)", "ü".repeat(100_000));
        text(cases, "longtext character set latin1", 0, "'lönger'", "lönger");
        LogicalType label = LogicalType.of(Kind.ENUM);
        cases.add(new Case("enum('a','it''s','x,y')", "'it''s'", label, w -> w.writeText("it's")));
        cases.add(new Case("enum('a','it''s','x,y')", "'x,y'", label, w -> w.writeText("x,y")));
        cases.add(new Case("enum('a','x\\\\,y')", "'x\\\\,y'", label, w -> w.writeText("x\\,y")));
        cases.add(new Case("enum('a','b')", "'nonsense'", label, w -> w.writeText("")));
        cases.add(new Case("enum('ä','ö') character set latin1", "'ö'", label, w -> w.writeText("ö")));
        LogicalType labels = LogicalType.of(Kind.SET);
        cases.add(new Case("set('r','g','b c')", "'b c,r'", labels, w -> w.writeText("r,b c")));
        cases.add(new Case("set('r','g')", "''", labels, w -> w.writeText("")));
    }

    private static void text(List<Case> cases, String declaration, int characters, String literal, String value) {
        cases.add(new Case(declaration, literal, LogicalType.text(characters), w -> w.writeText(value)));
    }

    private static void bytes(List<Case> cases) {
        bytes(cases, "binary(4)", 4, "x'01000000'", 1, 0, 0, 0);
        bytes(cases, "binary(4)", 4, "x'01'", 1, 0, 0, 0);
        bytes(cases, "varbinary(8)", 8, "x'00ff00'", 0, 0xff, 0);
        bytes(cases, "varchar(8) character set binary", 8, "x'ff20'", 0xff, 0x20);
        bytes(cases, "tinyblob", 0, "x''");
        bytes(cases, "blob", 0, "x'000102'", 0, 1, 2);
        bytes(cases, "longblob", 0, "x'80'", 0x80);
    }

    private static void bytes(List<Case> cases, String declaration, int length, String literal, int... value) {
        byte[] bytes = new byte[value.length];
        for (int i = 0; i < value.length; i++) {
            bytes[i] = (byte) value[i];
        }
        cases.add(new Case(declaration, literal, LogicalType.bytes(length), w -> w.writeBytes(bytes, 0, bytes.length)));
    }

    private static void times(List<Case> cases) {
        LogicalType date = LogicalType.of(Kind.DATE);
        date(cases, "0001-01-01");
        date(cases, "1970-01-01");
        date(cases, "1999-12-31");
        date(cases, "2000-02-29");
        date(cases, "2100-02-28");
        date(cases, "9999-12-31");
        cases.add(new Case("date", "'0000-00-00'", date, RowWriter::writeNull));
        cases.add(new Case("date", "'2024-00-10'", date, RowWriter::writeNull));
        cases.add(new Case("date", "'2024-10-00'", date, RowWriter::writeNull));
        timestamp(cases, "datetime", 0, "1000-01-01 00:00:00");
        timestamp(cases, "datetime(3)", 3, "2024-02-29 12:34:56.789");
        timestamp(cases, "datetime(6)", 6, "9999-12-31 23:59:59.999999");
        timestamp(cases, "datetime(6)", 6, "0018-03-01 00:00:00.000001");
        LogicalType timestamp = LogicalType.temporal(Kind.TIMESTAMP, 0);
        cases.add(new Case("datetime", "'0000-00-00 00:00:00'", timestamp, RowWriter::writeNull));
        cases.add(new Case("datetime", "'2024-00-10 01:02:03'", timestamp, RowWriter::writeNull));
        instant(cases, "timestamp null", 0, "1970-01-01 00:00:01");
        instant(cases, "timestamp(6) null", 6, "2024-03-31 02:30:00.123456");
        instant(cases, "timestamp(3) null", 3, "2038-01-19 03:14:07.999");
        cases.add(new Case(
                "timestamp null",
                "'0000-00-00 00:00:00'",
                LogicalType.temporal(Kind.INSTANT, 0),
                RowWriter::writeNull));
        duration(cases, 0, "838:59:59", 3_020_399_000_000L);
        duration(cases, 0, "-838:59:59", -3_020_399_000_000L);
        duration(cases, 0, "00:00:00", 0);
        duration(cases, 6, "-00:00:00.000001", -1);
        duration(cases, 3, "26:00:00.500", 93_600_500_000L);
    }

    private static void date(List<Case> cases, String value) {
        cases.add(new Case(
                "date",
                "'" + value + "'",
                LogicalType.of(Kind.DATE),
                w -> w.writeDate(Timestamps.days(LocalDate.parse(value)))));
    }

    private static void timestamp(List<Case> cases, String declaration, int digits, String value) {
        cases.add(moment(declaration, LogicalType.temporal(Kind.TIMESTAMP, digits), value));
    }

    private static void instant(List<Case> cases, String declaration, int digits, String value) {
        cases.add(moment(declaration, LogicalType.temporal(Kind.INSTANT, digits), value));
    }

    private static Case moment(String declaration, LogicalType type, String value) {
        long micros = Timestamps.micros(LocalDateTime.parse(value.replace(' ', 'T')));
        return new Case(declaration, "'" + value + "'", type, w -> w.writeMicros(micros));
    }

    private static void duration(List<Case> cases, int digits, String value, long micros) {
        cases.add(new Case(
                digits == 0 ? "time" : "time(" + digits + ")",
                "'" + value + "'",
                LogicalType.temporal(Kind.DURATION, digits),
                w -> w.writeDuration(micros)));
    }

    private static void others(List<Case> cases) {
        String document = "{\"a\": [1, 2.50, \"ü\"], \"b\":null}";
        byte[] json = document.getBytes(StandardCharsets.UTF_8);
        cases.add(new Case(
                "json", "'" + document + "'", LogicalType.of(Kind.JSON), w -> w.writeJson(json, 0, json.length)));
        cases.add(new Case(
                "int generated always as (if(id = 1, 2, null)) stored",
                "default",
                LogicalType.of(Kind.INT32),
                w -> w.writeInt32(2)));
    }
}
