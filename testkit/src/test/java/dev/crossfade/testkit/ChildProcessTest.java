package dev.crossfade.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
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

    @Test
    void standsStillUntilItIsToldToGoOn() throws IOException {
        try (ChildProcess child =
                ChildProcess.running(ChildProgram.class).arguments("x").start()) {
            String running = stateOf(child);

            child.suspend();
            awaitState(child, "T"::equals);
            child.resume();
            awaitState(child, state -> !state.equals("T"));

            assertThat(running).isNotEqualTo("T");
            assertThat(child.isAlive()).isTrue();
        }
    }

    private static void awaitState(ChildProcess child, Predicate<String> wanted) throws IOException {
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        while (!wanted.test(stateOf(child))) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
        }
    }

    /** One letter; see proc_pid_stat(5). */
    private static String stateOf(ChildProcess child) throws IOException {
        String status = Files.readString(Path.of("/proc", Long.toString(child.pid()), "stat"));
        return status.substring(status.lastIndexOf(')') + 2).substring(0, 1);
    }
}
