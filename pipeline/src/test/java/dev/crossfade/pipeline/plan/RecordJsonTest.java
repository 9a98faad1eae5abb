package dev.crossfade.pipeline.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RecordJsonTest {
    enum Colour {
        RED,
        BLUE
    }

    record Inner(Colour colour, boolean shines) {}

    record Outer(
            String name, int small, long large, List<Inner> inners, Optional<String> there, Optional<Inner> absent) {}

    private static final Outer OUTER = new Outer(
            "größe \"1\"",
            -7,
            1L << 60,
            List.of(new Inner(Colour.BLUE, true), new Inner(Colour.RED, false)),
            Optional.of("x"),
            Optional.empty());

    @Test
    void whatWasWrittenIsReadAsItWas() {
        assertThat(RecordJson.read(RecordJson.write(OUTER), Outer.class)).isEqualTo(OUTER);
    }

    @Test
    void whatIsMissingOrOfAnotherKindIsNotGuessed() {
        String text = RecordJson.write(OUTER);

        assertThatThrownBy(() -> RecordJson.read(text.replace("\"small\"", "\"tiny\""), Outer.class))
                .hasMessageContaining("no small of");
        assertThatThrownBy(() -> RecordJson.read(text.replace("BLUE", "GREEN"), Outer.class))
                .hasMessageContaining("Colour");
        assertThatThrownBy(() -> RecordJson.read(text.replace("-7", "\"-7\""), Outer.class))
                .hasMessageContaining("no int in STRING");
    }
}
