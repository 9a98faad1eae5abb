package dev.crossfade.transform;

import static org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse.REPLACE_THREAD;
import static org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.TopicNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.apache.kafka.streams.errors.StreamsException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FailurePolicyTest {
    private final AtomicLong commits = new AtomicLong();
    private final List<MigrationException> failures = new ArrayList<>();
    private final FailurePolicy policy = new FailurePolicy(new TopicNames("shop"), commits::get, failures::add);

    @Test
    void replacesTheThreadWhileKafkaIsAwayButNotForEver() {
        StreamsException away = new StreamsException(new TimeoutException("no answer"));

        for (int i = 0; i < FailurePolicy.MAX_REPLACEMENTS; i++) {
            assertThat(policy.handle(away)).isEqualTo(REPLACE_THREAD);
        }

        assertThat(policy.handle(away)).isEqualTo(SHUTDOWN_CLIENT);
        assertThat(failures).singleElement().satisfies(failure -> {
            assertThat(failure.kind()).isEqualTo(ErrorKind.TRANSFORM);
            assertThat(failure.getMessage()).contains("crossfade.shop.changes", "no answer");
        });
    }

    @ParameterizedTest
    @MethodSource
    void aBrokerThatStartsAgainIsNoReasonToStop(RuntimeException said) {
        for (int i = 0; i < FailurePolicy.MAX_REPLACEMENTS; i++) {
            assertThat(policy.handle(said)).isEqualTo(REPLACE_THREAD);
        }

        assertThat(policy.handle(said)).isEqualTo(SHUTDOWN_CLIENT);
        assertThat(failures).singleElement().satisfies(failure -> assertThat(failure.getMessage())
                .contains("crossfade.shop.changes", "as it was said"));
    }

    static List<RuntimeException> aBrokerThatStartsAgainIsNoReasonToStop() {
        return List.of(
                new MissingSourceTopicException("as it was said"),
                new StreamsException(new InvalidTxnStateException("as it was said")));
    }

    @Test
    void aCommitBetweenFailuresStartsTheCountAnew() {
        StreamsException away = new StreamsException(new TimeoutException("no answer"));

        for (int i = 0; i < 3 * FailurePolicy.MAX_REPLACEMENTS; i++) {
            commits.incrementAndGet();
            assertThat(policy.handle(away)).isEqualTo(REPLACE_THREAD);
        }

        assertThat(failures).isEmpty();
    }

    @Test
    void aDataProblemStopsAtOnceAndIsHandedOnAsItIs() {
        MigrationException problem = new MigrationException(ErrorKind.TRANSFORM, "shop.users (7)");

        assertThat(policy.handle(new StreamsException(problem))).isEqualTo(SHUTDOWN_CLIENT);

        assertThat(failures).containsExactly(problem);
    }

    @Test
    void aMissingOffsetStopsAndSaysThatNothingIsPassedOver() {
        TopicPartition partition = new TopicPartition("crossfade.shop.changes", 1);

        assertThat(policy.handle(new StreamsException(new NoOffsetForPartitionException(Set.of(partition)))))
                .isEqualTo(SHUTDOWN_CLIENT);

        assertThat(failures.get(0).getMessage()).contains("crossfade.shop.transform", "passes over nothing");
    }

    @Test
    void aFencedProcessSaysWhoIsThereNow() {
        assertThat(policy.handle(new FencedInstanceIdException("fenced"))).isEqualTo(SHUTDOWN_CLIENT);

        assertThat(failures.get(0).getMessage()).contains("another process", "crossfade.shop.transform");
    }

    @Test
    void aRowThatKafkaRefusesStops() {
        assertThat(policy.handle(new StreamsException(new RecordTooLargeException("too large"))))
                .isEqualTo(SHUTDOWN_CLIENT);
    }
}
