package dev.crossfade.capture.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.crossfade.model.ChangeRecord;
import dev.crossfade.model.FaultPoint;
import dev.crossfade.model.Faults;
import dev.crossfade.model.LogicalType;
import dev.crossfade.model.ReferentialAction;
import dev.crossfade.model.ReferentialAction.Action;
import dev.crossfade.model.SourceChange;
import dev.crossfade.model.TableId;
import dev.crossfade.model.TableStop;
import dev.crossfade.model.ValueText;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the log does not tell by row stops the table that it happens to, and no other. */
class TableStopIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String T = "create table t (id int primary key, name varchar(20), note text)";
    private static final String U = "create table u (id int primary key, name varchar(20))";

    private static CaptureFixture fixture;

    @BeforeAll
    static void startServers() {
        fixture = new CaptureFixture();
    }

    @AfterAll
    static void stopServers() {
        fixture.close();
    }

    /** What happens to t, and how its definition comes back where it was changed. */
    private record Happening(String name, String id, List<String> statements, List<String> mend) {
        static Happening of(String name, String id, String... statements) {
            return new Happening(name, id, List.of(statements), List.of());
        }

        Happening mendedBy(String... mending) {
            return new Happening(name, id, statements, List.of(mending));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Happening> happenings() {
        return Stream.of(
                Happening.of(
                        "stmtupdate",
                        "STATEMENT",
                        "set session binlog_format = 'STATEMENT'",
                        "update t set name = 'changed' where id < 5"),
                Happening.of(
                        "stmtset",
                        "STATEMENT",
                        "/* by hand */ set statement binlog_format = 'STATEMENT' for delete from t where id = 3"),
                Happening.of(
                        "stmtinsert",
                        "STATEMENT",
                        "set session binlog_format = 'STATEMENT'",
                        "insert into t select id + 50, name, note from t"),
                Happening.of(
                        "imageminimal",
                        "IMAGE",
                        "set session binlog_row_image = 'MINIMAL'",
                        "update t set name = 'changed' where id = 5"),
                Happening.of(
                        "imageminimaldel",
                        "IMAGE",
                        "set session binlog_row_image = 'MINIMAL'",
                        "delete from t where id = 5"),
                Happening.of(
                        "imagenoblob",
                        "IMAGE",
                        "set session binlog_row_image = 'NOBLOB'",
                        "update t set name = 'changed' where id = 5"),
                Happening.of(
                        "xacommit",
                        "XA",
                        "xa start 'c'",
                        "insert into t values (60, 'xa', null)",
                        "xa end 'c'",
                        "xa prepare 'c'",
                        "xa commit 'c'"),
                Happening.of(
                        "xarollback",
                        "XA",
                        "xa start 'r'",
                        "insert into t values (60, 'xa', null)",
                        "xa end 'r'",
                        "xa prepare 'r'",
                        "xa rollback 'r'"),
                Happening.of("truncated", "TRUNCATE", "truncate table t"),
                Happening.of("truncatedbare", "TRUNCATE", "truncate `truncatedbare`.`t`"),
                Happening.of("rewritten", "ALTERED", "alter table t modify name varchar(10)")
                        .mendedBy("alter table t modify name varchar(20)"),
                Happening.of("unreadable", "ALTERED", "alter table t add column ip inet6")
                        .mendedBy("alter table t drop column ip"),
                Happening.of("renamed", "ALTERED", "alter table t rename to elsewhere")
                        .mendedBy("rename table elsewhere to t"),
                Happening.of("partitioned", "PARTITION", "alter table t truncate partition p0"),
                Happening.of(
                        "loaded",
                        "STATEMENT",
                        "select 90, 'l', null into outfile 'loaded.txt'",
                        "set session binlog_format = 'STATEMENT'",
                        "load data infile 'loaded.txt' into table t"));
    }

    @ParameterizedTest
    @MethodSource("happenings")
    void whatTheLogDoesNotTellByRowStopsTheTableAloneUntilItIsTakenUp(Happening happening) throws Exception {
        // Given
        CaptureFixture.Migration migration = migration(happening);
        CaptureSettings settings = migration.settings(CaptureFixture.QUICK, Faults.NONE, "t", "u");
        try (ChangeCapture capture = migration.capture(settings)) {
            long restartsAtStart = capture.progress().restarts(); // Debezium's history may fail once as it starts
            migration.execute("insert into t select seq, 'x', 'y' from seq_1_to_10");
            migration.execute("insert into u select seq, 'x' from seq_1_to_10");
            // When
            migration.execute(happening.statements().toArray(String[]::new));
            happening.mend().forEach(migration::execute);
            migration.execute("replace into t values (11, 'late', null)");
            migration.execute("insert into u select seq, 'x' from seq_11_to_20");
            passFence(migration, "stopped");
            // Then
            assertThat(capture.stopped()).containsExactly(happening.name() + ".t");
            assertThat(capture.failure()).isNotDone();
            assertThat(capture.progress().restarts()).isEqualTo(restartsAtStart);
        }
        assertStoppedOnce(migration, happening.id());
        assertThat(idsOf(migration, "t")).containsExactlyInAnyOrderElementsOf(range(1, 10));
        assertThat(idsOf(migration, "u")).containsExactlyInAnyOrderElementsOf(range(1, 20));

        // When
        try (ChangeCapture capture = migration.capture(settings)) {
            assertThat(capture.stopped()).containsExactly(happening.name() + ".t");
            migration.execute("replace into t values (12, 'late', null)", "insert into u values (21, 'x')");
            passFence(migration, "again");
            capture.takeUp(Set.of(new TableId(happening.name(), "t")));
            passFence(migration, "taken up");
            migration.execute("replace into t values (80, 'back', null)", "insert into u values (22, 'x')");
            passFence(migration, "back");
            assertThat(capture.stopped()).isEmpty();
        }
        // Then
        try (ChangeCapture capture = migration.capture(settings)) {
            migration.execute("replace into t values (81, 'back', null)");
            passFence(migration, "end");
            assertThat(capture.stopped()).isEmpty();
        }
        assertStoppedOnce(migration, happening.id());
        assertThat(idsOf(migration, "t")).hasSize(12).endsWith(80, 81);
        assertThat(idsOf(migration, "u")).containsExactlyInAnyOrderElementsOf(range(1, 22));
    }

    static Stream<FaultPoint> aroundTheCommit() {
        return Stream.of(FaultPoint.CAPTURE_BEFORE_COMMIT, FaultPoint.CAPTURE_AFTER_COMMIT);
    }

    @ParameterizedTest
    @MethodSource("aroundTheCommit")
    void aStopIsNeitherLostNorRepeatedWhenCaptureFailsAroundItsCommit(FaultPoint point) throws Exception {
        // Given
        AtomicReference<FaultPoint> armed = new AtomicReference<>();
        Faults failing = reached -> {
            if (armed.compareAndSet(reached, null)) {
                throw new IllegalStateException("planted at " + reached);
            }
        };
        String name = "fault" + point.name().toLowerCase(Locale.ROOT).replace("_", "");
        CaptureFixture.Migration migration = fixture.migration(name, T, U);
        try (ChangeCapture capture = migration.capture(migration.settings(CaptureFixture.QUICK, failing, "t", "u"))) {
            migration.execute("insert into t values (1, 'x', 'y')");
            await().atMost(PATIENCE).until(() -> migration.changes().size() == 1);
            for (int round = 0; round < 2; round++) {
                long restarts = capture.progress().restarts();
                // When
                armed.set(point);
                migration.execute(
                        "truncate table t", "insert into t values (2, 'x', 'y')", "insert into u values (1, '')");
                passFence(migration, "stopped " + round);
                migration.execute("insert into u values (2, '')", "insert into t values (3, 'x', 'y')");
                passFence(migration, "on " + round);
                // Then
                assertThat(armed.get()).isNull();
                assertThat(capture.progress().restarts()).isGreaterThan(restarts);
                assertThat(migration.stops()).hasSize(round + 1);
                capture.takeUp(Set.of(new TableId(name, "t")));
                migration.execute("delete from u");
                passFence(migration, "taken up " + round);
            }
        }
        assertThat(migration.stops()).hasSize(2);
        assertThat(idsOf(migration, "t")).containsExactly(1);
        assertThat(idsOf(migration, "u")).containsExactlyInAnyOrder(1, 2, 1, 2, 1, 2, 1, 2);
    }

    @Test
    void theStopOfOneTableOfAGroupStopsTheWholeGroupInItsPartition() throws Exception {
        CaptureFixture.Migration migration = fixture.migration("groupstop", T, U);
        CaptureSettings settings = migration.settingsOfGroup(CaptureFixture.QUICK, Faults.NONE, "t", "u");
        try (ChangeCapture capture = migration.capture(settings)) {
            migration.execute("insert into u values (1, 'x')", "truncate t", "insert into u values (2, 'x')");
            passFence(migration, "end");
            assertThat(capture.stopped()).containsExactly("group");
        }
        List<ChangeRecord> ofGroup = migration.published().get(CaptureFixture.PARTITIONS - 1);
        assertThat(ofGroup).hasSize(3);
        assertThat(ofGroup.get(1)).isInstanceOf(TableStop.class);
        assertThat(idsOf(migration, "u")).containsExactly(1);
    }

    @Test
    void aParentThatIsChangedWithoutForeignKeyChecksStopsItsGroup() throws Exception {
        // Given
        CaptureFixture.Migration migration = fixture.migration(
                "unchecked",
                T,
                "create table c (id int primary key, parent int, foreign key (parent) references t (id)"
                        + " on delete cascade)");
        TableId parent = new TableId("unchecked", "t");
        TableId child = new TableId("unchecked", "c");
        ReferentialAction action = new ReferentialAction(
                "fk", parent, List.of("id"), child, List.of("parent"), Action.CASCADE, Action.NONE);
        CaptureSettings settings =
                migration.settingsOfGroup(CaptureFixture.QUICK, Faults.NONE, List.of(action), "t", "c");
        try (ChangeCapture capture = migration.capture(settings)) {
            // When
            migration.execute(
                    "set foreign_key_checks = 0",
                    "insert into c values (1, 1), (2, 2)",
                    "insert into t values (1, 'x', 'y'), (2, 'x', 'y')",
                    "delete from c where id = 2",
                    "set foreign_key_checks = 1",
                    "delete from t where id = 2");
            passFence(migration, "checked");
            // Then
            assertThat(capture.stopped()).isEmpty();
            // When
            migration.execute("set foreign_key_checks = 0", "delete from t where id = 1");
            passFence(migration, "unchecked");
            // Then
            assertThat(capture.stopped()).containsExactly("group");
        }
        assertThat(migration.stops()).extracting(TableStop::id).containsExactly("FOREIGN-KEYS");
        assertThat(migration.changes()).hasSize(6);
    }

    @Test
    void nothingStopsForWhatHappensToOtherTablesOrTouchesNoRow() throws Exception {
        CaptureFixture.Migration migration =
                fixture.migration("harmless", T, U, "create table other (id int primary key)");
        try (ChangeCapture capture =
                migration.capture(migration.settings(CaptureFixture.QUICK, Faults.NONE, "t", "u"))) {
            long restartsAtStart = capture.progress().restarts();
            migration.execute(
                    "alter table t add index (name)",
                    "alter table t comment 'still the same'",
                    "analyze table t",
                    "optimize table t",
                    "create table if not exists t (other int)",
                    "create temporary table x (id int)",
                    "drop temporary table x",
                    "create table strange (ip inet6)",
                    "truncate other",
                    "drop table strange",
                    "set session binlog_format = 'STATEMENT'",
                    "insert into other values (1)",
                    "update other set id = (select count(*) + 7 from t)",
                    "set session binlog_format = 'ROW'",
                    "set session binlog_row_image = 'MINIMAL'",
                    "update other set id = id + 1",
                    "set session binlog_row_image = 'FULL'",
                    "xa start 'o'",
                    "insert into t values (1, 'x', 'y')",
                    "xa end 'o'",
                    "xa commit 'o' one phase");
            migration.execute("insert into u values (1, 'x')");
            passFence(migration, "end");
            assertThat(capture.stopped()).isEmpty();
            assertThat(capture.progress().restarts()).isEqualTo(restartsAtStart);
        }
        assertThat(migration.stops()).isEmpty();
        assertThat(idsOf(migration, "t")).containsExactly(1);
        assertThat(idsOf(migration, "u")).containsExactly(1);
    }

    private static CaptureFixture.Migration migration(Happening happening) {
        String table = happening.id().equals("PARTITION") ? T + " partition by hash (id) partitions 2" : T;
        return fixture.migration(happening.name(), table, U);
    }

    private static void passFence(CaptureFixture.Migration migration, String token) {
        migration.markFence(token);
        await().atMost(PATIENCE).until(() -> migration.isFenced(token));
    }

    private static void assertStoppedOnce(CaptureFixture.Migration migration, String id) {
        assertThat(migration.stops()).hasSize(1);
        TableStop stop = migration.stops().get(0);
        assertThat(stop.id()).isEqualTo(id);
        assertThat(stop.table()).isEqualTo(new TableId(migration.name, "t"));
        assertThat(migration.published().get(0)).contains(stop);
    }

    private static List<Integer> idsOf(CaptureFixture.Migration migration, String table) {
        LogicalType type = LogicalType.of(LogicalType.Kind.INT32);
        return migration.changes().stream()
                .filter(change -> change.table().name().equals(table))
                .map(SourceChange::row)
                .map(row -> Integer.parseInt(ValueText.of(type, row, 0)))
                .sorted()
                .toList();
    }

    private static List<Integer> range(int from, int through) {
        return IntStream.rangeClosed(from, through).boxed().toList();
    }
}
