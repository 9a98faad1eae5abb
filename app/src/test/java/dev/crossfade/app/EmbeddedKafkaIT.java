package dev.crossfade.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.app.command.EmbeddedKafka;
import dev.crossfade.model.ErrorKind;
import dev.crossfade.pipeline.KafkaSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class EmbeddedKafkaIT {
    @Test
    void tellsThatTheMachineDiedUnderItAndNeverForgetsIt(@TempDir Path home) throws IOException {
        try (KafkaSource.Session first = new EmbeddedKafka(home).open()) {
            assertThat(first.doubts()).isEmpty();
        }
        Files.writeString(home.resolve("life"), "state=running\nboot=an earlier boot of this machine\n");

        try (KafkaSource.Session second = new EmbeddedKafka(home).open()) {
            assertThat(second.doubts()).singleElement().satisfies(problem -> {
                assertThat(problem.kind()).isEqualTo(ErrorKind.TRANSFORM);
                assertThat(problem.code()).isEqualTo("LOG-MACHINE-DIED");
                assertThat(problem.subject()).contains(home.toString());
                assertThat(problem.remedy()).contains("begin anew").contains("crossfade abort");
            });
        }
        try (KafkaSource.Session third = new EmbeddedKafka(home).open()) {
            assertThat(third.doubts()).hasSize(1);
        }
    }
}
