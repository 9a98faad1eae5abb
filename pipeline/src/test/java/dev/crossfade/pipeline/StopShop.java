package dev.crossfade.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.testkit.WriteLoad;
import dev.crossfade.testkit.WriteLoad.Weighted;
import dev.crossfade.verify.ParityReport;
import dev.crossfade.verify.TableParity;
import dev.crossfade.verify.Verdict;
import dev.crossfade.verify.VerificationListener;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * A shop of which tables stop: {@code items} and {@code visits} stand alone, {@code parents} and {@code children} are linked by a
 * cascade. Rows of visits are only ever inserted.
 */
final class StopShop {
    static final List<String> TABLES = List.of("children", "items", "parents", "visits");

    private final Sides sides;
    private final String database;
    private final MigrationSpec spec;
    private final Migration elsewhere;

    StopShop(Sides sides, String database) {
        this.sides = sides;
        this.database = database;
        sides.createDatabases(
                database,
                "create table items (id int primary key, name varchar(50), price decimal(10,2))",
                "insert into items select seq, concat('item ', seq), seq / 7 from seq_1_to_2000",
                "create table visits (id int primary key auto_increment, pages int not null)",
                "insert into visits (pages) select seq % 100 from seq_1_to_500",
                "create table parents (id int primary key, name varchar(20))",
                "insert into parents select seq, concat('p', seq) from seq_1_to_100",
                "create table children (id int primary key auto_increment, parent int not null, note varchar(20),"
                        + " foreign key (parent) references parents (id) on delete cascade on update cascade)",
                "insert into children (parent, note) select 1 + seq % 100, concat('n', seq) from seq_1_to_400");
        this.spec = sides.spec(database + "-move", database);
        this.elsewhere = RunningMigration.of(spec);
    }

    MigrationSpec spec() {
        return spec;
    }

    String name(String table) {
        return database + "." + table;
    }

    WriteLoad load() {
        return WriteLoad.start(
                new WriteLoad.Target(sides.source.jdbcUrl(database), sides.source.user(), sides.source.password()),
                2,
                100,
                7L,
                List.of(
                        operation("reprice", 4, "update items set price = price + 1 where id = 1 + %d %% 2000"),
                        operation("visit", 3, "insert into visits (pages) values (%d %% 100)"),
                        operation(
                                "bear",
                                2,
                                "insert into children (parent, note) select id, 'born' from parents where id = %d %% 150"),
                        operation("marry", 2, "insert ignore into parents values (%d %% 150, 'new')"),
                        operation("move", 1, "update ignore parents set id = 200 + id where id = %d %% 150"),
                        operation("leave", 1, "delete from parents where id = %d %% 350")));
    }

    private static Weighted operation(String kind, int weight, String sql) {
        return new Weighted(
                kind, weight, (connection, random) -> run(connection, sql.formatted(random.nextInt(100_000))));
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    void onSource(String... statements) {
        sides.source.execute(database, statements);
    }

    void onTarget(String... statements) {
        sides.target.execute(database, statements);
    }

    /**
     * No row of visits was ever written over one that was there: an upsert of a row that is there locks it first, which the server keeps
     * in {@code xmax}. On the source they are inserted once each.
     */
    void assertVisitsWereWrittenOnce() {
        assertThat(sides.onTarget(database, "select id from visits where xmax <> 0"))
                .isEmpty();
    }

    List<StoppedTables> stopped() {
        return elsewhere.status().orElseThrow().stopped();
    }

    StoppedTables awaitStopped(String table) {
        Awaitility.await().atMost(60, TimeUnit.SECONDS).until(() -> stopped().stream()
                .anyMatch(stop -> stop.tables().contains(name(table))));
        return stopped().stream()
                .filter(stop -> stop.tables().contains(name(table)))
                .findFirst()
                .orElseThrow();
    }

    Optional<StoppedTables> resume(String table) throws InterruptedException {
        return elsewhere.resume(name(table), Duration.ofSeconds(90));
    }

    ParityReport verify() {
        return elsewhere.verify(VerifyOptions.ALL, VerificationListener.NONE);
    }

    static Map<String, Verdict> verdicts(ParityReport report) {
        Map<String, Verdict> verdicts = new TreeMap<>();
        for (TableParity table : report.tables()) {
            verdicts.put(table.target().name(), table.verdict());
        }
        return verdicts;
    }

    static void awaitMore(WriteLoad load, long operations) {
        long before = load.total();
        Awaitility.await()
                .atMost(90, TimeUnit.SECONDS)
                .until(() -> !load.isRunning() || load.total() >= before + operations);
        assertThat(load.isRunning()).isTrue();
    }

    /** By a way of reading that shares no code with the product. */
    void assertEqual() {
        TABLES.forEach(table -> sides.assertEqual(database, table));
    }
}
