package dev.crossfade.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.model.BinlogPosition;
import dev.crossfade.model.DatabaseAccess;
import dev.crossfade.model.Secret;
import dev.crossfade.testkit.MariaDbServer;
import dev.crossfade.verify.SourceSnapshots.Method;
import dev.crossfade.verify.SourceSnapshots.Opened;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The snapshot shows the transactions that are in the log before its position, and no other, while writers commit. */
class SourceSnapshotsIT {
    private static final int WRITERS = 4;
    private static final int SNAPSHOTS = 15;

    private static MariaDbServer server;

    @BeforeAll
    static void start() {
        server = MariaDbServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @EnumSource
    void snapshotShowsExactlyTheCommitsBeforeItsPosition(Method method)
            throws InterruptedException, SQLException, ExecutionException {
        server.createDatabase("legacy");
        server.execute(
                "legacy",
                "CREATE TABLE tick (writer INT, n BIGINT, PRIMARY KEY (writer, n))",
                "CREATE TABLE tock (writer INT, n BIGINT, PRIMARY KEY (writer, n))",
                "FLUSH BINARY LOGS");
        AtomicBoolean stop = new AtomicBoolean();
        AtomicLong committed = new AtomicLong();
        ExecutorService writers = Executors.newFixedThreadPool(WRITERS);
        List<Future<?>> running = new ArrayList<>();
        for (int writer = 0; writer < WRITERS; writer++) {
            int number = writer;
            running.add(writers.submit(() -> write(number, stop, committed)));
        }
        Map<BinlogPosition, Long> seen = new HashMap<>();
        try {
            for (int i = 0; i < SNAPSHOTS; i++) {
                long before = committed.get();
                Awaitility.await().until(() -> committed.get() > before + 20);
                try (SourceSnapshots snapshots = SourceSnapshots.connect(
                        new DatabaseAccess(server.jdbcUrl("legacy"), server.user(), new Secret(server.password())),
                        Duration.ofSeconds(30),
                        Optional.of(method))) {
                    Opened opened = snapshots.open();
                    try (Snapshot snapshot = opened.snapshot()) {
                        seen.put(opened.position(), rows(snapshot));
                    }
                }
            }
        } finally {
            stop.set(true);
            for (Future<?> writer : running) {
                writer.get();
            }
            writers.shutdown();
        }

        String file = seen.keySet().iterator().next().file();
        assertThat(seen).hasSizeGreaterThan(SNAPSHOTS / 2);
        assertThat(rowsAtEachCommit(file)).containsAllEntriesOf(seen);
    }

    /** One transaction per number, in two tables. */
    private static Void write(int writer, AtomicBoolean stop, AtomicLong committed) throws SQLException {
        try (Connection connection = server.connect("legacy");
                PreparedStatement tick = connection.prepareStatement("INSERT INTO tick VALUES (" + writer + ", ?)");
                PreparedStatement tock = connection.prepareStatement("INSERT INTO tock VALUES (" + writer + ", ?)")) {
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

    /** Rows of both tables; the numbers of a writer have no gap, or the snapshot would not be one. */
    private static long rows(Snapshot snapshot) throws SQLException {
        long rows = 0;
        try (Statement statement = snapshot.connection().createStatement();
                ResultSet result = statement.executeQuery("SELECT COUNT(*), MAX(n) FROM tick GROUP BY writer UNION ALL"
                        + " SELECT COUNT(*), MAX(n) FROM tock GROUP BY writer")) {
            while (result.next()) {
                assertThat(result.getLong(1)).isEqualTo(result.getLong(2));
                rows += result.getLong(1);
            }
        }
        return rows;
    }

    /** The same from the log: how many rows were written by then, at the end of each transaction. */
    private static Map<BinlogPosition, Long> rowsAtEachCommit(String file) throws SQLException {
        Map<BinlogPosition, Long> commits = new HashMap<>();
        try (Connection connection = server.connect("legacy");
                Statement statement = connection.createStatement();
                ResultSet events = statement.executeQuery("SHOW BINLOG EVENTS IN '" + file + "'")) {
            long rows = 0;
            while (events.next()) {
                String type = events.getString("Event_type");
                if (type.startsWith("Write_rows")) {
                    rows++;
                } else if (type.equals("Xid")) {
                    commits.put(new BinlogPosition(file, events.getLong("End_log_pos"), ""), rows);
                }
            }
        }
        return commits;
    }
}
