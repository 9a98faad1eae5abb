package dev.crossfade.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.crossfade.model.MigrationException;
import dev.crossfade.model.Problem;
import dev.crossfade.pipeline.TableRule.Drop;
import dev.crossfade.pipeline.TableRule.Take;
import dev.crossfade.pipeline.TableRule.TakeOthers;
import dev.crossfade.testkit.MariaDbServer;
import dev.crossfade.verify.VerificationListener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What stands in the way of a run ends it before anything is written on either side, all of it in one message; each problem says
 * what was seen, what is needed and what mends it, and that does mend it.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class BadInputIT {
    @AutoClose
    private static Sides sides;

    @BeforeAll
    static void startServers(@TempDir Path directory) {
        sides = Sides.start(directory);
    }

    private static void createShop(String database) {
        sides.createDatabases(
                database,
                "create table items (id int unsigned primary key, name varchar(50) not null, price decimal(10,2))",
                "insert into items values (1, 'one', 1), (2, 'two', 2)",
                "create table visits (day date, visitor varchar(20), pages int, primary key (day, visitor))");
    }

    /** Runs, and expects to be refused; the list holds what a person sees. */
    private static MigrationException refused(MigrationSpec spec) {
        MigrationException refused = catchThrowableOfType(MigrationException.class, () -> {
            try (RunningMigration running = RunningMigration.until(spec, Phase.SHADOWING)) {
                running.awaitEnd();
            }
        });
        assertThat(refused).as("the run is refused").isNotNull();
        assertThat(refused.problems()).as(refused.getMessage()).isNotEmpty().allSatisfy(problem -> assertThat(refused)
                .hasMessageContaining(problem.code())
                .hasMessageContaining(problem.seen())
                .hasMessageContaining(problem.remedy()));
        assertThat(refused).hasMessageContaining("nothing was changed");
        return refused;
    }

    private static Problem problem(MigrationException refused, String code) {
        List<Problem> problems = refused.problems().stream()
                .filter(problem -> problem.code().equals(code))
                .toList();
        assertThat(problems).as("%s in %s", code, refused.getMessage()).hasSize(1);
        return problems.get(0);
    }

    @Test
    void tellsAllThatIsWrongWithFileLogAndTargetTablesAtOnce() {
        createShop("many");
        sides.target.execute(
                "many",
                "create table items (id bigint primary key, name varchar(50), price integer)",
                "insert into items values (7, 'seven', 7)");
        MigrationSpec spec = sides.spec(
                "many-move",
                "many",
                Sides.rule(1, "many", "items", "items"),
                Sides.rule(
                        2,
                        "many",
                        "visits",
                        "visits",
                        new Take(Sides.at(3), "who", "visiter"),
                        new Drop(Sides.at(4), "page"),
                        new TakeOthers(Sides.at(5))),
                Sides.rule(6, "many", "itms", "stock"),
                Sides.rule(7, "many", "*", "items"));
        sides.source.execute("", "set global binlog_format = 'MIXED'", "set global binlog_row_image = 'MINIMAL'");
        MigrationException refused;
        try {
            refused = refused(spec);
            sides.assertUntouched("many-move", "many", "items");

            assertThat(refused.problems())
                    .extracting(Problem::code)
                    .containsExactlyInAnyOrder(
                            "COLUMN-UNKNOWN",
                            "COLUMN-UNKNOWN",
                            "TABLE-UNKNOWN",
                            "TABLE-UNKNOWN",
                            "BINLOG-FORMAT",
                            "ROW-IMAGE",
                            "TARGET-COLUMN",
                            "TARGET-NOT-EMPTY");
            assertThat(refused)
                    .hasMessageContaining("8 problems")
                    .hasMessageContaining("migration.yml:3:1")
                    .hasMessageContaining("no column 'visiter'; did you mean 'visitor'?")
                    .hasMessageContaining("migration.yml:4:1")
                    .hasMessageContaining("no column 'page'; did you mean 'pages'?")
                    .hasMessageContaining("migration.yml:6:1")
                    .hasMessageContaining("no table 'many.itms'; did you mean 'many.items'?")
                    .hasMessageContaining("migration.yml:7:1")
                    .hasMessageContaining("binlog_format is 'MIXED', must be 'ROW'")
                    .hasMessageContaining("binlog_row_image is 'MINIMAL', must be 'FULL'")
                    .hasMessageContaining("it is integer, must be numeric(10,2)");
            for (String code : List.of("BINLOG-FORMAT", "ROW-IMAGE")) {
                sides.source.execute("", statement(problem(refused, code)));
            }
        } finally {
            sides.source.execute("", "set global binlog_format = 'ROW'", "set global binlog_row_image = 'FULL'");
        }
        sides.target.execute(
                "many", statement(problem(refused, "TARGET-NOT-EMPTY")), statement(problem(refused, "TARGET-COLUMN")));
        MigrationSpec mended = sides.spec(
                "many-move",
                "many",
                Sides.rule(1, "many", "items", "items"),
                Sides.rule(
                        2,
                        "many",
                        "visits",
                        "visits",
                        new Take(Sides.at(3), "who", "visitor"),
                        new TakeOthers(Sides.at(5))));
        assertThatCode(() -> RunningMigration.of(mended).plan()).doesNotThrowAnyException();
        sides.assertUntouched("many-move", "many", "items");
    }

    /** What stands before the explanation is a statement as it can be run. */
    private static String statement(Problem problem) {
        String remedy = problem.remedy();
        int end = remedy.contains(";") ? remedy.indexOf(';') : remedy.indexOf(", or ");
        return end < 0 ? remedy : remedy.substring(0, end);
    }

    @Test
    void refusesASourceThatWritesNoLog() {
        sides.target.createDatabase("unlogged");
        try (MariaDbServer unlogged = MariaDbServer.start("--skip-log-bin", "--binlog-format=MIXED")) {
            unlogged.createDatabase("unlogged");
            unlogged.execute("unlogged", "create table items (id int primary key)");
            MigrationSpec spec = Sides.withSource(
                    sides.spec("unlogged-move", "unlogged", Sides.rule(1, "unlogged", "item", "items")),
                    unlogged.jdbcUrl("unlogged"),
                    unlogged.user(),
                    unlogged.password());

            MigrationException refused = refused(spec);

            assertThat(refused.problems())
                    .extracting(Problem::code)
                    .containsExactlyInAnyOrder("TABLE-UNKNOWN", "BINLOG-OFF", "BINLOG-FORMAT");
            assertThat(problem(refused, "BINLOG-OFF").seen()).isEqualTo("log_bin is 'OFF', must be 'ON'");
            assertThat(problem(refused, "BINLOG-OFF").remedy())
                    .contains("[mysqld] log_bin=")
                    .contains("restart");
            assertThat(Sides.column(unlogged.connect("unlogged"), "show tables"))
                    .containsExactly("items");
        }
        assertThat(sides.onTarget("unlogged", "select nspname from pg_namespace where nspname = 'crossfade'"))
                .isEmpty();
    }

    @Test
    void namesEachMissingPrivilegeOnBothSidesAndTheGrantsMendThem() {
        createShop("guarded");
        sides.source.execute(
                "",
                "create or replace user 'reader'@'%' identified by 'reader-word'",
                "grant select on guarded.visits to 'reader'@'%'");
        sides.target.execute("guarded", "drop role if exists mover", "create role mover login password 'mover-word'");
        MigrationSpec named = Sides.withTarget(
                Sides.withSource(
                        sides.spec(
                                "guarded-move",
                                "guarded",
                                Sides.rule(1, "guarded", "items", "items"),
                                Sides.rule(2, "guarded", "visits", "visits")),
                        sides.source.jdbcUrl("guarded"),
                        "reader",
                        "reader-word"),
                sides.target.jdbcUrl("guarded"),
                "mover",
                "mover-word");

        MigrationException refused = refused(named);

        sides.assertUntouched("guarded-move", "guarded");
        assertThat(refused)
                .hasMessageContaining("has no REPLICATION SLAVE")
                .hasMessageContaining("has no BINLOG MONITOR")
                .hasMessageContaining("has no SELECT on guarded.items")
                .hasMessageContaining("GRANT SELECT ON `guarded`.`items` TO 'reader'@'%'")
                .hasMessageContaining("on guarded.crossfade_marker")
                .hasMessageContaining("it lacks CREATE on database guarded, to make schema crossfade")
                .hasMessageContaining("it lacks USAGE and CREATE on schema public")
                .hasMessageNotContaining("reader-word")
                .hasMessageNotContaining("mover-word");
        for (Problem problem : refused.problems()) {
            if (problem.code().equals("PRIVILEGE")) {
                sides.source.execute("", problem.remedy());
            } else if (problem.code().equals("TARGET-RIGHT")) {
                sides.target.execute("guarded", problem.remedy());
            }
        }
        assertThatCode(() -> RunningMigration.of(named).plan()).doesNotThrowAnyException();
        sides.assertUntouched("guarded-move", "guarded");
    }

    @Test
    void namesBothServersAndKafkaWhenNoneAnswers() throws IOException {
        createShop("away");
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        MigrationSpec spec = Sides.withTarget(
                        Sides.withSource(
                                sides.spec("away-move", "away"),
                                "jdbc:mariadb://127.0.0.1:" + free + "/away",
                                "u",
                                "p"),
                        "jdbc:postgresql://127.0.0.1:" + free + "/away",
                        "u",
                        "p")
                .withKafka(Map.of("bootstrap.servers", "127.0.0.1:" + free));

        MigrationException refused = refused(spec);

        assertThat(refused.problems()).hasSize(3);
        assertThat(refused)
                .hasMessageContaining("no server answers at 127.0.0.1:" + free)
                .hasMessageContaining("jdbc:postgresql://127.0.0.1:" + free + "/away")
                .hasMessageContaining("Kafka at 127.0.0.1:" + free);
    }

    @Test
    void aKafkaThatDoesNotAnswerIsNamedBeforeTheTargetIsWritten() throws IOException {
        createShop("mute");
        try (ServerSocket mute = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            MigrationException refused = refused(sides.spec("mute-move", "mute")
                    .withKafka(Map.of("bootstrap.servers", "127.0.0.1:" + mute.getLocalPort())));

            assertThat(refused.problems()).singleElement().satisfies(problem -> assertThat(problem.toString())
                    .contains("KAFKA-UNREACHABLE")
                    .contains("127.0.0.1:" + mute.getLocalPort())
                    .contains("kafka.bootstrap.servers"));
        }
        sides.assertUntouched("mute-move", "mute");
    }

    @Test
    void saysThatTheSourceKnowsNoSuchPasswordAndTheTargetNoSuchDatabase() {
        createShop("locked");
        MigrationSpec spec = Sides.withTarget(
                Sides.withSource(
                        sides.spec("locked-move", "locked"),
                        sides.source.jdbcUrl("locked"),
                        sides.source.user(),
                        "not-this-word"),
                sides.target.jdbcUrl("lockd"),
                sides.target.user(),
                "any");

        MigrationException refused = refused(spec);

        assertThat(refused.problems()).hasSize(2);
        assertThat(refused)
                .hasMessageContaining("knows no account 'root' with this password")
                .hasMessageContaining("source.password")
                .hasMessageContaining("lockd")
                .hasMessageNotContaining("not-this-word");
        sides.assertUntouched("locked-move", "locked");
    }

    @Test
    void saysThatTheTargetKnowsNoSuchPasswordAndAllThatAStrangerLacksOnTheSource() throws IOException {
        createShop("barred");
        sides.source.execute("", "create or replace user 'stranger'@'%' identified by 'stranger-word'");
        sides.target.execute("barred", "drop role if exists barred", "create role barred login password 'true-word'");
        Path hba = Path.of(sides.onTarget("barred", "show hba_file").get(0));
        String open = Files.readString(hba);
        Files.writeString(hba, "host all barred all scram-sha-256\n" + open);
        sides.onTarget("barred", "select pg_reload_conf()");
        try {
            MigrationException refused = refused(Sides.withTarget(
                    Sides.withSource(
                            sides.spec("barred-move", "barred"),
                            sides.source.jdbcUrl("barred"),
                            "stranger",
                            "stranger-word"),
                    sides.target.jdbcUrl("barred"),
                    "barred",
                    "not-this-word"));

            assertThat(refused)
                    .hasMessageContaining("the password is wrong or the account does not exist")
                    .hasMessageContaining("GRANT REPLICATION SLAVE ON *.* TO 'stranger'@'%'")
                    .hasMessageContaining("GRANT SELECT ON `barred`.* TO 'stranger'@'%'")
                    .hasMessageNotContaining("not-this-word")
                    .hasMessageNotContaining("stranger-word");
        } finally {
            Files.writeString(hba, open);
            sides.onTarget("barred", "select pg_reload_conf()");
        }
        sides.assertUntouched("barred-move", "barred");
    }

    @Test
    void aMigrationThatHasBegunGoesOnOnlyAsItBegan() throws Exception {
        createShop("begun");
        MigrationSpec spec = sides.spec("begun-move", "begun");
        Migration elsewhere = RunningMigration.of(spec);
        assertThat(notShadowing(elsewhere)).contains("it was never begun on this target");
        sides.assertUntouched("begun-move", "begun");
        try (RunningMigration first = RunningMigration.start(spec).awaitPhase(Phase.SHADOWING)) {
            String epoch = epoch();

            MigrationException second = refused(spec);

            assertThat(problem(second, "RUN-LOCKED").toString())
                    .contains("begun-move")
                    .contains(String.valueOf(ProcessHandle.current().pid()))
                    .contains("pg_terminate_backend(");
            assertThat(epoch()).isEqualTo(epoch);
            assertThat(first.hasEnded()).isFalse();
            first.stop();
        }
        assertThat(notShadowing(elsewhere)).contains("no process runs it").contains("crossfade run");
        String epoch = epoch();

        MigrationException other = refused(Sides.withSettings(
                sides.spec("begun-move", "begun", Sides.rule(1, "begun", "items", "items")),
                new RunSettings(5, 2, 64 << 10)));

        assertThat(other.problems())
                .extracting(Problem::code)
                .containsExactlyInAnyOrder("MAPPING-CHANGED", "PLAN-CHANGED");
        assertThat(problem(other, "PLAN-CHANGED").seen())
                .contains("change-partitions 3, readers 2")
                .contains("change-partitions 5, readers 2");
        assertThat(problem(other, "MAPPING-CHANGED").remedy()).contains("put the file back");

        sides.source.execute("begun", "alter table items modify price decimal(12,2)", "drop table visits");
        MigrationException altered = refused(spec);

        assertThat(altered.problems().stream().filter(problem -> problem.code().equals("PLAN-CHANGED")))
                .hasSize(2);
        assertThat(altered)
                .hasMessageContaining("begun.items was")
                .hasMessageContaining("numeric(12,2)")
                .hasMessageContaining("begun.visits is no longer part of it");
        assertThat(epoch()).isEqualTo(epoch);
    }

    private static String notShadowing(Migration migration) {
        MigrationException refused = catchThrowableOfType(
                MigrationException.class, () -> migration.verify(VerifyOptions.ALL, VerificationListener.NONE));
        assertThat(problem(refused, "NOT-SHADOWING").subject()).contains("begun-move");
        return String.valueOf(refused.getMessage());
    }

    private static String epoch() {
        return sides.onTarget("begun", "select epoch || ' ' || pid from crossfade.run_lock")
                .get(0);
    }

    @Test
    void aTableThatTwoRulesClaimIsAProblemOfTheFile() {
        createShop("twice");
        MigrationException refused = refused(sides.spec(
                "twice-move",
                "twice",
                Sides.rule(1, "twice", "items", "things"),
                Sides.rule(2, "twice", "visits", "things"),
                Sides.rule(3, "twice", "items", "items")));

        assertThat(refused.problems())
                .extracting(Problem::code)
                .containsOnly("TABLE-TWICE")
                .hasSize(2);
        sides.assertUntouched("twice-move", "twice");
    }
}
