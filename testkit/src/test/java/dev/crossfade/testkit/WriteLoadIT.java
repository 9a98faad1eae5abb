package dev.crossfade.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WriteLoadIT {
    private final MariaDbServer server = MariaDbServer.start("--innodb-buffer-pool-size=64M");

    @BeforeAll
    void create() {
        server.createDatabase("load");
        server.execute("load", "create table t (id bigint auto_increment primary key, v int)");
        server.execute(
                "load", "create table pair (id int primary key, v int)", "insert into pair values (1, 0), (2, 0)");
    }

    @AfterAll
    void close() {
        server.close();
    }

    @Test
    void survivesDeadlocksRefusedWritesAndARestartOfTheServer() throws SQLException {
        WriteLoad load = WriteLoad.start(
                target(),
                4,
                400,
                7,
                List.of(
                        new WriteLoad.Weighted("insert", 8, WriteLoadIT::insert),
                        new WriteLoad.Weighted("both", 4, WriteLoadIT::updateBothInRandomOrder),
                        new WriteLoad.Weighted("duplicate", 1, WriteLoadIT::duplicate)));
        await(() -> load.total() > 100);
        server.restart();
        long before = load.total();
        await(() -> load.total() > before + 100);

        Map<String, Long> counts = load.stop();

        assertThat(counts).containsOnlyKeys("insert", "both", WriteLoad.REJECTED);
        assertThat(number("select count(*) from t")).isGreaterThanOrEqualTo(counts.getOrDefault("insert", 0L));
        assertThat(number("select count(*) from t")).isLessThanOrEqualTo(counts.getOrDefault("insert", 0L) + 4);
        assertThat(number("select sum(v) from pair")).isGreaterThanOrEqualTo(2 * counts.getOrDefault("both", 0L));
    }

    @Test
    void writesNothingWhileItIsPausedAndGoesOnAfterwards() throws SQLException {
        WriteLoad load = WriteLoad.start(
                target(),
                4,
                2_000,
                7,
                List.of(new WriteLoad.Weighted("both", 1, WriteLoadIT::updateBothInRandomOrder)));
        await(() -> load.total() > 100);

        load.pause();
        long sum = number("select sum(v) from pair");
        LockSupport.parkNanos(Duration.ofMillis(100).toNanos());

        assertThat(number("select sum(v) from pair")).isEqualTo(sum);
        long before = load.total();
        load.resume();
        await(() -> load.total() > before + 100);
        load.pause();
        load.stop();
        assertThat(load.isRunning()).isFalse();
    }

    @Test
    void tellsAnErrorThatTryingAgainDoesNotCure() {
        WriteLoad load = WriteLoad.start(
                target(), 1, 1000, 1, List.of(new WriteLoad.Weighted("wrong", 1, (connection, random) -> {
                    try (Statement statement = connection.createStatement()) {
                        statement.execute("insert into absent values (1)");
                    }
                })));

        await(() -> !load.isRunning());
        assertThatThrownBy(load::stop).hasMessageContaining("operation wrong").hasMessageContaining("absent");
    }

    private WriteLoad.Target target() {
        return new WriteLoad.Target(server.jdbcUrl("load"), server.user(), server.password());
    }

    private static void insert(Connection connection, Random random) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("insert into t (v) values (?)")) {
            statement.setInt(1, random.nextInt());
            statement.execute();
        }
    }

    private static void updateBothInRandomOrder(Connection connection, Random random) throws SQLException {
        int first = 1 + random.nextInt(2);
        try (PreparedStatement statement = connection.prepareStatement("update pair set v = v + 1 where id = ?")) {
            statement.setInt(1, first);
            statement.execute();
            statement.setInt(1, 3 - first);
            statement.execute();
        }
    }

    private static void duplicate(Connection connection, Random random) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("insert into pair values (1, " + random.nextInt() + ")");
        }
    }

    private long number(String query) throws SQLException {
        try (Connection connection = server.connect("load");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
    }
}
