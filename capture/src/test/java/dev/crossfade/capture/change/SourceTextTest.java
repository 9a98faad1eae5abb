package dev.crossfade.capture.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourceTextTest {
    @ParameterizedTest
    @CsvSource({
        "latin1,   80,       €", // as MySQL has it, not as ISO does
        "latin1,   e9,       é",
        "latin1,   9f,       Ÿ",
        "cp1251,   c6ff,     Жя",
        "utf16,    00fc20ac, ü€",
        "sjis,     93fa,     日",
        "gbk,      d6d0,     中",
        "utf8mb4,  f09f9880, 😀",
        "koi8r,    d6,       ж",
    })
    void decodes(String characterSet, String bytes, String text) throws Exception {
        byte[] utf8 =
                SourceText.of(characterSet).orElseThrow().utf8(HexFormat.of().parseHex(bytes));
        assertThat(new String(utf8, StandardCharsets.UTF_8)).isEqualTo(text);
    }

    @Test
    void keepsTheFiveBytesThatWindowsLeavesFree() throws Exception {
        byte[] free = HexFormat.of().parseHex("818d8f909d");
        String text = new String(SourceText.of("latin1").orElseThrow().utf8(free), StandardCharsets.UTF_8);
        assertThat(text).isEqualTo("\u0081\u008d\u008f\u0090\u009d");
    }

    @Test
    void refusesBytesThatAreNoText() {
        byte[] broken = HexFormat.of().parseHex("81");
        assertThatThrownBy(() -> SourceText.of("gbk").orElseThrow().utf8(broken))
                .isInstanceOf(CharacterCodingException.class);
    }

    @Test
    void doesNotGuessAnUnknownCharacterSet() {
        assertThat(SourceText.of("filename")).isEmpty();
    }
}
