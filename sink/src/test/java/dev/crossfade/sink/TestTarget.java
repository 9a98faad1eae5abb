package dev.crossfade.sink;

import dev.crossfade.model.DatabaseAccess;
import dev.crossfade.model.Secret;
import dev.crossfade.sink.control.ControlSchema;
import dev.crossfade.sink.control.RunLock;
import dev.crossfade.sink.control.RunOwner;
import dev.crossfade.sink.target.TargetDatabase;
import dev.crossfade.testkit.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.concurrent.atomic.AtomicInteger;

/** A fresh database on a PostgreSQL that all tests of this JVM share; the server ends with the JVM. */
final class TestTarget {
    private static final AtomicInteger COUNT = new AtomicInteger();

    private final String database = "target_" + COUNT.incrementAndGet();

    TestTarget() {
        server().createDatabase(database);
    }

    static PostgresServer server() {
        return Shared.SERVER;
    }

    private static final class Shared {
        static final PostgresServer SERVER = PostgresServer.start();
    }

    TargetDatabase access() {
        return access(server().user(), server().password());
    }

    TargetDatabase access(String user, String password) {
        return new TargetDatabase(new DatabaseAccess(server().jdbcUrl(database), user, new Secret(password)));
    }

    /** By way of another port of this machine. */
    TargetDatabase accessThrough(int port) {
        String url = server().jdbcUrl(database).replace(":" + server().port() + "/", ":" + port + "/");
        return new TargetDatabase(new DatabaseAccess(url, server().user(), new Secret(server().password())));
    }

    void execute(String... statements) {
        server().execute(database, statements);
    }

    String database() {
        return database;
    }

    /** With the control schema, the lock of a run. */
    RunLock begin(String migration) {
        return begin(migration, loss -> {});
    }

    RunLock begin(String migration, RunLock.Watcher watcher) {
        new ControlSchema(access()).install();
        return RunLock.acquire(access(), migration, RunOwner.thisProcess(), Duration.ofSeconds(5), watcher);
    }

    /** Every row of the query as text, its columns between bars. */
    List<String> rows(String query) {
        try (Connection connection = server().connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute("set time zone 'UTC'");
            List<String> rows = new ArrayList<>();
            try (ResultSet row = statement.executeQuery(query)) {
                int columns = row.getMetaData().getColumnCount();
                while (row.next()) {
                    StringJoiner text = new StringJoiner("|");
                    for (int i = 1; i <= columns; i++) {
                        text.add(row.getString(i));
                    }
                    rows.add(text.toString());
                }
            }
            return rows;
        } catch (SQLException e) {
            throw new IllegalStateException(query, e);
        }
    }
}
