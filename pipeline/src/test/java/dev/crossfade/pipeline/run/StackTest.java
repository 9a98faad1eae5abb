package dev.crossfade.pipeline.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.MigrationException;
import dev.crossfade.pipeline.KafkaSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StackTest {
    private final List<String> closed = new CopyOnWriteArrayList<>();
    private final CountDownLatch answer = new CountDownLatch(1);
    private final Kafka kafka = new Kafka();

    @AfterEach
    void letAllEnd() {
        answer.countDown();
    }

    @Test
    void leavesBehindWhatWaitsForAKafkaThatHasGivenUpAndClosesTheRestInOrder() {
        Stack stack = stackWithAPartThatWaitsForAnAnswer();
        kafka.failure.complete(gaveUp());

        stack.close();

        assertThat(closed).containsExactly("after", "between", "Kafka", "before");
        answer.countDown();
    }

    @Test
    void waitsForWhatWaitsForAKafkaThatLives() throws InterruptedException {
        Stack stack = stackWithAPartThatWaitsForAnAnswer();
        Thread closing = new Thread(stack::close);

        closing.start();
        while (closing.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        answer.countDown();
        closing.join();

        assertThat(closed).containsExactly("after", "waiting", "between", "Kafka", "before");
    }

    @Test
    void interruptsAStepThatWaitsForAKafkaThatHasGivenUpAndTellsWhy() {
        MigrationException reason = gaveUp();
        Thread failing = new Thread(() -> kafka.failure.complete(reason));

        assertThatThrownBy(() -> MainThread.whileThere(kafka, () -> {
                    failing.start();
                    answer.await();
                }))
                .isSameAs(reason)
                .satisfies(
                        thrown -> assertThat(thrown.getSuppressed()).hasOnlyElementsOfType(InterruptedException.class));

        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void namesTheEndOfKafkaAsTheReasonOfWhatFailsForIt() {
        MigrationException reason = gaveUp();

        assertThatThrownBy(() -> MainThread.whileThere(kafka, () -> {
                    kafka.failure.complete(reason);
                    throw new IllegalStateException("a producer lost its broker");
                }))
                .isSameAs(reason);
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void doesNotInterruptWhoeverHasNoWorkAnyMore() throws InterruptedException {
        MainThread.whileThere(kafka, () -> {});

        kafka.failure.complete(gaveUp());

        assertThat(Thread.interrupted()).isFalse();
    }

    private Stack stackWithAPartThatWaitsForAnAnswer() {
        Stack stack = new Stack();
        stack.started("before", () -> closed.add("before"));
        stack.startedKafka(kafka);
        stack.started("between", () -> closed.add("between"));
        stack.started("waiting", () -> {
            awaitAnswer();
            closed.add("waiting");
        });
        stack.started("after", () -> closed.add("after"));
        return stack;
    }

    /** As a client does that does not care for interrupts. */
    private void awaitAnswer() {
        boolean answered = false;
        while (!answered) {
            try {
                answer.await();
                answered = true;
            } catch (InterruptedException e) {
                // Asked again.
            }
        }
    }

    private static MigrationException gaveUp() {
        return new MigrationException(ErrorKind.TRANSFORM, "the broker gave up");
    }

    private final class Kafka implements KafkaSource.Session {
        private final CompletableFuture<MigrationException> failure = new CompletableFuture<>();

        @Override
        public Map<String, String> clientProperties() {
            return Map.of();
        }

        @Override
        public CompletableFuture<MigrationException> failure() {
            return failure.copy();
        }

        @Override
        public void close() {
            closed.add("Kafka");
        }
    }
}
