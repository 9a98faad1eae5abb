package dev.crossfade.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.broker.EmbeddedBroker;
import dev.crossfade.model.DatabaseAccess;
import dev.crossfade.model.Faults;
import dev.crossfade.model.Secret;
import dev.crossfade.pipeline.TableRule.FilePlace;
import dev.crossfade.testkit.DatabaseDump;
import dev.crossfade.testkit.DatabaseDump.Relation;
import dev.crossfade.testkit.MariaDbServer;
import dev.crossfade.testkit.PostgresServer;
import dev.crossfade.verify.ParityReport;
import dev.crossfade.verify.Verdict;
import dev.crossfade.verify.VerificationListener;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class MigrationIT {
    private static MariaDbServer source;
    private static PostgresServer target;
    private static EmbeddedBroker broker;

    @BeforeAll
    static void startServers(@TempDir Path directory) {
        source = MariaDbServer.start();
        target = PostgresServer.start();
        broker = EmbeddedBroker.start(directory.resolve("kafka"));
    }

    @AfterAll
    static void stopServers() {
        broker.close();
        target.close();
        source.close();
    }

    private static MigrationSpec spec(String name, String database) {
        return new MigrationSpec(
                name,
                new DatabaseAccess(source.jdbcUrl(database), source.user(), new Secret(source.password())),
                new DatabaseAccess(target.jdbcUrl(database), target.user(), new Secret(target.password())),
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                List.of(new TableRule(
                        new FilePlace("migration.yml", 1, 1), database, "*", "public", "*", Optional.empty())),
                new RunSettings(3, 2, 64 << 10));
    }

    private static final class Watching implements MigrationListener {
        private final CountDownLatch shadowing = new CountDownLatch(1);

        @Override
        public void phase(Phase phase) {
            if (phase == Phase.SHADOWING) {
                shadowing.countDown();
            }
        }

        @Override
        public void progress(MigrationProgress progress) {}

        @Override
        public void message(String text) {}
    }

    private static void awaitShadowing(Watching watching, Future<?> run) throws Exception {
        while (!watching.shadowing.await(100, TimeUnit.MILLISECONDS)) {
            if (run.isDone()) {
                run.get(); // says why it ended
            }
        }
    }

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void copiesFollowsAndVerifiesWhileTheSourceIsWritten() throws Exception {
        source.createDatabase("shop");
        target.createDatabase("shop");
        source.execute(
                "shop",
                "create table items (id int unsigned primary key, name varchar(50) not null, price decimal(10,2), changed timestamp(6) null)",
                "insert into items select seq, concat('item ', seq), seq / 7, now(6) from seq_1_to_20000",
                "create table visits (day date, visitor varchar(20), pages int not null, primary key (day, visitor))",
                "insert into visits select '2024-01-01' + interval seq % 300 day, concat('v', seq), seq from seq_1_to_5000");
        MigrationSpec spec = spec("shop-move", "shop");
        KafkaSource kafka = KafkaSource.at(spec.kafka());
        Migration running = Migration.of(spec, kafka, Faults.NONE);
        Watching watching = new Watching();
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try {
            Future<?> run = threads.submit(() -> {
                running.run(RunOptions.UNTIL_STOPPED, watching);
                return null;
            });
            source.execute(
                    "shop",
                    "update items set price = price + 1 where id % 3 = 0",
                    "delete from items where id between 500 and 700",
                    "update items set id = id + 100000 where id between 1000 and 1100",
                    "insert into visits select '2025-01-01', concat('w', seq), seq from seq_1_to_300");
            awaitShadowing(watching, run);
            source.execute(
                    "shop",
                    "update items set name = upper(name) where id % 5 = 0",
                    "delete from visits where pages = 7");

            ParityReport report =
                    Migration.of(spec, kafka, Faults.NONE).verify(VerifyOptions.ALL, VerificationListener.NONE);

            assertThat(report.verdict()).isEqualTo(Verdict.EQUAL);
            assertThat(report.tables()).hasSize(2).allSatisfy(table -> assertThat(table.sourceRows())
                    .isPositive());
            assertThat(running.status().orElseThrow().phase()).isEqualTo(Phase.SHADOWING);
            assertThat(Migration.of(spec, kafka, Faults.NONE).stop(Duration.ofSeconds(30)))
                    .isTrue();
            run.get(30, TimeUnit.SECONDS);
        } finally {
            running.requestStop();
            threads.shutdown();
        }
        for (String table : List.of("items", "visits")) {
            long rows = DatabaseDump.between(
                            new Relation(() -> source.connect("shop"), "shop", table),
                            new Relation(() -> target.connect("shop"), "public", table))
                    .assertEqual();
            assertThat(rows).isPositive();
        }
    }
}
