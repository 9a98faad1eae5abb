package dev.crossfade.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.verify.ValueForm.Outcome;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonFormTest {
    @ParameterizedTest(name = "{0} means {1}")
    @CsvSource(
            quoteCharacter = '\'',
            delimiter = '|',
            value = {
                "1.0 | 1.00",
                "1 | 1.0",
                "10 | 1e1",
                "100 | 1.00E+2",
                "0.00001 | 1e-5",
                "-0 | 0",
                "-0.0 | 0",
                "0e5 | 0",
                "18446744073709551616 | 1.8446744073709551616e19",
                "1e400 | 10e399",
                "[1, 932409834098324908234092834092834] | [1,932409834098324908234092834092834.0]",
                "{\"b\":1,\"a\":[true,null]} | { \"a\" : [ true , null ] , \"b\" : 1 }",
                "{\"a\":1,\"a\":2} | {\"a\":2}",
                "\"\\u00e9\\/\" | \"é/\"",
                "\"\\ud83c\\uddfa\" | \"🇺\"",
                "\"tab\\u0009\" | \"tab\\t\"",
            })
    void documentsOfOneMeaningHaveOneForm(String one, String other) {
        assertThat(form(one)).isEqualTo(form(other));
    }

    @ParameterizedTest(name = "{0} does not mean {1}")
    @CsvSource(
            quoteCharacter = '\'',
            delimiter = '|',
            value = {
                "9007199254740993 | 9007199254740992",
                "0.1 | 0.1000000000000000055511151231257827",
                "932409834098324908234092834092834 | 932409834098324908234092834092835",
                "1 | \"1\"",
                "1 | [1]",
                "[1,2] | [2,1]",
                "[1,23] | [12,3]",
                "{} | []",
                "null | \"null\"",
                "{\"a\":null} | {}",
                "{\"a\":1,\"b\":2} | {\"a\":2,\"b\":1}",
                "\"a\\\",\\\"b\" | \"a\\\\\",\\\\\"b\"",
                "\"\\ud83c\" | \"?\"",
                "\"é\" | \"e\\u0301\"",
            })
    void documentsOfTwoMeaningsHaveTwoForms(String one, String other) {
        assertThat(form(one)).isNotEqualTo(form(other));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{} {}", "nul", "NaN", "'a'", "[1,]"})
    void whatIsNoDocumentHasNoForm(String text) {
        Outcome outcome = JsonForm.append(text.getBytes(StandardCharsets.UTF_8), new FormBuffer());

        assertThat(outcome).isEqualTo(Outcome.MALFORMED);
    }

    @Test
    void numbersAsLongAsPostgresHoldsThemAreExact() {
        String digits = "7".repeat(131_072) + "." + "3".repeat(16_383);

        assertThat(form(digits)).isNotEqualTo(form(digits.substring(0, digits.length() - 1) + "4"));
    }

    private static String form(String json) {
        FormBuffer out = new FormBuffer();
        Outcome outcome = JsonForm.append(json.getBytes(StandardCharsets.UTF_8), out);
        // Whether it is a document or not, what was sent and what became of it decide.
        byte[] form = outcome == Outcome.VALUE
                ? Arrays.copyOf(out.array(), out.size())
                : ("malformed " + json).getBytes(StandardCharsets.UTF_8);
        return new String(form, StandardCharsets.UTF_8);
    }
}
