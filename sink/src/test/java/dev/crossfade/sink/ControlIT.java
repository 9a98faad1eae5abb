package dev.crossfade.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.crossfade.model.DatabaseAccess;
import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.Problem;
import dev.crossfade.model.Secret;
import dev.crossfade.sink.control.ControlSchema;
import dev.crossfade.sink.control.Epoch;
import dev.crossfade.sink.control.LogIdentity;
import dev.crossfade.sink.control.LogStore;
import dev.crossfade.sink.control.MigrationRecord;
import dev.crossfade.sink.control.MigrationStore;
import dev.crossfade.sink.control.RunLock;
import dev.crossfade.sink.control.RunOwner;
import dev.crossfade.sink.control.VerificationBoard;
import dev.crossfade.sink.target.TargetDatabase;
import dev.crossfade.testkit.TcpProxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ControlIT {
    private static final RunOwner ELSEWHERE = new RunOwner("elsewhere", 4711);

    private final TestTarget target = new TestTarget();
    private final TargetDatabase database = target.access();

    @Test
    void unreachableServerAndUnknownDatabaseAreToldApart() {
        DatabaseAccess nobody = new DatabaseAccess("jdbc:postgresql://127.0.0.1:1/app", "u", new Secret("hidden"));
        DatabaseAccess unknown = new DatabaseAccess(
                TestTarget.server().jdbcUrl("nowhere"), TestTarget.server().user(), new Secret("hidden"));

        assertThatThrownBy(() -> new TargetDatabase(nobody).checkReachable())
                .isInstanceOfSatisfying(
                        MigrationException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.TARGET))
                .hasMessageContaining("cannot connect to jdbc:postgresql://127.0.0.1:1/app as u: SQLSTATE 08001")
                .hasMessageNotContaining("hidden");
        assertThatThrownBy(() -> new TargetDatabase(unknown).checkReachable())
                .hasMessageContaining("there is no such database");
        database.checkReachable();
    }

    @Test
    void schemaIsInstalledOnceByAnyNumberAtOnce() {
        ControlSchema schema = new ControlSchema(database);
        assertThat(schema.isInstalled()).isFalse();

        IntStream.range(0, 8).parallel().forEach(i -> new ControlSchema(database).install());

        assertThat(schema.isInstalled()).isTrue();
        assertThat(target.rows("select version from crossfade.control_version order by 1"))
                .containsExactly("1", "2", "3", "4", "5", "6");
    }

    @Test
    void schemaOfANewerProgramIsRefused() {
        new ControlSchema(database).install();
        target.execute("insert into crossfade.control_version values (7)");

        assertThatThrownBy(() -> new ControlSchema(database).install())
                .isInstanceOf(MigrationException.class)
                .hasMessageContaining("has version 7, this program knows 6");
    }

    @Test
    void secondRunIsRefusedAndToldWhoHoldsTheLock() {
        new ControlSchema(database).install();
        try (RunLock first = RunLock.acquire(database, "shop", ELSEWHERE, Duration.ZERO, loss -> {})) {
            assertThat(first.isHeld()).isTrue();

            assertThatThrownBy(() -> RunLock.acquire(
                            database, "shop", RunOwner.thisProcess(), Duration.ofMillis(200), loss -> {}))
                    .isInstanceOfSatisfying(MigrationException.class, e -> {
                        assertThat(e.kind()).isEqualTo(ErrorKind.PLAN);
                        assertThat(e.problems()).extracting(Problem::code).containsExactly("RUN-LOCKED");
                    })
                    .hasMessageContaining("process 4711 on elsewhere since 20");
            assertThat(RunLock.holder(database, "shop").orElseThrow().owner()).isEqualTo(ELSEWHERE);
            target.begin("another").close();
        }
        assertThat(RunLock.holder(database, "shop")).isEmpty();
    }

    @Test
    void everyRunHasAHigherEpochAndOnlyTheLastMayWrite() {
        RunLock first = target.begin("shop");
        Epoch old = first.epoch();
        MigrationStore store = new MigrationStore(database, "shop");
        store.begin(old, "hash", "plan", "PLANNED");
        first.close();
        assertThat(first.isHeld()).isFalse();

        try (RunLock second = target.begin("shop")) {
            assertThat(second.epoch().number()).isEqualTo(old.number() + 1);
            assertThatThrownBy(() -> store.phase(old, "SHADOWING")).hasMessageContaining("has taken over");
            store.phase(second.epoch(), "BACKFILLING");
            assertThat(store.read().orElseThrow().phase()).isEqualTo("BACKFILLING");
        }
    }

    @Test
    void aTransactionInTheGateIsEndedByTheNextRun() throws Exception {
        RunLock first = target.begin("shop");
        new MigrationStore(database, "shop").begin(first.epoch(), "hash", "plan", "PLANNED");
        try (Connection stopped = database.open()) {
            stopped.setAutoCommit(false);
            first.epoch().enter(stopped);
            try (Statement statement = stopped.createStatement()) {
                statement.execute("update crossfade.migration set phase = 'of the old run'");
            }
            first.close();

            try (RunLock second = target.begin("shop")) {
                assertThat(second.isHeld()).isTrue();
                assertThatThrownBy(stopped::commit).hasMessageContaining("terminat");
            }
        }
        assertThat(target.rows("select phase from crossfade.migration")).containsExactly("PLANNED");
    }

    @Test
    void aLockWhoseConnectionBrokeIsTakenAgainUnderTheSameEpoch() {
        Watching watching = new Watching();
        try (RunLock lock = target.begin("shop", watching)) {
            int backend = RunLock.holder(database, "shop").orElseThrow().backend();

            endSessionsWithAdvisoryLocks();

            await().atMost(Duration.ofSeconds(20)).until(() -> watching.breaks.get() == 1 && lock.isHeld());
            new MigrationStore(database, "shop").begin(lock.epoch(), "hash", "plan", "PLANNED");
            assertThat(RunLock.holder(database, "shop").orElseThrow().backend()).isNotEqualTo(backend);
            assertThat(watching.losses).isEmpty();
        }
    }

    @Test
    void aLockThatAnotherRunTookWhileItsConnectionWasLostIsLostForGood() {
        Watching watching = new Watching();
        try (RunLock first = target.begin("shop", watching)) {
            endSessionsWithAdvisoryLocks();

            try (RunLock second = target.begin("shop")) {
                await().atMost(Duration.ofSeconds(20)).until(() -> !watching.losses.isEmpty());
                assertThat(first.isHeld()).isFalse();
                assertThat(second.isHeld()).isTrue();
                assertThat(watching.losses).singleElement().satisfies(loss -> assertThat(loss)
                        .hasMessageContaining("the run lock of migration shop is lost: another run has taken over"));
            }
        }
    }

    @Test
    void aLockWhoseConnectionIsFrozenIsTakenFromItsOwnSessionAndWhoWaitsForAnAnswerWaitsNoLonger() throws Exception {
        try (TcpProxy way = TcpProxy.before(TestTarget.server().port())) {
            TargetDatabase through = target.accessThrough(way.port());
            new ControlSchema(database).install();
            Watching watching = new Watching() {
                @Override
                public void broken() {
                    super.broken();
                    through.breakConnections();
                }
            };
            try (RunLock lock = RunLock.acquire(through, "shop", ELSEWHERE, Duration.ZERO, watching);
                    Connection applier = through.open()) {
                applier.setAutoCommit(false);
                lock.epoch().enter(applier);

                way.freeze();

                assertThatThrownBy(() -> lock.epoch().enter(applier)).isInstanceOf(SQLException.class);
                await().atMost(Duration.ofSeconds(30)).until(lock::isHeld);
                assertThat(watching.losses).isEmpty();
                assertThat(target.rows("select count(*) from pg_locks where locktype = 'advisory' and database ="
                                + " (select oid from pg_database where datname = current_database())"))
                        .containsExactly("1");
            }
        }
    }

    private void endSessionsWithAdvisoryLocks() {
        target.rows("select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and database ="
                + " (select oid from pg_database where datname = current_database())");
    }

    private static class Watching implements RunLock.Watcher {
        final List<MigrationException> losses = new CopyOnWriteArrayList<>();
        final AtomicInteger breaks = new AtomicInteger();

        @Override
        public void lost(MigrationException reason) {
            losses.add(reason);
        }

        @Override
        public void broken() {
            breaks.incrementAndGet();
        }
    }

    @Test
    void migrationGoesOnOnlyUnderTheMappingItBeganWith() {
        MigrationStore store = new MigrationStore(database, "shop");
        try (RunLock lock = target.begin("shop")) {
            assertThat(store.read()).isEmpty();
            store.begin(lock.epoch(), "hash", "the plan", "PLANNED");
            store.begin(lock.epoch(), "hash", "the plan", "PLANNED");

            assertThatThrownBy(() -> store.begin(lock.epoch(), "other", "the plan", "PLANNED"))
                    .isInstanceOfSatisfying(MigrationException.class, e -> assertThat(e.problems())
                            .extracting(Problem::code)
                            .containsExactly("MAPPING-CHANGED"));
        }
    }

    @Test
    void recordHoldsStatusAndWhatIsWanted() {
        MigrationStore store = new MigrationStore(database, "shop");
        try (RunLock lock = target.begin("shop")) {
            assertThat(store.want("stop")).isFalse();
            store.begin(lock.epoch(), "hash", "the plan", "PLANNED");

            store.status(lock.epoch(), "{\"rows\": 1}");
            assertThat(store.want("stop")).isTrue();

            MigrationRecord record = store.read().orElseThrow();
            assertThat(record.status()).isEqualTo("{\"rows\": 1}");
            assertThat(record.wanted()).isEqualTo("stop");
            assertThat(record.plan()).isEqualTo("the plan");
        }
        new ControlSchema(database).forget("shop");
        assertThat(new ControlSchema(database).isInstalled()).isFalse();
    }

    @Test
    void theIdentityOfTheLogIsKeptUntilAnotherOneTakesItsPlace() {
        try (RunLock lock = target.begin("shop")) {
            LogStore store = new LogStore(database, "shop");
            assertThat(store.read()).isEmpty();
            store.keep(lock.epoch(), new LogIdentity("cluster 1", Map.of("rows", "id 1", "chunks", "id 2")));
            LogIdentity second = new LogIdentity("cluster 2", Map.of("rows", "id 3"));

            store.keep(lock.epoch(), second);

            assertThat(store.read()).contains(second);
        }
    }

    @Test
    void schemaOfAnEarlierVersionIsCompletedAndKeepsItsRows() {
        try (RunLock lock = target.begin("shop")) {
            new MigrationStore(database, "shop").begin(lock.epoch(), "hash", "the plan", "PLANNED");
        }
        target.execute(
                "drop table crossfade.target_table, crossfade.group_copy, crossfade.log, crossfade.table_stop,"
                        + " crossfade.table_hold, crossfade.source_definitions",
                "alter table crossfade.progress drop column leader_epoch",
                "delete from crossfade.control_version",
                "insert into crossfade.control_version values (1)");

        new ControlSchema(database).install();

        assertThat(target.rows("select version from crossfade.control_version order by 1"))
                .containsExactly("1", "2", "3", "4", "5", "6");
        assertThat(target.rows("select count(*) from crossfade.target_table, crossfade.group_copy"))
                .containsExactly("0");
        assertThat(new LogStore(database, "shop").read()).isEmpty();
        assertThat(target.rows("select leader_epoch from crossfade.progress")).isEmpty();
        assertThat(new MigrationStore(database, "shop").read()).isPresent();
    }

    @Test
    void schemaGoesWithTheLastMigrationAndStaysForWhatIsNotOurs() {
        ControlSchema schema = new ControlSchema(database);
        target.begin("shop").close();
        target.begin("other").close();
        assertThat(schema.migrations()).containsExactly("other", "shop");

        schema.forget("shop");
        assertThat(schema.migrations()).containsExactly("other");

        target.execute("create table crossfade.notes (note text)");
        schema.forget("other");
        assertThat(target.rows("select relname from pg_class where relnamespace = 'crossfade'::regnamespace"
                        + " and relkind = 'r'"))
                .containsExactly("notes");
    }

    @Test
    void epochOfAMigrationThatWasForgottenNeverComesAgain() {
        RunLock first = target.begin("shop");
        Epoch old = first.epoch();
        new ControlSchema(database).forget("shop");
        first.close();

        try (RunLock again = target.begin("shop")) {
            assertThat(again.epoch().number()).isGreaterThan(old.number());
        }
    }

    @Test
    void verificationRequestIsMovedByOneSideOnce() {
        new ControlSchema(database).install();
        VerificationBoard board = new VerificationBoard(database, "shop");
        board.request("v1", "requested", "{}");

        assertThat(board.next(List.of("requested")).orElseThrow().id()).isEqualTo("v1");
        assertThat(board.advance("v1", "requested", "held", "{\"fence\": \"f\"}"))
                .isTrue();
        assertThat(board.advance("v1", "requested", "held", "{}")).isFalse();
        assertThat(board.find("v1").orElseThrow().detail()).isEqualTo("{\"fence\": \"f\"}");
    }

    @Test
    void requestThatMovesIsFoundInOneOfItsStates() {
        new ControlSchema(database).install();
        VerificationBoard board = new VerificationBoard(database, "shop");
        board.request("v1", "held", "{}");
        AtomicBoolean looking = new AtomicBoolean(true);
        Thread mover = new Thread(() -> {
            while (looking.get()) {
                board.advance("v1", "held", "publish", "{}");
                board.advance("v1", "publish", "held", "{}");
            }
        });
        mover.start();

        try {
            for (int look = 0; look < 300; look++) {
                assertThat(board.next(List.of("release", "publish", "held"))).isPresent();
            }
        } finally {
            looking.set(false);
        }
        board.request("v2", "release", "{}");
        assertThat(board.next(List.of("release", "publish", "held"))
                        .orElseThrow()
                        .id())
                .isEqualTo("v2");
    }
}
