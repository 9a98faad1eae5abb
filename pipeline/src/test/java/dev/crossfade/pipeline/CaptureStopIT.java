package dev.crossfade.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.model.FaultPoint;
import dev.crossfade.testkit.WriteLoad;
import dev.crossfade.verify.Verdict;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the log does not tell stops the table that it happens to, alone; it is copied again under load and misses nothing. */
@Timeout(value = 12, unit = TimeUnit.MINUTES)
class CaptureStopIT {
    /** For each table what happens to it, in one session. */
    private static final Map<String, List<String>> TROUBLES = troubles();

    @AutoClose
    private static Sides sides;

    @BeforeAll
    static void startServers(@TempDir Path directory) {
        sides = Sides.start(directory);
    }

    private static Map<String, List<String>> troubles() {
        Map<String, List<String>> troubles = new LinkedHashMap<>();
        troubles.put("emptied", List.of("truncate table emptied", "insert into emptied values (1, 'again')"));
        troubles.put(
                "stated",
                List.of("set session binlog_format = 'STATEMENT'", "update stated set v = 'x' where id < 10"));
        troubles.put(
                "imaged",
                List.of("set session binlog_row_image = 'MINIMAL'", "update imaged set v = 'y' where id = 5"));
        troubles.put(
                "altered", List.of("alter table altered add column w int", "insert into altered values (0, 'z', 1)"));
        troubles.put("parted", List.of("alter table parted truncate partition p0"));
        troubles.put(
                "prepared",
                List.of(
                        "xa start 'x'",
                        "insert into prepared values (0, 'z')",
                        "xa end 'x'",
                        "xa prepare 'x'",
                        "xa commit 'x'"));
        return troubles;
    }

    private static void createTroubled(StopShop shop) {
        for (String table : TROUBLES.keySet()) {
            String partitions = table.equals("parted")
                    ? " partition by range (id) (partition p0 values less than (100), partition p1 values less than maxvalue)"
                    : "";
            shop.onSource(
                    "create table " + table + " (id int primary key, v varchar(20))" + partitions,
                    "insert into " + table + " select seq, concat('v', seq) from seq_1_to_300");
        }
    }

    private static void write(StopShop shop) {
        for (String table : TROUBLES.keySet()) {
            shop.onSource(
                    "update " + table + " set v = concat('w', id) where id % 7 = 0",
                    "delete from " + table + " where id % 11 = 0");
        }
    }

    @Test
    void eachTroubleStopsItsTableAloneAndACopyTakesItUpAgain() throws Exception {
        StopShop shop = new StopShop(sides, "troubled");
        createTroubled(shop);
        try (RunningMigration run = RunningMigration.start(shop.spec()).awaitPhase(Phase.SHADOWING);
                WriteLoad load = shop.load()) {
            for (Map.Entry<String, List<String>> trouble : TROUBLES.entrySet()) {
                shop.onSource(trouble.getValue().toArray(String[]::new));
                StoppedTables stop = shop.awaitStopped(trouble.getKey());
                assertThat(stop.tables()).containsExactly(shop.name(trouble.getKey()));
                assertThat(stop.replayable()).isFalse();
            }
            shop.onSource("delete from children", "truncate table children");
            assertThat(shop.awaitStopped("children").tables())
                    .containsExactly(shop.name("children"), shop.name("parents"));
            write(shop);
            StopShop.awaitMore(load, 100);

            Map<String, Verdict> verdicts = StopShop.verdicts(shop.verify());
            assertThat(verdicts)
                    .containsEntry("items", Verdict.EQUAL)
                    .containsEntry("visits", Verdict.EQUAL)
                    .containsEntry("parents", Verdict.UNREAD)
                    .containsEntry("children", Verdict.UNREAD);
            TROUBLES.keySet().forEach(table -> assertThat(verdicts).containsEntry(table, Verdict.UNREAD));
            load.stop();
            run.stop();
        }
        try (RunningMigration run = RunningMigration.start(shop.spec()).awaitPhase(Phase.SHADOWING);
                WriteLoad load = shop.load()) {
            assertThat(run.messages()).anyMatch(message -> message.contains("the columns of troubled.altered were"));
            assertThat(shop.resume("altered")).hasValueSatisfying(stop -> {
                assertThat(stop.state()).isEqualTo(StoppedTables.State.STOPPED);
                assertThat(stop.reason()).contains("the columns of troubled.altered were");
            });
            shop.onSource("alter table altered drop column w");

            List<String> left = new ArrayList<>();
            for (String table : Stream.concat(TROUBLES.keySet().stream(), Stream.of("parents"))
                    .toList()) {
                Optional<StoppedTables> stop = shop.resume(table);
                stop.ifPresent(still -> left.add(still.toString()));
            }

            assertThat(left).isEmpty();
            write(shop);
            StopShop.awaitMore(load, 100);
            load.stop();
            assertThat(shop.verify().verdict()).isEqualTo(Verdict.EQUAL);
            run.stop();
        }
        shop.assertEqual();
        TROUBLES.keySet().forEach(table -> sides.assertEqual("troubled", table));
    }

    @Test
    void aTableThatStopsBeforeItsUniqueIndexIsBuiltGetsItWhenItRunsAgain() throws Exception {
        StopShop shop = new StopShop(sides, "unindexed");
        shop.onSource(
                "create table coupons (id int primary key, code varchar(20) not null, unique key code (code))",
                "insert into coupons select seq, concat('c', seq) from seq_1_to_50");
        try (RunningMigration first = RunningMigration.until(shop.spec(), Phase.CATCHING_UP)) {
            first.awaitEnd();
        }
        shop.onSource("truncate table coupons", "insert into coupons values (1, 'a'), (2, 'b')");
        shop.onTarget("insert into coupons values (901, 'twice'), (902, 'twice')");

        try (RunningMigration run = RunningMigration.start(shop.spec()).awaitPhase(Phase.SHADOWING)) {
            shop.awaitStopped("coupons");
            assertThat(indexesOfCoupons()).isEmpty();

            assertThat(shop.resume("coupons")).isEmpty();

            Awaitility.await().atMost(30, TimeUnit.SECONDS).until(() -> indexesOfCoupons()
                    .equals(List.of("coupons_code")));
            assertThat(shop.verify().verdict()).isEqualTo(Verdict.EQUAL);
            run.stop();
        }
        shop.assertEqual();
    }

    private static List<String> indexesOfCoupons() {
        return sides.onTarget(
                "unindexed",
                "select indexname from pg_indexes where tablename = 'coupons' and indexname not like '%_pkey'");
    }

    @Test
    void aCopyOfStoppedTablesOutlivesTheProcessWhereverItIsKilled() throws Exception {
        StopShop shop = new StopShop(sides, "recopied");
        try (RunningMigration run = RunningMigration.start(shop.spec()).awaitPhase(Phase.SHADOWING)) {
            shop.onSource("delete from children where id < 50", "truncate table children");
            shop.awaitStopped("children");
            shop.onSource("insert into children (parent, note) select id, 'after' from parents");
            run.stop();
        }
        assertThat(RunningMigration.of(shop.spec()).resume(shop.name("children"), Duration.ZERO))
                .hasValueSatisfying(stop -> assertThat(stop.state()).isEqualTo(StoppedTables.State.WANTED));

        for (FaultPoint point : List.of(
                FaultPoint.RECOPY_AFTER_BEGIN,
                FaultPoint.RECOPY_AFTER_HOLD,
                FaultPoint.COPY_AFTER_BEGIN,
                FaultPoint.SINK_AFTER_COPY_BEGIN,
                FaultPoint.SINK_BEFORE_CHUNK_COMMIT,
                FaultPoint.COPY_AFTER_END,
                FaultPoint.RECOPY_AFTER_END)) {
            shop.onSource(
                    "update parents set id = id + 1000 where id < 5",
                    "delete from parents where id > 1000",
                    "insert ignore into parents select seq, 'new' from seq_1_to_10",
                    "insert into children (parent, note) select id, 'more' from parents where id < 20");
            KilledMigration.run(sides, shop.spec().name(), "recopied", point);
        }

        try (RunningMigration run = RunningMigration.start(shop.spec()).awaitPhase(Phase.SHADOWING)) {
            Awaitility.await().atMost(90, TimeUnit.SECONDS).until(() -> shop.stopped()
                    .isEmpty());
            shop.onSource("delete from parents where id = 7", "insert into parents values (7, 'last')");
            assertThat(shop.verify().verdict()).isEqualTo(Verdict.EQUAL);
            run.stop();
        }
        shop.assertEqual();
    }
}
