package dev.crossfade.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ChildProcessTest {
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    @Test
    void killsItselfAtTheArrivalThatItsParentChose() {
        try (ChildProcess child = ChildProcess.running(ChildProgram.class)
                .systemProperty(KillingFaults.PROPERTY, "CAPTURE_AFTER_COMMIT:2")
                .environment("CROSSFADE_TEST_VARIABLE", "variable")
                .arguments("a", "b c")
                .start()) {

            int exit = child.awaitExit(DEADLINE);

            assertThat(exit).isEqualTo(ChildProcess.KILLED);
            assertThat(child.output()).containsExactly("given a,b c variable", "first arrival survived");
        }
    }

    @Test
    void isKilledFromOutsideAfterALine() {
        try (ChildProcess child =
                ChildProcess.running(ChildProgram.class).arguments("x").start()) {
            assertThat(child.awaitLine(line -> line.startsWith("second"), DEADLINE))
                    .isEqualTo("second arrival survived");
            assertThatThrownBy(() -> child.awaitLine(line -> line.equals("never"), Duration.ofMillis(50)))
                    .hasMessageContaining("second arrival survived");
            assertThat(child.isAlive()).isTrue();

            child.kill();

            assertThat(child.isAlive()).isFalse();
            assertThatThrownBy(() -> child.awaitLine(line -> line.equals("never"), DEADLINE))
                    .hasMessageContaining("ended");
        }
    }
}
