package dev.crossfade.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A MariaDB 11.4 on a random port of 127.0.0.1 with a row-based binlog and full images, for tests and the demo. It ends with this
 * JVM, also when that is killed. Not for several threads: whoever started it stops it.
 */
public final class MariaDbServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(MariaDbServer.class);
    private static final Duration START_DEADLINE = Duration.ofSeconds(60);
    private static final Duration STOP_DEADLINE = Duration.ofSeconds(60);
    /** Another process may take the port between the choice and the start. */
    private static final int PORT_ATTEMPTS = 5;

    private final MariaDbInstallation installation;
    private final Path directory;
    private final boolean deletedAtClose;
    private final List<String> arguments;
    private int port;
    private @Nullable Process process; // null while stopped
    private @Nullable OrphanGuard guard; // null while stopped

    private MariaDbServer(
            MariaDbInstallation installation, Path directory, boolean deletedAtClose, List<String> arguments) {
        this.installation = installation;
        this.directory = directory;
        this.deletedAtClose = deletedAtClose;
        this.arguments = arguments;
    }

    /**
     * Starts a server on an empty temporary directory, deleted by {@link #close}. Each argument is one of mariadbd's, such as {@code
     * --innodb-buffer-pool-size=1G}; the last one wins over the defaults.
     */
    public static MariaDbServer start(String... arguments) {
        MariaDbServer server = new MariaDbServer(
                MariaDbInstallation.unpacked(),
                ServerFiles.temporaryDirectory("crossfade-mariadb-"),
                true,
                List.of(arguments));
        server.firstStart();
        return server;
    }

    /** Starts a server on {@code directory}, which is created and filled if it does not exist, and kept by {@link #close}. */
    public static MariaDbServer startIn(Path directory, String... arguments) {
        MariaDbServer server = new MariaDbServer(
                MariaDbInstallation.unpacked(), directory.toAbsolutePath(), false, List.of(arguments));
        server.firstStart();
        return server;
    }

    /** Always 127.0.0.1. */
    public String host() {
        return "127.0.0.1";
    }

    /** The same over {@link #restart}. */
    public int port() {
        return port;
    }

    /** May do everything. */
    public String user() {
        return MariaDbInstallation.USER;
    }

    /** The password of {@link #user}. */
    public String password() {
        return MariaDbInstallation.PASSWORD;
    }

    /** A URL without user and password; {@code database} may be empty. */
    public String jdbcUrl(String database) {
        return "jdbc:mariadb://" + host() + ":" + port + "/" + database;
    }

    /** A new connection of {@link #user}; {@code database} may be empty. */
    public Connection connect(String database) {
        try {
            return DriverManager.getConnection(jdbcUrl(database), user(), password());
        } catch (SQLException e) {
            throw new IllegalStateException("cannot connect to " + jdbcUrl(database), e);
        }
    }

    /** Makes an empty database, replacing the one of that name. */
    public void createDatabase(String database) {
        execute(
                "",
                "DROP DATABASE IF EXISTS `" + database.replace("`", "``") + "`",
                "CREATE DATABASE `" + database.replace("`", "``") + "`");
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

    /** Runs a script with the {@code mariadb} client, so DELIMITER, USE and SOURCE mean what they mean there. */
    public void runScript(String database, Path script) {
        Path output = directory.resolve("client.out");
        List<String> command = new ArrayList<>(List.of(
                installation.program("mariadb").toString(),
                "--no-defaults",
                "--host=" + host(),
                "--port=" + port,
                "--protocol=tcp",
                "--skip-ssl",
                "--user=" + user(),
                "--default-character-set=utf8mb4",
                "--max-allowed-packet=256M"));
        if (!database.isEmpty()) {
            command.add("--database=" + database);
        }
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(script.toFile())
                .redirectOutput(output.toFile())
                .redirectErrorStream(true);
        builder.environment().put("MYSQL_PWD", password());
        try {
            int exit = builder.start().waitFor();
            if (exit != 0) {
                throw new IllegalStateException(
                        script + " failed with exit code " + exit + ": " + Files.readString(output));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run " + script, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while running " + script, e);
        }
    }

    /** Where the server keeps everything; the error log is {@code mariadbd.err}, the data are in {@code data}. */
    public Path directory() {
        return directory;
    }

    /** The path of {@code mariadb}, {@code mariadb-dump} or {@code mariadb-check} of the same version. */
    public Path program(String name) {
        return installation.program(name);
    }

    /** False after {@link #stop}, {@link #kill}, or when the server died. */
    public boolean isRunning() {
        return process != null && process.isAlive();
    }

    /** Shuts down cleanly; connections break. Does nothing when stopped. */
    public void stop() {
        end(Process::destroy);
    }

    /** SIGKILL: what the server had not written is lost as far as its own settings allow. */
    public void kill() {
        end(Process::destroyForcibly);
    }

    /** Starts again on the same directory and port, after {@link #stop} or by itself. */
    public void restart() {
        stop();
        if (!launch()) {
            throw new IllegalStateException("MariaDB did not start again on port " + port + ": " + errorLog());
        }
    }

    @Override
    public void close() {
        if (deletedAtClose) {
            kill();
            try {
                ServerFiles.deleteTree(directory);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot delete " + directory, e);
            }
        } else {
            stop();
        }
    }

    private void firstStart() {
        Path data = directory.resolve("data");
        try {
            if (!Files.isDirectory(data.resolve("mysql"))) {
                Files.createDirectories(directory);
                ServerFiles.copyTree(installation.emptyDatabase(), data);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make a database in " + data, e);
        }
        for (int attempt = 0; attempt < PORT_ATTEMPTS; attempt++) {
            port = ServerFiles.freePort();
            if (launch()) {
                return;
            }
        }
        String reason = errorLog();
        close();
        throw new IllegalStateException("MariaDB did not start in " + directory + ": " + reason);
    }

    private List<String> command() {
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", "trap '' INT; exec \"$@\"", "mariadbd"));
        command.addAll(installation.commonArguments(directory.resolve("data")));
        command.addAll(List.of(
                "--bind-address=" + host(),
                "--port=" + port,
                "--socket=" + directory.resolve("s"),
                "--pid-file=" + directory.resolve("pid"),
                "--log-error=" + directory.resolve("mariadbd.err"),
                "--tmpdir=" + directory,
                "--skip-name-resolve",
                "--skip-ssl", // 11.4 would make a new RSA key at each start, which takes seconds
                "--max-connections=300",
                "--max-allowed-packet=256M",
                "--character-set-server=utf8mb4",
                "--log-bin=binlog",
                "--binlog-format=ROW",
                "--binlog-row-image=FULL",
                "--server-id=1",
                "--gtid-strict-mode",
                "--innodb-buffer-pool-size=256M",
                "--innodb-log-file-size=96M",
                "--innodb-flush-log-at-trx-commit=2"));
        command.addAll(arguments);
        return command;
    }

    /** Returns false when the server ended before it answered: mostly because its port was taken. */
    private boolean launch() {
        long started = System.nanoTime();
        Process server;
        try {
            server = new ProcessBuilder(command())
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.appendTo(
                            directory.resolve("mariadbd.err").toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start MariaDB in " + directory, e);
        }
        process = server;
        guard = deletedAtClose
                ? OrphanGuard.deletingFiles(server.pid(), "KILL", directory)
                : OrphanGuard.keepingFiles(server.pid(), "TERM");
        while (server.isAlive()) {
            if (answers()) {
                log.atInfo()
                        .addKeyValue("port", port)
                        .addKeyValue("millis", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started))
                        .log("MariaDB started");
                return true;
            }
            if (System.nanoTime() - started > START_DEADLINE.toNanos()) {
                kill();
                throw new IllegalStateException("MariaDB did not answer on port " + port + " within "
                        + START_DEADLINE.toSeconds() + " s: " + errorLog());
            }
            pause(server);
        }
        end(Process::destroyForcibly);
        return false;
    }

    private boolean answers() {
        String url = jdbcUrl("") + "?connectTimeout=2000";
        try (Connection connection = DriverManager.getConnection(url, user(), password())) {
            return connection.isValid(2);
        } catch (SQLException notYet) {
            return false;
        }
    }

    /** Waits a little, and no longer than the server lives. */
    private static void pause(Process server) {
        try {
            server.waitFor(20, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while MariaDB started", e);
        }
    }

    private void end(java.util.function.Consumer<Process> signal) {
        Process server = process;
        if (server != null) {
            signal.accept(server);
            try {
                if (!server.waitFor(STOP_DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
                    server.destroyForcibly().waitFor();
                }
            } catch (InterruptedException e) {
                server.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
        process = null;
        if (guard != null) {
            guard.close();
        }
        guard = null;
    }

    private String errorLog() {
        try {
            List<String> lines = Files.readAllLines(directory.resolve("mariadbd.err"));
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
        } catch (IOException e) {
            return "(no error log: " + e.getMessage() + ")";
        }
    }
}
