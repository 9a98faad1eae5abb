package dev.crossfade.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.Problem;
import dev.crossfade.pipeline.MigrationSpec;
import dev.crossfade.pipeline.RunSettings;
import dev.crossfade.pipeline.TableRule;
import dev.crossfade.pipeline.TableRule.Drop;
import dev.crossfade.pipeline.TableRule.Take;
import dev.crossfade.pipeline.TableRule.TakeOthers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MigrationFileTest {
    private static final String SECRET = "Tr0ub4dor&3";
    private static final Map<String, String> ENVIRONMENT = Map.of("SOURCE_PASSWORD", SECRET, "EMPTY", "");
    private static final String SERVERS = """
            source: { url: "jdbc:mariadb://legacy:3306/shop", user: crossfade, password: "${env:SOURCE_PASSWORD}" }
            target: { url: "jdbc:postgresql://new:5432/app", user: crossfade, password: "" }
            """;
    private static final String HEAD = "migration: shop\n" + SERVERS;
    private static final String TABLES = "tables: [{ from: shop.a, to: public.a }]\n";

    private final Path directory;

    MigrationFileTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void readsAWholeFile() {
        MigrationSpec spec = read(HEAD + """
                kafka: { bootstrap.servers: "k1:9092, k2:9093", ssl.truststore.password: "${env:SOURCE_PASSWORD}" }
                run: { change-partitions: 8, readers: 3, chunk-megabytes: 32, unapplied-megabytes: 100 }
                tables:
                  - from: shop.*
                    to: public.*
                  - from: shop.users
                    to: public."people of old"
                    columns: { id: id, "*": "*", mail: email, preferences: drop, "note": '"my note"' }
                    key: [mail, '"my id"']
                """);

        assertThat(spec.name()).isEqualTo("shop");
        assertThat(spec.source().url()).isEqualTo("jdbc:mariadb://legacy:3306/shop");
        assertThat(spec.source().password().reveal()).isEqualTo(SECRET);
        assertThat(spec.target().password().reveal()).isEmpty();
        assertThat(spec.kafka())
                .containsEntry("bootstrap.servers", "k1:9092, k2:9093")
                .containsEntry("ssl.truststore.password", SECRET);
        assertThat(spec.settings()).isEqualTo(new RunSettings(8, 3, 32 << 20, 512 << 10, 100L << 20));
        TableRule every = spec.tables().get(0);
        assertThat(List.of(every.fromSchema(), every.fromTable(), every.toSchema(), every.toTable()))
                .containsExactly("shop", "*", "public", "*");
        assertThat(every.columns()).isEmpty();
        assertThat(every.key()).isEmpty();
        TableRule users = spec.tables().get(1);
        assertThat(users.place()).hasToString(file() + ":9:5");
        assertThat(users.toTable()).isEqualTo("people of old");
        assertThat(users.key().orElseThrow().columns()).containsExactly("mail", "my id");
        assertThat(users.key().orElseThrow().place()).hasToString(file() + ":12:10");
        assertThat(users.columns().orElseThrow())
                .satisfiesExactly(
                        rule -> assertThat(rule).isInstanceOfSatisfying(Take.class, take -> assertThat(take.source())
                                .isEqualTo("id")),
                        rule -> assertThat(rule).isInstanceOf(TakeOthers.class),
                        rule -> assertThat(rule).isInstanceOfSatisfying(Take.class, take -> assertThat(take.target())
                                .isEqualTo("mail")),
                        rule -> assertThat(rule).isInstanceOfSatisfying(Drop.class, drop -> assertThat(drop.source())
                                .isEqualTo("preferences")),
                        rule -> assertThat(rule).isInstanceOfSatisfying(Take.class, take -> assertThat(take.source())
                                .isEqualTo("my note")));
    }

    @Test
    void takesTheEmbeddedBrokerAndTheDefaultsWhereNothingIsSaid() {
        MigrationFile file = MigrationFile.read(write(HEAD + TABLES), ENVIRONMENT);

        assertThat(file.usesEmbeddedKafka()).isTrue();
        assertThat(file.spec().settings()).isEqualTo(RunSettings.DEFAULT);
        assertThat(file.home()).isEqualTo(directory.resolve(".crossfade/shop"));
    }

    @Test
    void namesEveryProblemAtOnceInTheOrderOfTheFile() {
        List<Problem> problems = problems("""
                migraton: shop
                source:
                  url: jdbc:mariadb://legacy:99999/shop
                  usr: crossfade
                  password: ${env:NOWHERE}
                target: nowhere
                kafka: embeded
                tables:
                  - from: shop.users
                    to: public.users
                    colums: {}
                  - from: users
                run: { readers: 0 }
                """);

        assertThat(problems)
                .extracting(
                        problem -> problem.subject().substring(file().toString().length()) + " " + problem.seen())
                .containsExactly(
                        ":1:1 unknown key 'migraton'; did you mean 'migration'?",
                        ":3:8 'source.url' is 'jdbc:mariadb://legacy:99999/shop', its port must be a number in 1..65535",
                        ":4:3 unknown key 'usr'; did you mean 'user'?",
                        ":5:13 'source.password': environment variable NOWHERE is not set",
                        ":6:9 'target' is a text, must be a mapping",
                        ":7:8 'kafka' is 'embeded', must be 'embedded' or client properties; did you mean 'embedded'?",
                        ":11:5 unknown key 'colums'; did you mean 'columns'?",
                        ":12:5 'tables[2]' has no 'to'",
                        ":12:11 'tables[2].from' is 'users', must be schema.table",
                        ":13:17 'run.readers' is 0, must be 1..64");
        assertThat(problems).allSatisfy(problem -> assertThat(problem.kind()).isEqualTo(ErrorKind.PLAN));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    jdbc:postgresql://h:5432/app      | a source is MariaDB or MySQL in this release
                    jdbc:mariadb://a:1,b:2/app        | must be a JDBC URL of one server; it names several hosts
                    jdbc:mysql://h:x/app              | its port must be a number in 1..65535
                    jdbc:mysql://h:0/app              | its port must be a number in 1..65535
                    jdbc:mysql://h:3306               | and names no database
                    mysql://h/app                     | a source is MariaDB or MySQL in this release
                    jdbc:mysql:h/app                  | must be a JDBC URL of one server
                    """)
    void refusesASourceUrlThatItCannotUse(String url, String seen) {
        assertThat(problems(HEAD.replace("jdbc:mariadb://legacy:3306/shop", url) + TABLES))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.subject()).endsWith(":2:16");
                    assertThat(problem.seen()).contains(seen);
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:mariadb://legacy/shop",
                "jdbc:mysql://[::1]:3307/shop",
                "jdbc:mysql://127.0.0.1:3307/shop?useSsl=true&connectTimeout=3"
            })
    void acceptsTheUsualSourceUrls(String url) {
        assertThat(read(HEAD.replace("jdbc:mariadb://legacy:3306/shop", url) + TABLES)
                        .source()
                        .url())
                .isEqualTo(url);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    { mail: lower(email) }            | column 'mail' is 'lower(email)', must be the plain name of a source column; expressions come with a later release
                    { mail: u.email }                 | expressions come with a later release
                    { "*": id }                       | "*" stands for every other column and can only be "*"
                    { mail: "*" }                     | column 'mail' is "*", must be a source column or drop
                    { mail: }                         | 'tables[1].columns.mail' has no value
                    { a: drop, b: a }                 | source column 'a' is dropped here and taken in line 4
                    { a: x, '"a"': y }                | target column 'a' is already filled in line 4
                    { a: x, a: y }                    | 'a' is already given in line 4
                    [a, b]                            | 'tables[1].columns' is a list, must be a mapping
                    {}                                | 'tables[1].columns' is empty
                    """)
    void refusesColumnRulesThatItCannotFollow(String columns, String seen) {
        assertThat(problems(HEAD + "tables: [{ from: shop.a, to: public.a, columns: " + columns + " }]\n"))
                .singleElement()
                .satisfies(problem -> assertThat(problem.seen()).contains(seen));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    { from: shop.*, to: public.a }                     | 'shop.*' is many tables and 'public.a' is one
                    { from: shop.*, to: public.*, columns: { a: b } }  | 'columns' cannot stand beside 'from: shop.*'
                    { from: "*.a", to: public.a }                      | a star can stand for tables only
                    { from: shop.a x, to: public.a }                   | must be schema.table; aliases come with a later release
                    { from: shop.a, to: public.a, where: x > 1 }       | 'where' comes with a later release
                    { from: shop.a, to: public.a, key: id }            | 'tables[1].key' is a text, must be a list
                    { from: shop.a, to: public.a, key: [] }            | 'tables[1].key' is empty
                    { from: shop.a, to: public.a, key: [id, id] }      | 'tables[1].key' names column 'id' twice
                    { from: shop.a, to: public.a, key: [lower(x)] }    | names something that is not the plain name of a target column
                    { from: "shop.*", to: "public.*", key: [id] }      | 'key' cannot stand beside 'from: shop.*'
                    { from: shop.a, to: public.a, kye: [id] }          | unknown key 'kye'; did you mean 'key'?
                    { from: [shop.a], to: public.a }                   | 'tables[1].from' is a list, must be text
                    """)
    void refusesTableRulesThatItCannotFollow(String rule, String seen) {
        assertThat(problems(HEAD + "tables: [" + rule + "]\n"))
                .singleElement()
                .satisfies(problem -> assertThat(problem.seen()).contains(seen));
    }

    @Test
    void refusesATableThatStandsTwiceOnEitherSide() {
        assertThat(problems(HEAD + """
                                tables:
                                  - { from: shop.a, to: public.a }
                                  - { from: shop.a, to: public.b }
                                  - { from: shop.c, to: public.a }
                                """))
                .extracting(Problem::seen)
                .containsExactly(
                        "'shop.a' already stands in line 5; one source table fills one target table in this release",
                        "'public.a' already stands in line 5; one target table is filled by one source table in this release");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    { bootstrap.server: "k:9092" }                  | 'kafka' has no 'bootstrap.servers'; 'bootstrap.server' looks like it
                    { bootstrap.servers: "k" }                      | 'kafka.bootstrap.servers' has 'k', must be host:port
                    { bootstrap.servers: "k:1", acks: 1 }           | 'kafka.acks' is set by Crossfade
                    [ k:9092 ]                                      | 'kafka' is a list, must be a mapping
                    """)
    void refusesKafkaSettingsThatCannotHold(String kafka, String seen) {
        assertThat(problems(HEAD + "kafka: " + kafka + "\n" + TABLES))
                .singleElement()
                .satisfies(problem -> assertThat(problem.seen()).contains(seen));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Shop", "1shop", "shop_a", "a234567890123456789012345678901234567890x"})
    void refusesANameThatCannotNameTopics(String name) {
        assertThat(problems("migration: " + name + "\n" + SERVERS + TABLES))
                .singleElement()
                .satisfies(problem -> assertThat(problem.seen()).startsWith("'migration' is '" + name + "', must be"));
    }

    @Test
    void readsSecretsFromFilesAndProperties() throws IOException {
        Files.writeString(directory.resolve("legacy"), SECRET + "\n");
        Files.writeString(directory.resolve("all.properties"), "target=other secret\n");

        MigrationSpec spec = read(HEAD.replace("${env:SOURCE_PASSWORD}", "${file:" + directory.resolve("legacy") + "}")
                        .replace("password: \"\"", "password: \"${file:all.properties:target}\"")
                + TABLES);

        assertThat(spec.source().password().reveal()).isEqualTo(SECRET);
        assertThat(spec.target().password().reveal()).isEqualTo("other secret");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    ${env:NOWHERE}            | environment variable NOWHERE is not set
                    ${file:/no/such/file}     | file /no/such/file does not exist
                    ${file:/no/such/file:key} | file /no/such/file does not exist
                    ${file:/}                 | / is a directory, must be a file
                    ${NOWHERE}                | '${NOWHERE}' does not say where the value is
                    ${emv:X}                  | '${emv:…}' is unknown; did you mean 'env'?
                    """)
    void namesTheSecretThatIsMissing(String placeholder, String seen) {
        assertThat(problems(HEAD.replace("${env:SOURCE_PASSWORD}", placeholder) + TABLES))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.subject()).endsWith(":2:78");
                    assertThat(problem.seen()).isEqualTo("'source.password': " + seen);
                });
    }

    /** Every one of these is a slip of somebody who typed a password into the file. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "source: { url: 'jdbc:mariadb://u:geheim@h:1/d', user: u, password: geheim }",
                "source: { url: 'jdbc:mariadb://h:x/d?password=geheim', user: u, password: geheim }",
                "source: { url: 'jdbc:oracle:thin:u/geheim@h?x=geheim', user: u, password: geheim }",
                "source: { url: 'jdbc:mariadb://h:1/d', user: u, password:geheim }",
                "source: { url: 'jdbc:mariadb://h:1/d', user: u, passwort: geheim }",
                "source: { url: 'jdbc:mariadb://h:1/d', user: u, password: *geheim }",
                "source: { url: 'jdbc:mariadb://h:1/d', user: u, password: !geheim!x }",
                "source: { url: 'jdbc:mariadb://h:1/d', user: u, password: %geheim }",
                "source: { url: 'jdbc:mariadb://h:1/d', user: u, password: [geheim] }",
                "source: { url: 'jdbc:mariadb://h:1/d', user: u, password: {geheim: x} }",
                "source: { url: 'jdbc:mariadb://h:1/d', user: u, password: 'geheim }",
                "source: geheim"
            })
    void neverShowsAPassword(String source) {
        MigrationException refusal = refusal("migration: Shop\n" + source + "\n" + TABLES);

        assertThat(refusal.getMessage()).doesNotContain("geheim");
        assertThat(refusal.problems().toString()).doesNotContain("geheim");
        assertThat(refusal).hasNoCause();
    }

    @Test
    void showsNoSecretOfAGoodFileEither() {
        MigrationFile file = MigrationFile.read(write(HEAD + TABLES), ENVIRONMENT);

        assertThat(file.toString()).doesNotContain(SECRET);
        assertThat(file.spec().toString()).doesNotContain(SECRET);
        assertThat(file.spec().source().toString()).doesNotContain(SECRET);
    }

    @Test
    void pointsAtTheLineThatIsNoYaml() {
        assertThat(problems("migration: shop\nsource:\n\turl: x\n"))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.subject()).endsWith(":3:1");
                    assertThat(problem.seen()).isEqualTo("a tab stands where YAML wants blanks");
                });
        assertThat(problems("migration: shop\nsource: [a, b\n"))
                .singleElement()
                .satisfies(problem -> assertThat(problem.seen()).startsWith("not YAML here"));
    }

    @Test
    void saysWhenThereIsNoFileOrNothingInIt() throws IOException {
        assertThat(problems(""))
                .singleElement()
                .hasToString(file()
                        + ": the file is empty [FILE]\n      mend: write migration:, source:, target: and tables:");
        assertThat(problems("- a\n")).singleElement().satisfies(problem -> assertThat(problem.seen())
                .isEqualTo("the file is a list, must be a mapping"));
        Files.delete(file());
        assertThat(catchThrowableOfType(MigrationException.class, () -> MigrationFile.read(file(), ENVIRONMENT))
                        .getMessage())
                .contains("there is no such file");
        Files.write(file(), "migration: Bäckerei".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(catchThrowableOfType(MigrationException.class, () -> MigrationFile.read(file(), ENVIRONMENT))
                        .getMessage())
                .contains("the file is not in UTF-8");
    }

    private MigrationSpec read(String text) {
        return MigrationFile.read(write(text), ENVIRONMENT).spec();
    }

    private List<Problem> problems(String text) {
        return refusal(text).problems();
    }

    private MigrationException refusal(String text) {
        Path written = write(text);
        return catchThrowableOfType(MigrationException.class, () -> MigrationFile.read(written, ENVIRONMENT));
    }

    private Path file() {
        return directory.resolve("migration.yml");
    }

    private Path write(String text) {
        try {
            return Files.writeString(file(), text);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
