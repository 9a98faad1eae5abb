package dev.crossfade.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.app.screen.Style;
import dev.crossfade.app.screen.Terminal;
import dev.crossfade.model.Faults;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CrossfadeTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final Path directory;

    CrossfadeTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "status", "verify", "resume", "stop", "abort"})
    void everyCommandHasAnExampleAndItsExitCodesInItsHelp(String command) {
        assertThat(execute(command, "--help")).isZero();

        assertThat(out.toString())
                .contains("Usage\n  crossfade " + command + " -c FILE")
                .containsPattern("Examples?\n  crossfade " + command + " -c shop.yml")
                .contains("-c, --config=FILE")
                .contains("""
                        Exit codes
                           0    Done.
                           1    Verification found differences.
                           2    The command line, the migration file or the plan must be mended.
                           3    The source stands in the way.
                           4    The target stands in the way.
                           5    Something between them does: Kafka, or a value.
                          70    A mistake in Crossfade; the log says where.
                          130   Interrupted before it was done; nothing is lost.
                        """)
                .doesNotContain("\033");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void helpFitsTheTerminal() {
        for (String command : new String[] {"run", "status", "verify", "resume", "stop", "abort"}) {
            execute("help", command);
        }

        assertThat(out.toString().lines())
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(80));
    }

    @Test
    void namesTheCommandsWhenNoneIsGiven() {
        assertThat(execute()).isEqualTo(2);

        assertThat(err.toString())
                .contains("run     Run a migration, or go on with it.")
                .contains("First steps");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void saysItsVersion() {
        assertThat(execute("--version")).isZero();

        assertThat(out.toString()).startsWith("Crossfade ");
    }

    @Test
    void coloursOnlyWhereTheTerminalCan() {
        Terminal terminal = new Terminal(true, new Style(true, true), () -> 80);

        Crossfade.execute(
                new String[] {"run", "--help"},
                new PrintWriter(out),
                new PrintWriter(err),
                Faults.NONE,
                terminal,
                Map.of());

        assertThat(out.toString()).contains("\033[1mExit codes");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    rnu                            | crossfade: does not know rnu                 | did you mean run?
                    run                            | crossfade run: needs --config FILE           | crossfade run --help
                    run -c x --untl shadowing      | crossfade run: does not know --untl          | did you mean --until?
                    run -c x --until done          | must be one of backfilling, catching-up, shadowing | --help
                    abort -c x --yess              | crossfade abort: does not know --yess         | did you mean --yes?
                    status -c x --json --watch     | --json, --watch are mutually exclusive       | --help
                    """)
    void aWrongUsageEndsWith2AndSaysWhatWasMeant(String line, String seen, String mend) {
        assertThat(execute(line.split(" "))).isEqualTo(2);

        assertThat(err.toString()).contains(seen).contains(mend);
        assertThat(out.toString()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "status", "verify", "stop", "abort"})
    void aBadFileEndsWith2AndNothingIsWritten(String command) throws IOException {
        Path file = Files.writeString(directory.resolve("shop.yml"), "migraton: shop\ntables: []\n");

        assertThat(execute(command, "-c", file.toString())).isEqualTo(2);

        assertThat(err.toString().replace(file.toString(), "shop.yml"))
                .isEqualToNormalizingNewlines("""

                        crossfade %s: not possible as it is

                          shop.yml:1:1  KEY-UNKNOWN
                            unknown key 'migraton'; did you mean 'migration'?

                          shop.yml:1:1  KEY-MISSING
                            the file has no 'source'
                            mend  add source: with url, user and password

                          shop.yml:1:1  KEY-MISSING
                            the file has no 'target'
                            mend  add target: with url, user and password

                          shop.yml:2:9  VALUE-MISSING
                            'tables' is an empty list
                            mend  write tables: [{ from: shop.orders, to: public.orders }]

                          4 problems; nothing was read or written

                          exit  2
                        """.formatted(command));
        assertThat(directory.resolve(".crossfade")).doesNotExist();
    }

    @Test
    void showsAStackTraceOnlyWhenAsked() {
        execute("run", "-c", "nowhere.yml");
        assertThat(err.toString()).contains("there is no such file").doesNotContain("\tat ");

        execute("run", "-c", "nowhere.yml", "--stacktrace");
        assertThat(err.toString()).contains("\tat dev.crossfade.");
    }

    private int execute(String... arguments) {
        return Crossfade.execute(
                arguments, new PrintWriter(out), new PrintWriter(err), Faults.NONE, Terminal.PIPE, Map.of());
    }
}
