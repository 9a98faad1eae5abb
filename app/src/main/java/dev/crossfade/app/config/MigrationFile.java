package dev.crossfade.app.config;

import static java.util.Objects.requireNonNull;

import dev.crossfade.model.DatabaseAccess;
import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.Secret;
import dev.crossfade.pipeline.MigrationSpec;
import dev.crossfade.pipeline.RunSettings;
import dev.crossfade.pipeline.TableRule;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * A migration file that was read and found good in itself; nothing was compared with a database yet.
 *
 * @param path the file as the user named it
 * @param spec what it asks for; without Kafka properties where Crossfade is to bring its own broker
 */
public record MigrationFile(Path path, MigrationSpec spec) {
    private static final List<String> KEYS = List.of("migration", "source", "target", "kafka", "tables", "run");
    private static final List<String> SERVER_KEYS = List.of("url", "user", "password");
    private static final List<String> RUN_KEYS =
            List.of("change-partitions", "readers", "chunk-megabytes", "unapplied-megabytes");

    public MigrationFile {
        requireNonNull(path, "path");
        requireNonNull(spec, "spec");
    }

    /**
     * Reads a migration file.
     *
     * @param environment what {@code ${env:…}} refers to
     * @throws dev.crossfade.model.MigrationException of kind PLAN with every problem of the file, each with its line and column;
     *     no value that may be a secret is in it
     */
    public static MigrationFile read(Path path, Map<String, String> environment) {
        return new MigrationFile(path, new Reader(path, environment).read(YamlText.compose(path)));
    }

    /** Whether Crossfade brings its own broker. */
    public boolean usesEmbeddedKafka() {
        return spec.kafka().isEmpty();
    }

    /** Where the migration keeps its log and, if embedded, its Kafka: {@code .crossfade/<migration>} beside the file. */
    public Path home() {
        return directory(path).resolve(".crossfade").resolve(spec.name());
    }

    private static Path directory(Path path) {
        return path.toAbsolutePath().resolveSibling("").normalize();
    }

    /** Reads one file. */
    private static final class Reader {
        private final FileProblems problems;
        private final Placeholders placeholders;

        Reader(Path path, Map<String, String> environment) {
            problems = new FileProblems(path.toString());
            placeholders = new Placeholders(environment, directory(path));
        }

        MigrationSpec read(Node root) {
            Optional<FileMapping> found =
                    FileMapping.of(root, "", "migration:, source:, target: and tables:", problems, placeholders);
            if (found.isEmpty()) {
                problems.throwIfAny();
                throw new IllegalStateException("a file that is no mapping must be a problem");
            }
            FileMapping file = found.get();
            file.refuseOthersThan(KEYS, Map.of());
            Optional<String> name = name(file);
            Optional<DatabaseAccess> source = server(file, "source", JdbcUrls.SOURCE_EXAMPLE, JdbcUrls::sourceFault);
            Optional<DatabaseAccess> target = server(file, "target", JdbcUrls.TARGET_EXAMPLE, JdbcUrls::targetFault);
            Map<String, String> kafka = file.optional("kafka")
                    .map(node -> KafkaSettings.read(node, problems, placeholders))
                    .orElse(Map.of());
            List<TableRule> tables = file.required("tables", "tables: [{ from: shop.orders, to: public.orders }]")
                    .map(node -> TableRules.read(node, problems, placeholders))
                    .orElse(List.of());
            RunSettings settings = file.optional("run").map(this::settings).orElse(RunSettings.DEFAULT);
            problems.throwIfAny();
            return new MigrationSpec(
                    name.orElseThrow(), source.orElseThrow(), target.orElseThrow(), kafka, tables, settings);
        }

        private Optional<String> name(FileMapping file) {
            Optional<FileText> text = file.requiredText("migration", "migration: my-shop");
            if (text.isPresent() && !MigrationPlan.isName(text.get().value())) {
                problems.add(
                        text.get().node(),
                        "MIGRATION-NAME",
                        "'migration' is '" + text.get().raw()
                                + "', must be a lower-case letter and then up to 39 of a-z, 0-9 and -",
                        "write migration: my-shop");
            }
            return text.map(FileText::value);
        }

        private Optional<DatabaseAccess> server(
                FileMapping file, String key, String example, Function<FileText, Optional<JdbcUrls.Fault>> check) {
            Optional<FileMapping> found = file.required(key, key + ": with url, user and password")
                    .flatMap(node -> FileMapping.of(
                            node, key, key + ": { " + example + ", user: …, password: … }", problems, placeholders));
            if (found.isEmpty()) {
                return Optional.empty();
            }
            FileMapping server = found.get();
            server.refuseOthersThan(SERVER_KEYS, Map.of());
            Optional<FileText> url = server.requiredText("url", example);
            url.flatMap(text -> text.value().isEmpty() ? Optional.empty() : check.apply(text))
                    .ifPresent(fault ->
                            problems.add(url.orElseThrow().node(), fault.code(), fault.seen(), fault.remedy()));
            Optional<FileText> user = server.requiredText("user", "user: crossfade");
            Optional<FileText> password =
                    server.requiredText("password", "password: \"${env:NAME}\", or \"\" if there is none");
            return url.isPresent() && user.isPresent() && password.isPresent()
                    ? Optional.of(new DatabaseAccess(
                            url.get().value(),
                            user.get().value(),
                            new Secret(password.get().value())))
                    : Optional.empty();
        }

        private RunSettings settings(Node node) {
            Optional<FileMapping> found = FileMapping.of(node, "run", "run: { readers: 2 }", problems, placeholders);
            if (found.isEmpty()) {
                return RunSettings.DEFAULT;
            }
            FileMapping run = found.get();
            run.refuseOthersThan(RUN_KEYS, Map.of());
            int chunkMegabytes = run.number("chunk-megabytes", 1, 256, RunSettings.DEFAULT.chunkBytes() >> 20);
            int unappliedMegabytes = run.number(
                    "unapplied-megabytes", 1, 1 << 20, Math.toIntExact(RunSettings.DEFAULT.unappliedBytes() >> 20));
            return new RunSettings(
                    run.number("change-partitions", 1, 64, RunSettings.DEFAULT.changePartitions()),
                    run.number("readers", 1, 64, RunSettings.DEFAULT.readers()),
                    chunkMegabytes << 20,
                    RunSettings.DEFAULT.batchBytes(),
                    (long) unappliedMegabytes << 20);
        }
    }
}
