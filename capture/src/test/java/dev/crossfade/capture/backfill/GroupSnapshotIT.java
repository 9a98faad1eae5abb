package dev.crossfade.capture.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.capture.backfill.GroupSnapshot.Method;
import dev.crossfade.model.BinlogPosition;
import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.TableId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GroupSnapshotIT {
    private static final int WRITERS = 4;
    private static final int SNAPSHOTS = 12;

    private static BackfillFixture fixture;

    @BeforeAll
    static void start() {
        fixture = new BackfillFixture();
    }

    @AfterAll
    static void stop() {
        fixture.close();
    }

    private static GroupSnapshot open(BackfillFixture.Migration migration, MigrationPlan plan, Method method)
            throws SQLException, InterruptedException {
        return GroupSnapshot.open(
                        migration.source,
                        plan,
                        migration.settings(1_000_000, 32 * 1024),
                        new Turnstile(BackfillGate.OPEN),
                        Optional.of(method))
                .orElseThrow();
    }

    private static long rows(GroupSnapshot snapshot, String database, String table) throws SQLException {
        AtomicLong rows = new AtomicLong();
        assertThat(snapshot.read(new TableId(database, table), row -> rows.incrementAndGet(), () -> false))
                .isTrue();
        return rows.get();
    }

    @ParameterizedTest
    @EnumSource
    void showsExactlyWhatStandsInTheLogBeforeItsPositionHoweverLongItIsReadAndAcrossLogFiles(Method method)
            throws Exception {
        // Given
        String database = "snap" + method.name().toLowerCase(Locale.ROOT).charAt(0);
        BackfillFixture.Migration migration = fixture.migration(
                database,
                "create table tick (writer int, n bigint, primary key (writer, n))",
                "create table tock (writer int, n bigint, primary key (writer, n))");
        fixture.server.execute(database, "flush binary logs");
        String first = logFiles().get(logFiles().size() - 1);
        MigrationPlan plan = migration.plan(List.of(List.of("tick", "tock")));
        AtomicBoolean stop = new AtomicBoolean();
        AtomicLong committed = new AtomicLong();
        ExecutorService writers = Executors.newFixedThreadPool(WRITERS);
        List<Future<?>> running = new ArrayList<>();
        for (int writer = 0; writer < WRITERS; writer++) {
            int number = writer;
            running.add(writers.submit(() -> write(database, number, stop, committed)));
        }
        Map<BinlogPosition, Long> seen = new HashMap<>();
        // When
        try {
            for (int i = 0; i < SNAPSHOTS; i++) {
                awaitMore(committed);
                if (i % 4 == 3) {
                    fixture.server.execute(database, "flush binary logs");
                }
                try (GroupSnapshot snapshot = open(migration, plan, method)) {
                    long ticks = rows(snapshot, database, "tick");
                    awaitMore(committed);
                    long tocks = rows(snapshot, database, "tock");
                    assertThat(tocks).isEqualTo(ticks);
                    seen.put(snapshot.position(), ticks + tocks);
                }
            }
        } finally {
            stop.set(true);
            for (Future<?> writer : running) {
                writer.get();
            }
            writers.shutdown();
        }
        // Then
        List<Transaction> transactions = transactionsFrom(first);
        assertThat(seen).hasSizeGreaterThan(SNAPSHOTS / 2);
        seen.forEach((position, rows) -> assertThat(rowsBefore(position, transactions))
                .as("rows before %s", position)
                .isEqualTo(rows));
    }

    private static void awaitMore(AtomicLong committed) {
        long before = committed.get();
        Awaitility.await().until(() -> committed.get() > before + 20);
    }

    /** One transaction per number, in two tables. */
    private static Void write(String database, int writer, AtomicBoolean stop, AtomicLong committed)
            throws SQLException {
        try (Connection connection = fixture.server.connect(database);
                PreparedStatement tick = connection.prepareStatement("insert into tick values (" + writer + ", ?)");
                PreparedStatement tock = connection.prepareStatement("insert into tock values (" + writer + ", ?)")) {
            connection.setAutoCommit(false);
            for (long n = 1; !stop.get(); n++) {
                tick.setLong(1, n);
                tick.executeUpdate();
                tock.setLong(1, n);
                tock.executeUpdate();
                connection.commit();
                committed.incrementAndGet();
            }
        }
        return null;
    }

    /** Where a transaction begins, and how many rows it wrote. */
    private record Transaction(BinlogPosition begin, long rows) {}

    /** As the sink sees it: a snapshot holds what begins before its position. */
    private static long rowsBefore(BinlogPosition position, List<Transaction> transactions) {
        return transactions.stream()
                .filter(transaction -> !transaction.begin().isAtOrAfter(position))
                .mapToLong(Transaction::rows)
                .sum();
    }

    private static List<String> logFiles() throws SQLException {
        List<String> files = new ArrayList<>();
        try (Connection connection = fixture.server.connect("");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("show binary logs")) {
            while (rows.next()) {
                files.add(rows.getString(1));
            }
        }
        return files;
    }

    private static List<Transaction> transactionsFrom(String first) throws SQLException {
        List<Transaction> transactions = new ArrayList<>();
        try (Connection connection = fixture.server.connect("");
                Statement statement = connection.createStatement()) {
            for (String file : logFiles()) {
                if (file.compareTo(first) >= 0) {
                    try (ResultSet events = statement.executeQuery("show binlog events in '" + file + "'")) {
                        addTransactions(file, events, transactions);
                    }
                }
            }
        }
        return transactions;
    }

    private static void addTransactions(String file, ResultSet events, List<Transaction> transactions)
            throws SQLException {
        BinlogPosition begin = new BinlogPosition(file, 4, "");
        long rows = 0;
        while (events.next()) {
            String type = events.getString("Event_type");
            if (type.equals("Gtid")) {
                begin = new BinlogPosition(file, events.getLong("Pos"), "");
                rows = 0;
            } else if (type.startsWith("Write_rows")) {
                rows++;
            } else if (type.equals("Xid")) {
                transactions.add(new Transaction(begin, rows));
            }
        }
    }

    @Test
    void waitsUntilNoTransactionIsPreparedBecauseItMayStandInTheLogAlready() throws Exception {
        // Given
        BackfillFixture.Migration migration = fixture.migration("prepared", "create table a (id int primary key)");
        MigrationPlan plan = migration.plan(List.of(List.of("a")));
        ExecutorService copier = Executors.newSingleThreadExecutor();
        try (Connection writer = fixture.server.connect("prepared");
                Statement statement = writer.createStatement()) {
            for (String sql : List.of("xa start 'x'", "insert into a values (1)", "xa end 'x'", "xa prepare 'x'")) {
                statement.execute(sql);
            }
            // When
            Future<Long> rows = copier.submit(() -> {
                try (GroupSnapshot snapshot = open(migration, plan, Method.STATUS_VARIABLES)) {
                    return rows(snapshot, "prepared", "a");
                }
            });
            Awaitility.await().pollDelay(500, TimeUnit.MILLISECONDS).until(() -> true);
            assertThat(rows).isNotDone();
            statement.execute("xa commit 'x'");
            // Then
            assertThat(rows.get(30, TimeUnit.SECONDS)).isEqualTo(1);
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        } finally {
            copier.shutdownNow();
        }
    }
}
