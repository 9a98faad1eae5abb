package dev.crossfade.capture.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.crossfade.capture.change.Ownership.State;
import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.Faults;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Two processes that capture one migration: the one that it does not belong to any more ends, and leaves the other alone. */
class TakenOverIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String TABLE = "create table t (id int primary key, name varchar(20))";

    @AutoClose
    private static CaptureFixture fixture;

    @BeforeAll
    static void startServers() {
        fixture = new CaptureFixture();
    }

    /** Fails where a new producer is opened without asking: it ends that of the process that has taken over. */
    @Test
    void whoeverWasReplacedEndsAndDisturbsNobody() throws Exception {
        // Given
        CaptureFixture.Migration migration = fixture.migration("replaced", TABLE);
        CaptureSettings settings = migration.settings(CaptureFixture.QUICK, Faults.NONE, "t");
        AtomicBoolean isReplaced = new AtomicBoolean();
        try (ChangeCapture first = migration.capture(
                migration.settings(() -> isReplaced.get() ? State.TAKEN_OVER : State.OURS, settings))) {
            isReplaced.set(true);
            // When
            try (ChangeCapture second = migration.capture(settings)) {
                migration.execute("insert into t select seq, 'x' from seq_1_to_100");
                migration.markFence("end");
                await().atMost(PATIENCE).until(() -> migration.isFenced("end"));
                endByItsNextTransaction(migration, first);
                // Then
                assertThat(first.failure().get().kind()).isEqualTo(ErrorKind.TRANSFORM);
                assertThat(first.failure().get()).hasMessageContaining("another process captures");
                migration.execute("insert into t select seq, 'x' from seq_101_to_200");
                migration.markFence("behind");
                await().atMost(PATIENCE).until(() -> migration.isFenced("behind"));
                assertThat(second.progress().restarts()).isZero();
                assertThat(second.failure()).isNotDone();
            }
        }
        ChangeCaptureIT.assertEachRowOnce(migration, 200);
    }

    /** One that was replaced right after it had looked opens a producer all the same. Fails where the owner ends of it. */
    @Test
    void theOwnerOpensAnotherProducerWhenItsOwnWasEnded() throws Exception {
        // Given
        CaptureFixture.Migration migration = fixture.migration("disturbed", TABLE);
        CaptureSettings settings = migration.settings(CaptureFixture.QUICK, Faults.NONE, "t");
        try (ChangeCapture owner = migration.capture(settings)) {
            migration.execute("insert into t select seq, 'x' from seq_1_to_100");
            // When
            openAnother(settings);
            migration.execute("insert into t select seq, 'x' from seq_101_to_200");
            migration.markFence("end");
            // Then
            await().atMost(PATIENCE).until(() -> migration.isFenced("end"));
            assertThat(owner.progress().restarts()).isPositive();
            assertThat(owner.failure()).isNotDone();
        }
        ChangeCaptureIT.assertEachRowOnce(migration, 200);
    }

    /** As with two targets that share a Kafka and the migration's name. Fails where the owner opens producers without end. */
    @Test
    void anOwnerWhoseProducersAreEndedAgainAndAgainEnds() throws Exception {
        // Given
        CaptureFixture.Migration migration = fixture.migration("twice", TABLE);
        CaptureSettings settings = migration.settings(CaptureFixture.QUICK, Faults.NONE, "t");
        try (ChangeCapture owner = migration.capture(settings)) {
            // When
            for (int times = 0; times < 20 && !owner.failure().isDone(); times++) {
                openAnother(settings);
                String next = "next" + times;
                await().atMost(PATIENCE).until(() -> {
                    migration.markFence(next);
                    return migration.isFenced(next) || owner.failure().isDone();
                });
            }
            // Then
            assertThat(owner.failure()).isDone();
            assertThat(owner.failure().get()).hasMessageContaining("another process captures");
        }
    }

    /** The target may be out of reach for a moment. Fails where that counts as being replaced. */
    @Test
    void asksAgainWhereNobodyKnows() throws Exception {
        // Given
        CaptureFixture.Migration migration = fixture.migration("unknown", TABLE);
        CaptureSettings settings = migration.settings(CaptureFixture.QUICK, Faults.NONE, "t");
        Iterator<State> answers =
                List.of(State.UNKNOWN, State.UNKNOWN, State.OURS).iterator();
        // When
        try (ChangeCapture capture = migration.capture(migration.settings(answers::next, settings))) {
            // Then
            assertThat(capture.progress().restarts()).isEqualTo(2);
        }
        assertThat(answers).isExhausted();
    }

    private static void openAnother(CaptureSettings settings) {
        try (ChangeLog other = new ChangeLog(settings.topics().captureTransactionalId(), settings.kafka())) {
            other.open();
        }
    }

    private static void endByItsNextTransaction(CaptureFixture.Migration migration, ChangeCapture capture) {
        await().atMost(PATIENCE).until(() -> {
            migration.markFence("again");
            return capture.failure().isDone();
        });
    }
}
