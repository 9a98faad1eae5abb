package dev.crossfade.model.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.crossfade.model.ValueException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NumericTest {
    /** Printed by PostgreSQL 18: {@code select encode(numeric_send('123.4'::numeric), 'hex')}. */
    @ParameterizedTest
    @CsvSource({
        "0, 0000000000000000",
        "0.00, 0000000000000002",
        "-0.0, 0000000000000001",
        "1, 00010000000000000001",
        "-1, 00010000400000000001",
        "10, 0001000000000000000a",
        "9999, 0001000000000000270f",
        "10000, 00010001000000000001",
        "10001, 000200010000000000010001",
        "100000000, 00010002000000000001",
        "1.5, 000200000000000100011388",
        "-1.50, 000200004000000200011388",
        "0.1, 0001ffff0000000103e8",
        "0.0001, 0001ffff000000040001",
        "0.00001, 0001fffe0000000503e8",
        "0.00010, 0001ffff000000050001",
        "0.50000, 0001ffff000000051388",
        "12345.6789, 0003000100000004000109291a85",
        "12345.67890, 0003000100000005000109291a85",
        "10000.0001, 0003000100000004000100000001",
        "100000000.00000001, 000500020000000800010000000000000001",
        "20000000000, 000100020000000000c8",
        "1234567890.0987654321, 000600020000000a000c0d801ed203db198f0834",
        "9223372036854775808, 0005000400000000039a0d2c0170156516b0",
        "18446744073709551615, 000500040000000007341a5802e103bb064f",
        "99999999999999999999999999999999999.999999999999999999999999999999,"
                + " 001100080000001e03e7270f270f270f270f270f270f270f270f270f270f270f270f270f270f270f26ac",
        "-0.000000000000000000000000000001, 0001fff84000001e0064"
    })
    void writesTheBytesOfPostgres(String text, String hex) {
        assertThat(HexFormat.of().formatHex(encoded(text))).isEqualTo(hex);
    }

    @ParameterizedTest
    @CsvSource({"+7, 7", "007, 7", ".71, 0.71", "-.5, -0.5", "7., 7", "00000.00000, 0.00000", "0000010000, 10000"})
    void takesEveryPlainSpellingOfANumber(String text, String canonical) {
        assertThat(encoded(text)).isEqualTo(encoded(canonical));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "-", "+", ".", "-.", "1e5", "NaN", "1.2.3", "--1", "1-", " 1", "1 ", "0x10", "1,5", "１"})
    void refusesWhatIsNotAPlainNumberAndAppendsNothing(String text) {
        RowWriter writer = new RowWriter(64);
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> writer.writeDecimal(utf8, 0, utf8.length)).isInstanceOf(ValueException.class);

        assertThat(writer.size()).isZero();
    }

    @Test
    void readsOnlyTheGivenPartOfTheText() {
        RowWriter writer = new RowWriter(64);

        writer.writeDecimal("xx-12.5yy".getBytes(StandardCharsets.US_ASCII), 2, 5);

        assertThat(withoutLength(writer)).isEqualTo(encoded("-12.5"));
    }

    @Test
    void aRandomNumberComesBackWithItsScaleFromEitherSpelling() {
        long seed = 20_261_120;
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            BigInteger unscaled = new BigInteger(random.nextInt(220), random);
            if (random.nextInt(8) == 0) {
                unscaled = unscaled.multiply(BigInteger.TEN.pow(random.nextInt(20))); // trailing zero digits
            }
            BigDecimal number = new BigDecimal(random.nextBoolean() ? unscaled : unscaled.negate(), random.nextInt(39));

            RowWriter fromNumber = new RowWriter(16);
            fromNumber.writeDecimal(number);

            assertThat(Numeric.decode(withoutLength(fromNumber)))
                    .as("seed %s, run %s", seed, i)
                    .isEqualTo(number);
            assertThat(encoded(number.toPlainString()))
                    .as("seed %s, run %s", seed, i)
                    .isEqualTo(withoutLength(fromNumber));
        }
    }

    @Test
    void aNegativeScaleIsWrittenAsZero() {
        RowWriter writer = new RowWriter(16);

        writer.writeDecimal(new BigDecimal("12E+3"));

        assertThat(Numeric.decode(withoutLength(writer))).isEqualTo(new BigDecimal("12000"));
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1", "9223372036854775807, 9223372036854775807", "-1, 18446744073709551615"})
    void unsigned64IsWrittenFromItsBits(long bits, String number) {
        RowWriter writer = new RowWriter(16);

        writer.writeUnsigned64(bits);

        assertThat(withoutLength(writer)).isEqualTo(encoded(number));
    }

    private static byte[] encoded(String text) {
        RowWriter writer = new RowWriter(16);
        byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
        writer.writeDecimal(ascii, 0, ascii.length);
        return withoutLength(writer);
    }

    private static byte[] withoutLength(RowWriter writer) {
        return Arrays.copyOfRange(writer.array(), Integer.BYTES, writer.size());
    }
}
