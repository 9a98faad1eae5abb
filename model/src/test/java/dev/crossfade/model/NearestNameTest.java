package dev.crossfade.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestNameTest {
    private static final List<String> NAMES = List.of("email", "first_name", "last_name", "id", "created_at");

    @ParameterizedTest
    @CsvSource({
        "emial, email", // neighbours swapped
        "eMail, email",
        "emai, email",
        "e_mail, email",
        "frist_name, first_name",
        "firstname, first_name",
        "di, id"
    })
    void findsTheNameThatWasMeant(String seen, String meant) {
        assertThat(NearestName.of(seen, NAMES)).contains(meant);
    }

    @ParameterizedTest
    @CsvSource({"telephone", "zzzzz", "customer_number"})
    void isSilentWhenNothingIsNear(String seen) {
        assertThat(NearestName.of(seen, NAMES)).isEmpty();
        assertThat(NearestName.hint(seen, NAMES)).isEmpty();
    }

    @Test
    void isSilentWhenThereIsNothingToChooseFrom() {
        assertThat(NearestName.of("email", List.of())).isEmpty();
    }

    @Test
    void theHintIsAPhraseForAMessage() {
        assertThat(NearestName.hint("emial", NAMES)).isEqualTo("; did you mean 'email'?");
    }
}
