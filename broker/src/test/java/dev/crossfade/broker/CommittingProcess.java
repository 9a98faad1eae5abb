package dev.crossfade.broker;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** A process that commits transactions over many partitions, one after the other without end, and says the number of each. */
final class CommittingProcess {
    static final String TOPIC = "t";
    static final int PARTITIONS = 24;

    private CommittingProcess() {}

    public static void main(String[] arguments) throws Exception {
        EmbeddedBroker broker = EmbeddedBroker.start(Path.of(arguments[0]));
        Map<String, Object> kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
        try (Admin admin = Admin.create(kafka)) {
            admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) 1)))
                    .all()
                    .get();
        }
        KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "transactional.id", "writer"),
                new StringSerializer(),
                new StringSerializer());
        producer.initTransactions();
        for (int number = 1; ; number++) {
            producer.beginTransaction();
            for (int partition = 0; partition < PARTITIONS; partition++) {
                var unused = producer.send(new ProducerRecord<>(TOPIC, partition, "k", Integer.toString(number)));
            }
            producer.commitTransaction();
            System.out.println("committed " + number);
        }
    }
}
