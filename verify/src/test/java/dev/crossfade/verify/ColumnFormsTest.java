package dev.crossfade.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.model.LogicalType;
import dev.crossfade.model.LogicalType.Kind;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the source's server writes, against what PostgreSQL writes for the same value or for another one. */
class ColumnFormsTest {
    @ParameterizedTest(name = "{0}: {1} is {2}")
    @CsvSource(
            quoteCharacter = '"',
            nullValues = "~",
            delimiter = '|',
            value = {
                "INT64 | ~ | ~",
                "INT64 | -9223372036854775808 | -9223372036854775808",
                "INT32 | 00042 | 42",
                "INT8 | 0 | 0",
                "UINT64 | 18446744073709551615 | 18446744073709551615",
                "YEAR | 0000 | 0",
                "YEAR | 2155 | 2155",
                "DECIMAL | 1.0 | 1.00",
                "DECIMAL | 00000000.71 | 0.71",
                "DECIMAL | .71 | 0.71",
                "DECIMAL | -0.00 | 0.00",
                "DECIMAL | 100 | 100.000",
                "DECIMAL | 12345678901234567890123456789012345.123456789012345678901234567890 "
                        + "| 12345678901234567890123456789012345.12345678901234567890123456789",
                "FLOAT32 | 0.10000000149011612 | 3dcccccd",
                "FLOAT32 | 123.45700073242188 | 42f6e9fc",
                "FLOAT32 | 3.4028234663852886e38 | 7f7fffff",
                "FLOAT32 | 1.401298464324817e-45 | 00000001",
                "FLOAT32 | -0 | 80000000",
                "FLOAT64 | 0.30000000000000004 | 3fd3333333333334",
                "FLOAT64 | 1.7976931348623157e308 | 7fefffffffffffff",
                "FLOAT64 | 5e-324 | 0000000000000001",
                "TEXT | \"\" | \"\"",
                "TEXT | \"abc \" | \"abc \"",
                "ENUM | \"\" | \"\"",
                "SET | x,y | x,y",
                "BOOL | 0 | false",
                "BOOL | 1 | true",
                "DATE | 9999-12-31 | 9999-12-31",
                "DATE | 0000-05-05 | ~",
                "DATE | 0000-00-00 | ~",
                "DATE | 2024-00-10 | ~",
                "DATE | 2024-10-00 | ~",
                "TIMESTAMP | 0018-01-19 17:17:17.123456 | 0018-01-19 17:17:17.123456",
                "TIMESTAMP | 2022-03-27 02:15:00.000 | 2022-03-27 02:15:00",
                "TIMESTAMP | 2022-03-27 02:15:00.120 | 2022-03-27 02:15:00.12",
                "TIMESTAMP | 0000-00-00 14:02:10 | ~",
                "TIMESTAMP | 0000-05-05 01:02:03.5 | ~",
                "INSTANT | 2038-01-19 03:14:07 | 2038-01-19 03:14:07+00",
                "INSTANT | 2024-01-01 00:00:00.100000 | 2024-01-01 00:00:00.1+00",
                "INSTANT | 0000-00-00 00:00:00.000000 | ~",
                "DURATION | 838:59:59 | 838:59:59",
                "DURATION | -838:59:59.500000 | -838:59:59.5",
                "DURATION | -00:00:00.000001 | -00:00:00.000001",
                "DURATION | -00:00:00 | 00:00:00",
                "DURATION | 25:12:22.10 | 25:12:22.1",
                "JSON | {\"b\":1.0,\"a\":2,\"a\":3} | {\"a\": 3, \"b\": 1.00}",
            })
    void sameValueHasOneForm(Kind kind, String onSource, String onTarget) {
        LogicalType type = new LogicalType(kind, 0, 0);

        assertThat(source(type, onSource)).isEqualTo(target(type, onTarget));
    }

    @ParameterizedTest(name = "{0}: {1} is not {2}")
    @CsvSource(
            quoteCharacter = '"',
            nullValues = "~",
            delimiter = '|',
            value = {
                "INT64 | 0 | ~",
                "INT64 | 1 | -1",
                "INT64 | 9007199254740993 | 9007199254740992",
                "DECIMAL | 1.0 | 10",
                "DECIMAL | 0.07 | 0.7",
                "DECIMAL | 12345678901234567890.1234 | 12345678901234567890.1235",
                "DECIMAL | 0 | NaN",
                "FLOAT32 | 0.10000000149011612 | 3dccccce",
                "FLOAT32 | 0 | 80000000",
                "FLOAT64 | 0 | 8000000000000000",
                "TEXT | \"\" | ~",
                "TEXT | abc | \"abc \"",
                "TEXT | abc | ABC",
                "TEXT | e\u0301 | \u00e9",
                "TEXT | ~ | NULL",
                "BOOL | 1 | false",
                "DATE | 0000-00-00 | 1970-01-01",
                "DATE | 2020-00-10 | 2019-12-10",
                "DATE | 9999-12-31 | infinity",
                "DATE | 0044-03-15 | \"0044-03-15 BC\"",
                "TIMESTAMP | 2022-03-27 02:15:00.123456 | 2022-03-27 02:15:00.123457",
                "DATE | 2023-02-30 | 2023-03-02",
                "TIMESTAMP | 0044-03-15 00:00:00 | \"0044-03-15 00:00:00 BC\"",
                "TIMESTAMP | 2022-03-27 02:15:00.123456 | 2022-03-27 02:15:00",
                "TIMESTAMP | 0018-01-19 17:17:17 | 2018-01-19 17:17:17",
                "TIMESTAMP | 0000-00-00 00:00:00 | 1970-01-01 00:00:00",
                "INSTANT | 2024-01-01 00:00:00 | 2024-01-01 01:00:00+00",
                "INSTANT | 2024-01-01 00:00:00 | 2024-01-01 00:00:00+01",
                "DURATION | 24:00:00 | 1 day",
                "DURATION | -01:00:00 | 01:00:00",
                "JSON | {\"a\":1} | {\"a\": \"1\"}",
                "JSON | null | ~",
            })
    void otherValueHasAnotherForm(Kind kind, String onSource, String onTarget) {
        LogicalType type = new LogicalType(kind, 0, 0);

        assertThat(source(type, onSource)).isNotEqualTo(target(type, onTarget));
    }

    @Test
    void bitsArePaddedToTheirLength() {
        LogicalType type = LogicalType.bit(11);

        assertThat(source(type, "1")).isEqualTo(target(type, "00000000001"));
        assertThat(source(type, "11100000100")).isEqualTo(target(type, "11100000100"));
        assertThat(source(type, "1")).isNotEqualTo(target(type, "10000000000"));
    }

    @Test
    void bytesComeAsTheyAreFromTheSourceAndAsHexFromTheTarget() {
        LogicalType type = LogicalType.bytes(0);
        byte[] all = new byte[256];
        StringBuilder hex = new StringBuilder();
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
            hex.append(String.format("%02x", i));
        }

        byte[] source = form(ColumnForms.source("c", type, "`c`").form(), all);

        assertThat(source).isEqualTo(target(type, hex.toString()));
        assertThat(source(type, "")).isEqualTo(target(type, "")).isNotEqualTo(target(type, null));
        assertThat(source(type, "AB")).isNotEqualTo(target(type, "41420000"));
    }

    @Test
    void columnsDoNotRunIntoEachOther() {
        CanonicalRow first = new CanonicalRow(2);
        CanonicalRow second = new CanonicalRow(2);
        ValueForm text = ColumnForms.source("c", LogicalType.text(0), "`c`").form();

        first.add(text, bytes("ab"));
        first.add(text, bytes("c"));
        second.add(text, bytes("a"));
        second.add(text, bytes("bc"));

        assertThat(Arrays.copyOf(first.array(), first.size()))
                .isNotEqualTo(Arrays.copyOf(second.array(), second.size()));
    }

    @Test
    void malformedValueEqualsOnlyItself() {
        LogicalType type = LogicalType.of(Kind.JSON);

        assertThat(source(type, "{\"a\":")).isEqualTo(target(type, "{\"a\":")).isNotEqualTo(target(type, "{}"));
    }

    private static byte[] source(LogicalType type, @Nullable String text) {
        return form(ColumnForms.source("c", type, "`c`").form(), text == null ? null : bytes(text));
    }

    private static byte[] target(LogicalType type, @Nullable String text) {
        return form(ColumnForms.target("c", type, "\"c\"").form(), text == null ? null : bytes(text));
    }

    private static byte[] form(ValueForm form, byte @Nullable [] value) {
        CanonicalRow row = new CanonicalRow(1);
        row.add(form, value);
        return Arrays.copyOf(row.array(), row.size());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
