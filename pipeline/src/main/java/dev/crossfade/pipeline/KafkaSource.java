package dev.crossfade.pipeline;

import dev.crossfade.model.MigrationException;
import dev.crossfade.model.Problem;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Where a run gets its Kafka from: a broker that it starts itself, or one that is there. */
@FunctionalInterface
public interface KafkaSource {
    /**
     * Called once per run, after all checks have passed and the run lock is held; by an abort only where there is no {@link #storage}.
     *
     * @throws MigrationException of kind TRANSFORM if there is no broker to be had
     */
    Session open();

    /** A Kafka that answers until it is closed. */
    interface Session extends AutoCloseable {
        /** Client properties, {@code bootstrap.servers} among them; may hold secrets. */
        Map<String, String> clientProperties();

        /** Why this log may have lost what it acknowledged, although it is the same log; empty where nothing speaks for that. */
        default List<Problem> doubts() {
            return List.of();
        }

        /**
         * Completes if this Kafka has given up by itself and is of no use any more, with what a person needs to know; a run that uses it
         * ends. Never completes for a Kafka that belongs to somebody else.
         */
        default CompletableFuture<MigrationException> failure() {
            return new CompletableFuture<>();
        }

        /** Ends what {@link #open} started; does nothing for a Kafka that belongs to somebody else. */
        @Override
        void close();
    }

    /** What stands in the way of {@link #open}, as far as that can be seen before anything is written. May take some seconds. */
    default List<Problem> problems() {
        return List.of();
    }

    /**
     * Where the broker keeps its records, if it is the migration's own: an abort then removes the records as a whole, and starts no
     * broker. Empty for a Kafka that others use too.
     */
    default Optional<Storage> storage() {
        return Optional.empty();
    }

    /** The records of a broker that serves one migration. Its text names the place. */
    interface Storage {
        /** Whether there are records on this machine. */
        boolean isThere();

        /**
         * Removes all records; does nothing if there are none.
         *
         * @throws MigrationException of kind TRANSFORM if a broker uses them, or they cannot be deleted
         */
        void remove();
    }

    /** A Kafka that is there already. */
    static KafkaSource at(Map<String, String> clientProperties) {
        return new GivenKafka(clientProperties);
    }
}
