package dev.crossfade.transform;

import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.TopicNames;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;

/** Looks whether topics and group offsets are as the transform needs them, before it starts. Changes nothing. */
final class TopicCheck {
    private static final long TIMEOUT_SECONDS = 30;

    private final TopicNames topics;
    private final int partitions;

    TopicCheck(TopicNames topics, int partitions) {
        this.topics = topics;
        this.partitions = partitions;
    }

    void run(Map<String, String> kafka) {
        try (Admin admin = Admin.create(new HashMap<String, Object>(kafka))) {
            Map<String, TopicDescription> described = answer(
                    admin.describeTopics(List.of(topics.changes(), topics.rows()))
                            .allTopicNames(),
                    "describe topics");
            described.values().forEach(this::checkPartitions);
            checkOffsets(answer(
                    admin.listConsumerGroupOffsets(topics.transformGroup()).partitionsToOffsetAndMetadata(),
                    "read the offsets of group " + topics.transformGroup()));
        }
    }

    private void checkPartitions(TopicDescription topic) {
        int seen = topic.partitions().size();
        if (seen != partitions) {
            throw new MigrationException(
                    ErrorKind.TRANSFORM,
                    "topic " + topic.name() + " has " + seen + " partitions, must have " + partitions
                            + ": the number is fixed once a migration has begun; nothing was started");
        }
    }

    private void checkOffsets(Map<TopicPartition, OffsetAndMetadata> offsets) {
        for (int partition = 0; partition < partitions; partition++) {
            if (offsets.get(new TopicPartition(topics.changes(), partition)) == null) { // absent, or present as null
                throw new MigrationException(
                        ErrorKind.TRANSFORM,
                        "group " + topics.transformGroup() + " has no committed offset for " + topics.changes() + "-"
                                + partition + ", so it is unknown which changes were mapped; nothing was started");
            }
        }
    }

    private static <T> T answer(KafkaFuture<T> future, String what) {
        try {
            return future.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MigrationException(
                    ErrorKind.TRANSFORM, "interrupted while asking Kafka to " + what + "; nothing was started", e);
        } catch (ExecutionException e) {
            throw new MigrationException(
                    ErrorKind.TRANSFORM,
                    "cannot " + what + ": " + (e.getCause() == null ? e : e.getCause()) + "; nothing was started",
                    e);
        } catch (TimeoutException e) {
            throw new MigrationException(
                    ErrorKind.TRANSFORM,
                    "cannot " + what + ": no answer from Kafka in " + TIMEOUT_SECONDS + " s; nothing was started",
                    e);
        }
    }
}
