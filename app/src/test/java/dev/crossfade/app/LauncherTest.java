package dev.crossfade.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher in a checkout of its own, with a Java and a Maven that only say how they were called. */
class LauncherTest {
    private static final Path LAUNCHER =
            Path.of("..", "crossfade").toAbsolutePath().normalize();

    private final Path directory;
    private final Path home;
    private final Path jdk;
    private final Path tools;

    LauncherTest(@TempDir Path directory) {
        this.directory = directory;
        home = directory.resolve("check out");
        jdk = directory.resolve("jdk");
        tools = directory.resolve("tools");
    }

    private record Outcome(int exitCode, String out, String err) {}

    @BeforeEach
    void makeACheckout() throws IOException {
        Files.createDirectories(home.resolve("demo/src/main"));
        Files.copy(LAUNCHER, home.resolve("crossfade"));
        Files.writeString(home.resolve("pom.xml"), "");
        Files.writeString(home.resolve("demo/pom.xml"), "");
        Files.createDirectories(jdk.resolve("bin"));
        Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"17.0.15\"\n");
        program(jdk.resolve("bin/java"), "for a in \"$@\"; do echo \"$a\"; done; exit 4");
        program(jdk.resolve("bin/javac"), "exit 0");
        Files.createDirectories(tools);
        program(tools.resolve("mvn"), """
                echo called >>mvn-calls
                mkdir -p demo/target
                echo jar >demo/target/crossfade-demo-1.jar
                printf /repo/some.jar >demo/target/classpath
                """);
    }

    @Test
    void isPosix() throws Exception {
        assertThat(run(Map.of(), "sh", "-n", LAUNCHER.toString()).exitCode()).isZero();
    }

    @Test
    void buildsOnceAndPassesArgumentsAndExitCodeThrough() throws Exception {
        Outcome first = launch("run", "-c", "my shop.yml");

        assertThat(first.exitCode()).isEqualTo(4);
        assertThat(first.out().lines()).endsWith("dev.crossfade.app.Main", "run", "-c", "my shop.yml");
        assertThat(first.out()).contains("/crossfade-demo-1.jar:/repo/some.jar");
        assertThat(first.err()).isEqualTo("building Crossfade, first time takes about two minutes …\n");

        Outcome second = launch("--version");
        assertThat(second.err()).isEmpty();
        assertThat(calls()).isEqualTo(1);
    }

    @Test
    void buildsAgainAfterAChange() throws Exception {
        launch();
        Path changed = Files.writeString(home.resolve("demo/src/main/New.java"), "");
        Files.setLastModifiedTime(changed, FileTime.from(Instant.now().plusSeconds(5)));

        assertThat(launch().err()).isEqualTo("building Crossfade after a change …\n");
        assertThat(calls()).isEqualTo(2);
    }

    @Test
    void worksThroughASymbolicLinkFromAnotherDirectory() throws Exception {
        Path link = Files.createSymbolicLink(tools.resolve("cf"), Path.of("../check out/crossfade"));

        assertThat(run(environment(), link.toString(), "help").out()).contains("dev.crossfade.app.Main\nhelp\n");
    }

    @Test
    void showsWhyTheBuildFailedAndTriesAgainNextTime() throws Exception {
        program(tools.resolve("mvn"), "echo '[ERROR] it is broken'; exit 1");

        Outcome failed = launch();

        assertThat(failed.exitCode()).isEqualTo(2);
        assertThat(failed.err())
                .contains("[ERROR] it is broken", "the build failed; all of it is in " + home.toRealPath());
        assertThat(home.resolve("target/crossfade.lock")).doesNotExist();
        assertThat(launch().exitCode()).isEqualTo(2);
    }

    @Test
    void takesOverTheLockOfABuildThatDied() throws Exception {
        Files.createDirectories(home.resolve("target/crossfade.lock"));
        Process died = new ProcessBuilder("true").start();
        died.waitFor();
        Files.writeString(home.resolve("target/crossfade.lock/pid"), died.pid() + "\n");

        assertThat(launch().exitCode()).isEqualTo(4);
    }

    @Test
    void refusesAnOldJavaByNameAndVersion() throws Exception {
        Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"1.8.0_402\"\n");
        Map<String, String> onlyOldJava = Map.of("JAVA_HOME", jdk.toString(), "PATH", bare());

        Outcome refused = run(onlyOldJava, home.resolve("crossfade").toString());

        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err()).contains("Java 17 or newer is needed; ", "is Java 8", "export JAVA_HOME=");
    }

    /** A path with the usual tools and no Java. */
    private String bare() throws IOException {
        Path bin = Files.createDirectories(tools.resolveSibling("bin"));
        for (String tool : new String[] {"dirname", "readlink", "sed", "head", "find", "cat", "mkdir", "sh"}) {
            Path real = Path.of("/usr/bin", tool);
            Files.createSymbolicLink(bin.resolve(tool), Files.exists(real) ? real : Path.of("/bin", tool));
        }
        return bin.toString();
    }

    private Map<String, String> environment() {
        return Map.of("JAVA_HOME", jdk.toString(), "PATH", tools + ":" + System.getenv("PATH"));
    }

    private Outcome launch(String... arguments) throws Exception {
        String[] command = new String[arguments.length + 1];
        command[0] = home.resolve("crossfade").toString();
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        return run(environment(), command);
    }

    private long calls() throws IOException {
        return Files.readAllLines(home.resolve("mvn-calls")).size();
    }

    private static void program(Path file, String script) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + script);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Outcome run(Map<String, String> environment, String... command) throws Exception {
        Path out = Files.createTempFile(directory, "out", "");
        Path err = Files.createTempFile(directory, "err", "");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().putAll(environment);
        int exitCode = builder.start().waitFor();
        return new Outcome(
                exitCode, Files.readString(out, StandardCharsets.UTF_8), Files.readString(err, StandardCharsets.UTF_8));
    }
}
