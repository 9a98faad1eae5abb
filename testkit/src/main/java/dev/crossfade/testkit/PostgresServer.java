package dev.crossfade.testkit;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL 18 on a random port of 127.0.0.1, without fsync, for tests and the demo. It ends with this JVM, also when that is
 * killed. It runs as root too (inside a user namespace). Not for several threads: whoever started it stops it.
 */
public final class PostgresServer implements AutoCloseable {
    /**
     * What the server answers when a transaction is committed, a character a byte: CommandComplete with the tag COMMIT.
     *
     * @see <a href="https://www.postgresql.org/docs/18/protocol-message-formats.html">Message formats</a>
     */
    public static final String COMMIT_ANSWER = "C\0\0\0\013COMMIT\0"; // its length is 11: octal 013

    private static final Logger log = LoggerFactory.getLogger(PostgresServer.class);
    private static final Map<String, String> DEFAULTS = Map.of(
            "max_connections", "200",
            "max_wal_size", "4GB",
            "shared_buffers", "128MB",
            "synchronous_commit", "on",
            "fsync", "off",
            "full_page_writes", "off",
            "max_prepared_transactions", "10");

    /** Follows the major version of the binaries; a data directory of another one would not start. */
    private static final String EMPTY = "postgres-18-empty";

    private final Path directory;
    private final boolean deletedAtClose;
    private final Map<String, String> settings;
    private int port;
    private @Nullable EmbeddedPostgres server; // null while stopped
    private @Nullable OrphanGuard guard; // null while stopped

    private PostgresServer(Path directory, boolean deletedAtClose, Map<String, String> settings) {
        this.directory = directory;
        this.deletedAtClose = deletedAtClose;
        Map<String, String> all = new LinkedHashMap<>(DEFAULTS);
        all.putAll(settings);
        this.settings = Map.copyOf(all);
    }

    /** Starts a server on an empty temporary directory, deleted by {@link #close}. */
    public static PostgresServer start() {
        return start(Map.of());
    }

    /** As {@link #start()}, with server settings such as {@code max_wal_size}; they win over the defaults. */
    public static PostgresServer start(Map<String, String> settings) {
        PostgresServer started =
                new PostgresServer(ServerFiles.temporaryDirectory("crossfade-postgres-"), true, settings);
        started.launch();
        return started;
    }

    /** Starts a server on {@code directory}, which is created and filled if it does not exist, and kept by {@link #close}. */
    public static PostgresServer startIn(Path directory, Map<String, String> settings) {
        PostgresServer started = new PostgresServer(directory.toAbsolutePath(), false, settings);
        started.launch();
        return started;
    }

    /** Always 127.0.0.1. */
    public String host() {
        return "127.0.0.1";
    }

    /** The same over {@link #restart}. */
    public int port() {
        return port;
    }

    /** A superuser. */
    public String user() {
        return "postgres";
    }

    /** The server trusts every local connection; this is for those who must give some password. */
    public String password() {
        return "postgres";
    }

    /** A URL without user and password. The database {@code postgres} always exists. */
    public String jdbcUrl(String database) {
        return "jdbc:postgresql://" + host() + ":" + port + "/" + database;
    }

    /** A new connection of {@link #user}. */
    public Connection connect(String database) {
        try {
            return DriverManager.getConnection(jdbcUrl(database), user(), password());
        } catch (SQLException e) {
            throw new IllegalStateException("cannot connect to " + jdbcUrl(database), e);
        }
    }

    /** Makes an empty database, replacing the one of that name. */
    public void createDatabase(String database) {
        String quoted = "\"" + database.replace("\"", "\"\"") + "\"";
        execute("postgres", "DROP DATABASE IF EXISTS " + quoted + " WITH (FORCE)", "CREATE DATABASE " + quoted);
    }

    /** Runs each statement by itself with autocommit. */
    public void execute(String database, String... statements) {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException("cannot run a statement on " + jdbcUrl(database), e);
        }
    }

    /** Where the server keeps everything. */
    public Path directory() {
        return directory;
    }

    /** Shuts down cleanly; connections break. Does nothing when stopped. */
    public void stop() {
        if (server != null) {
            try {
                server.close();
            } catch (IOException e) {
                throw new UncheckedIOException("cannot stop PostgreSQL in " + directory, e);
            }
        }
        server = null;
        if (guard != null) {
            guard.close();
        }
        guard = null;
    }

    /** Starts again on the same directory and port, after {@link #stop} or by itself. */
    public void restart() {
        stop();
        launch();
    }

    @Override
    public void close() {
        stop();
        if (deletedAtClose) {
            try {
                ServerFiles.deleteTree(directory);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot delete " + directory, e);
            }
        }
    }

    private void launch() {
        long started = System.nanoTime();
        try {
            if (!Files.exists(directory.resolve("postgresql.conf"))) {
                ServerFiles.copyTree(ServerFiles.cached(EMPTY, PostgresServer::initialize), directory);
            }
            EmbeddedPostgres running = launcher(directory).start();
            server = running;
            port = running.getPort();
            long pid = Long.parseLong(Files.readAllLines(directory.resolve("postmaster.pid"))
                    .get(0)
                    .trim());
            guard = deletedAtClose
                    ? OrphanGuard.deletingFiles(pid, "QUIT", directory)
                    : OrphanGuard.keepingFiles(pid, "INT");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start PostgreSQL in " + directory, e);
        }
        log.atInfo()
                .addKeyValue("port", port)
                .addKeyValue("millis", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started))
                .log("PostgreSQL started");
    }

    /** Makes the data directory that every server begins with a copy of; initdb takes longer than the rest of the start. */
    private static void initialize(Path empty) throws IOException {
        builder(empty).start().close();
    }

    private EmbeddedPostgres.Builder launcher(Path data) {
        EmbeddedPostgres.Builder builder = builder(data);
        if (port != 0) {
            builder.setPort(port);
        }
        settings.forEach(builder::setServerConfig);
        return builder;
    }

    private static EmbeddedPostgres.Builder builder(Path data) {
        return EmbeddedPostgres.builder()
                .setOverrideWorkingDirectory(
                        ServerFiles.cache().resolve("postgres").toFile())
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setRegisterShutdownHook(false)
                .setPGStartupWait(Duration.ofSeconds(60))
                .setLocaleConfig("locale", "C.UTF-8")
                .setOutputRedirector(ProcessBuilder.Redirect.DISCARD)
                .setErrorRedirector(ProcessBuilder.Redirect.DISCARD);
    }
}
