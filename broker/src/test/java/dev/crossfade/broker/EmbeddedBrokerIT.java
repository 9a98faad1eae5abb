package dev.crossfade.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.Exit;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class EmbeddedBrokerIT {
    private static final List<TopicPartition> PARTITIONS =
            List.of(new TopicPartition("t", 0), new TopicPartition("t", 1));

    @Test
    void keepsCommittedRecordsAndItsIdentityOverARestart(@TempDir Path directory) throws Exception {
        String clusterId;
        try (EmbeddedBroker broker = EmbeddedBroker.start(directory)) {
            clusterId = broker.clusterId();
            assertThat(broker.bootstrapServers()).startsWith("127.0.0.1:");
            createTopic(broker);
            write(broker, "committed", true);
            write(broker, "aborted", false);
            assertThat(committed(broker)).hasSize(10).allMatch("committed"::equals);
        }

        try (EmbeddedBroker broker = EmbeddedBroker.start(directory)) {
            assertThat(broker.clusterId()).isEqualTo(clusterId);
            assertThat(committed(broker)).hasSize(10).allMatch("committed"::equals);
            write(broker, "later", true);
            assertThat(committed(broker)).hasSize(20);
        }
    }

    @Test
    void removesWhatItLeftAndNothingElseButNotWhileItLives(@TempDir Path directory) throws Exception {
        Path log = Files.writeString(directory.resolve("own.log"), "somebody else's");
        BrokerDirectory left = new BrokerDirectory(directory);
        assertThat(left.isUsed()).isFalse();
        try (EmbeddedBroker broker = EmbeddedBroker.start(directory)) {
            createTopic(broker);
            assertThatThrownBy(left::remove)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("in use by this process");
        }
        assertThat(left.isUsed()).isTrue();

        left.remove();

        assertThat(left.isUsed()).isFalse();
        assertThat(directory).isDirectoryContaining(log::equals).isDirectoryNotContaining(file -> !file.equals(log));
        left.remove();
    }

    @Test
    void keepsAcknowledgedRecordsWhenTheProcessIsKilled(@TempDir Path directory) throws Exception {
        Process process = start(BrokerProcess.class, directory);
        try {
            awaitLine(process, "ready");
            assertThatThrownBy(() -> EmbeddedBroker.start(directory))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(directory.toString())
                    .hasMessageContaining("in use by another process");
        } finally {
            process.destroyForcibly().waitFor();
        }

        try (EmbeddedBroker broker = EmbeddedBroker.start(directory)) {
            write(
                    broker, "later",
                    true); // the same transactional id: fences the dead process and aborts what it left open
            assertThat(committed(broker)).hasSize(1010).doesNotContain("open");
        }
    }

    /**
     * COMMIT is acknowledged before its markers are written. Kafka 4.3.1, killed in between, would forget the markers for good: its
     * transaction coordinator takes a partition that has no leader at that moment for a deleted one.
     */
    @RepeatedTest(3)
    void finishesTheTransactionsWhoseCommitWasAcknowledgedWhenTheProcessWasKilled(@TempDir Path directory)
            throws Exception {
        int acknowledged = 25;
        Process process = start(CommittingProcess.class, directory);
        try {
            awaitLine(process, "committed " + acknowledged);
        } finally {
            process.destroyForcibly().waitFor();
        }

        try (EmbeddedBroker broker = EmbeddedBroker.start(directory)) {
            List<TopicPartition> partitions = IntStream.range(0, CommittingProcess.PARTITIONS)
                    .mapToObj(partition -> new TopicPartition(CommittingProcess.TOPIC, partition))
                    .toList();
            assertThat(openTransactionsAfterAWriterCameBack(broker, partitions)).isEmpty();
            Map<String, Long> seen = committed(broker, partitions).stream()
                    .collect(Collectors.groupingBy(number -> number, Collectors.counting()));
            assertThat(seen.keySet())
                    .containsAll(IntStream.rangeClosed(1, acknowledged)
                            .mapToObj(Integer::toString)
                            .toList());
            assertThat(seen.values()).containsOnly((long) CommittingProcess.PARTITIONS);
        }
    }

    /** What is still open once a new producer of the same transactional id has ended what its predecessor left. */
    private static List<TopicPartition> openTransactionsAfterAWriterCameBack(
            EmbeddedBroker broker, List<TopicPartition> partitions) throws Exception {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "transactional.id", "writer"),
                new StringSerializer(),
                new StringSerializer())) {
            producer.initTransactions();
        }
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            return admin.describeProducers(partitions).all().get().entrySet().stream()
                    .filter(partition -> partition.getValue().activeProducers().stream()
                            .anyMatch(producer ->
                                    producer.currentTransactionStartOffset().isPresent()))
                    .map(Map.Entry::getKey)
                    .toList();
        }
    }

    @Test
    void makesNoTopicByItselfAndTellsOfItsOwnEndInsteadOfEndingTheProcess(@TempDir Path directory) throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(directory)) {
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
                assertThatThrownBy(() -> admin.describeTopics(List.of("absent"))
                                .allTopicNames()
                                .get())
                        .isInstanceOf(ExecutionException.class)
                        .hasCauseInstanceOf(UnknownTopicOrPartitionException.class);
            }
            assertThatThrownBy(() -> EmbeddedBroker.start(directory)).hasMessageContaining("in use by this process");
            assertThat(broker.failed()).isNotDone();

            assertThatThrownBy(() -> Exit.halt(1, "all log dirs have failed")).hasMessageContaining("gave up");

            assertThat(broker.failed().get(1, TimeUnit.SECONDS)).hasMessageContaining("all log dirs have failed");
        }
    }

    @Test
    void namesAPortThatAnotherProcessHas(@TempDir Path directory) throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> EmbeddedBroker.start(directory, taken.getLocalPort()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("port " + taken.getLocalPort() + ": another process has the port");
        }
        EmbeddedBroker.start(directory).close();
    }

    /** Fails without {@link Room}: Kafka then deletes the metadata that it cannot recover, and with it every topic. */
    @Test
    void doesNotStartOnAFullDiskAfterADeathAndHasLostNothingWhenThereIsRoomAgain(@TempDir Path directory)
            throws Exception {
        Process process = start(BrokerProcess.class, directory);
        try {
            awaitLine(process, "ready");
        } finally {
            process.destroyForcibly().waitFor();
        }
        Process cramped = start(
                List.of("/bin/sh", "-c", "ulimit -f 4096; exec \"$@\"", "cramped"), BrokerProcess.class, directory);
        try {
            assertThat(cramped.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(cramped.exitValue()).isNotZero();
            assertThat(cramped.errorReader().lines()).anyMatch(line -> line.contains("no room for 12 MiB"));
        } finally {
            cramped.destroyForcibly().waitFor();
        }

        try (EmbeddedBroker broker = EmbeddedBroker.start(directory)) {
            write(broker, "later", true);
            assertThat(committed(broker)).hasSize(1010).doesNotContain("open");
        }
    }

    private static Process start(Class<?> main, Path directory) throws IOException {
        return start(List.of(), main, directory);
    }

    private static Process start(List<String> wrapper, Class<?> main, Path directory) throws IOException {
        List<String> command = new ArrayList<>(wrapper);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName(),
                directory.toString()));
        ProcessBuilder builder = new ProcessBuilder(command);
        if (wrapper.isEmpty()) {
            builder.redirectError(ProcessBuilder.Redirect.INHERIT);
        }
        return builder.start();
    }

    private static void awaitLine(Process process, String wanted) throws IOException {
        BufferedReader output = process.inputReader();
        String line = output.readLine();
        while (line != null && !line.equals(wanted)) {
            line = output.readLine();
        }
        assertThat(line).isEqualTo(wanted);
    }

    private static void createTopic(EmbeddedBroker broker) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic("t", 2, (short) 1))).all().get();
        }
    }

    private static void write(EmbeddedBroker broker, String value, boolean commits) {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", broker.bootstrapServers());
        settings.put("transactional.id", "writer");
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            for (int i = 0; i < 10; i++) {
                var unused = producer.send(new ProducerRecord<>("t", i % 2, "k", value));
            }
            if (commits) {
                producer.commitTransaction();
            } else {
                producer.flush();
                producer.abortTransaction();
            }
        }
    }

    private static List<String> committed(EmbeddedBroker broker) {
        return committed(broker, PARTITIONS);
    }

    private static List<String> committed(EmbeddedBroker broker, List<TopicPartition> partitions) {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", broker.bootstrapServers());
        settings.put("isolation.level", "read_committed");
        settings.put("auto.offset.reset", "none");
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<String, String> read : consumer.poll(Duration.ofMillis(100))) {
                    values.add(read.value());
                }
            }
        }
        return values;
    }
}
