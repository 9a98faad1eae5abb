package dev.crossfade.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LifeMarkTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);

    private final Path directory;

    LifeMarkTest(@TempDir Path directory) {
        this.directory = directory;
    }

    private LifeMark begin(String bootId) throws IOException {
        return LifeMark.begin(directory, true, bootId, CLOCK);
    }

    @Test
    void aNewDirectoryIsNotSuspect() throws IOException {
        assertThat(LifeMark.begin(directory, false, "boot 1", CLOCK).suspectSince())
                .isEmpty();
    }

    @Test
    void theDeathOfTheProcessAloneIsNotSuspect() throws IOException {
        LifeMark.begin(directory, false, "boot 1", CLOCK);

        assertThat(begin("boot 1").suspectSince()).isEmpty();
        assertThat(begin("boot 1").suspectSince()).isEmpty();
    }

    @Test
    void aCleanStopMayBeFollowedByAnotherBoot() throws IOException {
        LifeMark.begin(directory, false, "boot 1", CLOCK).end();

        assertThat(begin("boot 2").suspectSince()).isEmpty();
    }

    @Test
    void anotherBootWithoutACleanStopIsSuspectForEver() throws IOException {
        LifeMark.begin(directory, false, "boot 1", CLOCK);

        LifeMark second = begin("boot 2");
        assertThat(second.suspectSince()).contains(NOW);
        second.end();

        LifeMark third = LifeMark.begin(directory, true, "boot 2", Clock.systemUTC());
        assertThat(third.suspectSince()).contains(NOW);
    }

    @Test
    void recordsThatWereRemovedTakeTheSuspicionWithThem() throws IOException {
        LifeMark.begin(directory, false, "boot 1", CLOCK);
        begin("boot 2");

        assertThat(LifeMark.begin(directory, false, "boot 2", CLOCK).suspectSince())
                .isEmpty();
    }

    @Test
    void aMarkThatWasTakenAwayIsSuspect() throws IOException {
        LifeMark.begin(directory, false, "boot 1", CLOCK).end();
        Files.delete(directory.resolve("life"));

        assertThat(begin("boot 1").suspectSince()).contains(NOW);
    }

    @Test
    void withoutABootIdTheProcessIsTakenToHaveDiedAlone() throws IOException {
        LifeMark.begin(directory, false, "", CLOCK);

        assertThat(begin("").suspectSince()).isEmpty();
    }
}
