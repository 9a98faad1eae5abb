package dev.crossfade.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.crossfade.app.screen.Style;
import dev.crossfade.app.screen.Terminal;
import dev.crossfade.model.Faults;
import dev.crossfade.testkit.MariaDbServer;
import dev.crossfade.testkit.PostgresServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands against real servers and the embedded Kafka. */
class CrossfadeIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path directory;

    CrossfadeIT(@TempDir Path directory) {
        this.directory = directory;
    }

    private Map<String, String> environment = Map.of();

    private record Outcome(int exitCode, String out, String err) {}

    @Test
    void runsShowsVerifiesAndStops() throws Exception {
        try (MariaDbServer source = MariaDbServer.start();
                PostgresServer target = PostgresServer.start()) {
            // Given a migration that runs
            source.createDatabase("shop");
            source.execute(
                    "shop",
                    "create table orders (id int primary key, note varchar(20))",
                    "insert into orders select seq, concat('n', seq) from seq_1_to_1000");
            target.createDatabase("app");
            Path file = file(source, target);
            assertThat(execute("status", "-c", file.toString()).out()).contains("has not begun");
            assertThat(execute("verify", "-c", file.toString()).exitCode()).isEqualTo(2);
            CompletableFuture<Outcome> run = CompletableFuture.supplyAsync(() -> execute("run", "-c", file.toString()));
            await().atMost(Duration.ofSeconds(90))
                    .pollInterval(Duration.ofMillis(300))
                    .until(() -> run.isDone()
                            || "shadowing".equals(status(file).path("phase").asText()));
            assertThat(run.isDone() ? run.join().err() : "").isEmpty();

            // When it is asked for, then
            JsonNode status = status(file);
            assertThat(status.path("running").asBoolean()).isTrue();
            assertThat(status.path("tables").get(0).path("source").asText()).isEqualTo("shop.orders");

            Outcome second = execute("run", "-c", file.toString());
            assertThat(second.exitCode()).isBetween(2, 4);
            assertThat(second.err()).doesNotContain("mistake in Crossfade");

            Outcome equal = execute(
                    "verify",
                    "-c",
                    file.toString(),
                    "--report",
                    directory.resolve("out").toString());
            assertThat(equal.err()).isEmpty();
            assertThat(equal.exitCode()).isZero();
            assertThat(equal.out()).containsPattern("public.orders +1,000 +1,000 +\\p{XDigit}{8} +equal");
            assertThat(JSON.readTree(directory.resolve("out/parity.json").toFile())
                            .path("verdict")
                            .asText())
                    .isEqualTo("equal");

            target.execute("app", "update public.orders set note = 'x' where id = 500");
            Outcome different = execute("verify", "-c", file.toString());
            assertThat(different.exitCode()).isEqualTo(1);
            assertThat(different.out()).contains("different, 1 finding").contains("in note");

            assertThat(execute("stop", "-c", file.toString()).out()).contains("is stopped");
            Outcome ended = run.get(30, TimeUnit.SECONDS);
            assertThat(ended.exitCode()).isZero();
            assertThat(ended.out()).contains("phase: shadowing").contains("stopped on request");
            assertThat(execute("stop", "-c", file.toString()).out()).contains("was not running");
        }
    }

    @Test
    void abortAsksAndThenRemovesEverythingTheEmbeddedKafkaIncluded() throws Exception {
        try (MariaDbServer source = MariaDbServer.start();
                PostgresServer target = PostgresServer.start()) {
            // Given a migration whose run has ended
            source.createDatabase("shop");
            source.execute(
                    "shop",
                    "create table orders (id int primary key, note varchar(20))",
                    "insert into orders select seq, concat('n', seq) from seq_1_to_1000");
            target.createDatabase("app");
            String file = file(source, target).toString();
            Path home = directory.resolve(".crossfade/shop");
            assertThat(execute("abort", "-c", file).out()).contains("nothing of shop is left");
            assertThat(home).doesNotExist();
            assertThat(execute("run", "-c", file, "--until", "shadowing").err()).isEmpty();
            assertThat(home.resolve("kafka")).isDirectory();

            // When nobody has agreed, in a pipe and in a terminal
            Outcome unasked = execute("abort", "-c", file);
            Outcome declined = answer("no", "abort", "-c", file, "--keep-tables");

            // Then
            assertThat(unasked.exitCode()).isEqualTo(2);
            assertThat(unasked.out())
                    .contains("to be removed for good")
                    .contains("- Kafka   embedded Kafka " + home.resolve("kafka"))
                    .contains("- source  table shop.crossfade_marker, no other migration needs it")
                    .contains("- target  table public.orders, Crossfade created it, about 1,000 rows")
                    .contains("- state   schema crossfade of the target");
            assertThat(unasked.err())
                    .contains("ABORT-UNCONFIRMED")
                    .contains("crossfade abort -c " + file + " --yes")
                    .contains("nothing was removed");
            assertThat(declined.exitCode()).isEqualTo(2);
            assertThat(declined.out())
                    .contains("Type yes to remove all of this: ")
                    .contains("table public.orders with its rows: tables are to be kept");
            assertThat(target.connect("app")).satisfies(connection -> {
                try (connection) {
                    assertThat(connection
                                    .getMetaData()
                                    .getSchemas(null, "crossfade")
                                    .next())
                            .isTrue();
                }
            });

            // When somebody agrees
            Outcome agreed = answer("yes", "abort", "-c", file);

            // Then
            assertThat(agreed.err()).isEmpty();
            assertThat(agreed.exitCode()).isZero();
            assertThat(agreed.out())
                    .contains("ok target  removed table public.orders")
                    .contains("nothing of shop is left; log " + home.resolve("abort.log"));
            assertThat(home).isDirectoryNotContaining(left -> !left.toString().endsWith(".log"));
            assertThat(execute("abort", "-c", file, "--yes").out()).contains("nothing of shop is left");
            assertThat(execute("status", "-c", file).out()).contains("has not begun");
            assertThat(execute("run", "-c", file, "--until", "shadowing").exitCode())
                    .isZero();
            assertThat(execute("abort", "-c", file, "--yes").exitCode()).isZero();
        }
    }

    private Path file(MariaDbServer source, PostgresServer target) throws IOException {
        environment = Map.of("SOURCE_PASSWORD", source.password(), "TARGET_PASSWORD", target.password());
        return Files.writeString(directory.resolve("shop.yml"), """
                migration: shop
                source: { url: "%s", user: "%s", password: "${env:SOURCE_PASSWORD}" }
                target: { url: "%s", user: "%s", password: "${env:TARGET_PASSWORD}" }
                tables: [{ from: shop.*, to: public.* }]
                """.formatted(
                        source.jdbcUrl("shop"), source.user(), target.jdbcUrl("app"), target.user()));
    }

    private JsonNode status(Path file) throws IOException {
        Outcome outcome = execute("status", "-c", file.toString(), "--json");
        return outcome.exitCode() == 0 ? JSON.readTree(outcome.out()) : JSON.createObjectNode();
    }

    /** In a terminal, with a person's answer. */
    private Outcome answer(String answer, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = Crossfade.execute(
                arguments,
                new StringReader(answer + "\n"),
                new PrintWriter(out),
                new PrintWriter(err),
                Faults.NONE,
                new Terminal(true, Style.PLAIN, () -> 120),
                environment);
        return new Outcome(exitCode, out.toString(), err.toString());
    }

    private Outcome execute(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = Crossfade.execute(
                arguments, new PrintWriter(out), new PrintWriter(err), Faults.NONE, Terminal.PIPE, environment);
        return new Outcome(exitCode, out.toString(), err.toString());
    }
}
