package dev.crossfade.broker;

import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** A process that writes 1,000 committed records and 10 in an open transaction, says so, and waits to be killed. */
final class BrokerProcess {
    private BrokerProcess() {}

    public static void main(String[] arguments) throws Exception {
        EmbeddedBroker broker = EmbeddedBroker.start(Path.of(arguments[0]));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.createTopics(java.util.List.of(new NewTopic("t", 2, (short) 1)))
                    .all()
                    .get();
        }
        Properties settings = new Properties();
        settings.put("bootstrap.servers", broker.bootstrapServers());
        settings.put("transactional.id", "writer");
        settings.put("transaction.timeout.ms", "5000");
        KafkaProducer<String, String> producer =
                new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
        producer.initTransactions();
        producer.beginTransaction();
        for (int i = 0; i < 1000; i++) {
            var unused = producer.send(new ProducerRecord<>("t", i % 2, "k", "committed"));
        }
        producer.commitTransaction();
        producer.beginTransaction();
        for (int i = 0; i < 10; i++) {
            producer.send(new ProducerRecord<>("t", i % 2, "k", "open")).get();
        }
        System.out.println("ready");
        new CountDownLatch(1).await();
    }
}
