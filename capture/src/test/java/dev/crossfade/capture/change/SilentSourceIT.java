package dev.crossfade.capture.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.crossfade.model.Faults;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Collections;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** A source whose connections stay open and say nothing. */
class SilentSourceIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String TABLE = "create table t (id int primary key, name varchar(20))";
    /** Its first heartbeat comes after the server was stopped. */
    private static final CaptureTuning LATE_HEARTBEAT =
            new CaptureTuning(Duration.ofSeconds(3), 256, 8L << 20, Duration.ofMinutes(2));

    @AutoClose
    private static final CaptureFixture FIXTURE = new CaptureFixture();

    @Test
    void opensTheLogAnewWhenTheSourceFallsSilent() throws Exception {
        // Given
        CaptureFixture.Migration migration = FIXTURE.migration("silent", TABLE);
        try (ChangeCapture capture = migration.capture(migration.settings(CaptureFixture.QUICK, Faults.NONE, "t"))) {
            migration.execute("insert into t select seq, 'x' from seq_1_to_100");
            await().atMost(PATIENCE).until(() -> migration.changes().size() == 100);
            // When
            awaitRestartWhileServerStandsStill(capture);
            migration.execute("insert into t select seq, 'x' from seq_101_to_200");
            migration.markFence("end");
            // Then
            await().atMost(PATIENCE).until(() -> migration.isFenced("end"));
        }
        ChangeCaptureIT.assertEachRowOnce(migration, 200);
    }

    @Test
    void opensTheLogAnewWhenTheSourceFallsSilentBeforeTheFirstEvent() throws Exception {
        // Given
        CaptureFixture.Migration migration = FIXTURE.migration("unheard", TABLE);
        try (ChangeCapture capture = migration.capture(migration.settings(LATE_HEARTBEAT, Faults.NONE, "t"))) {
            migration.execute("insert into t select seq, 'x' from seq_1_to_100");
            await().atMost(PATIENCE).until(() -> migration.changes().size() == 100);
            Set<Long> before = FIXTURE.dumpThreads();
            FIXTURE.killDumpThreads();
            // When
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> isReadAnewSince(before));
            awaitRestartWhileServerStandsStill(capture);
            migration.execute("insert into t select seq, 'x' from seq_101_to_200");
            migration.markFence("end");
            // Then
            await().atMost(PATIENCE).until(() -> migration.isFenced("end"));
        }
        ChangeCaptureIT.assertEachRowOnce(migration, 200);
    }

    private static boolean isReadAnewSince(Set<Long> dumpThreads) {
        Set<Long> now = FIXTURE.dumpThreads();
        return !now.isEmpty() && Collections.disjoint(now, dumpThreads);
    }

    private static void awaitRestartWhileServerStandsStill(ChangeCapture capture) throws Exception {
        long before = capture.progress().restarts();
        signalServer("STOP");
        try {
            await().atMost(PATIENCE).until(() -> capture.progress().restarts() > before);
        } finally {
            signalServer("CONT");
        }
    }

    private static void signalServer(String signal) throws Exception {
        String process =
                Files.readString(FIXTURE.server.directory().resolve("pid")).strip();
        assertThat(new ProcessBuilder("kill", "-" + signal, process).start().waitFor())
                .isZero();
    }
}
