package dev.crossfade.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.crossfade.app.Crossfade;
import dev.crossfade.app.screen.Terminal;
import dev.crossfade.demo.shop.Shop;
import dev.crossfade.model.Faults;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoIT {
    private static final Pattern COMMITTED = Pattern.compile("committed\\s+([0-9,]+)\\s+transactions?\\s+while");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void movesTheShopAndProvesItWhileTheWriterIsOn(@TempDir Path report) throws IOException {
        int exitCode = execute(
                "demo", "--rows", "10000", "--seed", "11", "--exit-when-verified", "--report", report.toString());

        assertThat(exitCode).as("%s%s", out, err).isZero();
        JsonNode parity =
                new ObjectMapper().readTree(report.resolve("parity.json").toFile());
        assertThat(parity.path("verdict").asText()).isEqualTo("equal");
        assertThat(parity.path("tables")).hasSize(Shop.TABLES.size()).allSatisfy(table -> assertThat(
                        table.path("verdict").asText())
                .as("%s", table.path("target"))
                .isEqualTo("equal"));
        assertThat(parity.path("tables"))
                .anySatisfy(table -> assertThat(table.path("target").asText()).isEqualTo("public.customer"));
        Matcher committed = COMMITTED.matcher(out.toString());
        assertThat(committed.find()).as(out.toString()).isTrue();
        assertThat(committed.group(1)).isNotEqualTo("0");
        Matcher file = Pattern.compile("(/\\S+)/migration\\.yml").matcher(out.toString());
        assertThat(file.find()).isTrue();
        assertThat(Files.exists(Path.of(file.group(1)))).isFalse();
    }

    @Test
    void refusesASizeThatIsNone() {
        int exitCode = execute("demo", "--rows", "12");

        assertThat(exitCode).isEqualTo(2);
        assertThat(err.toString()).contains("--rows is 12, must be 5000..20000000");
    }

    private int execute(String... arguments) {
        return Crossfade.execute(
                arguments,
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                Faults.NONE,
                Terminal.PIPE,
                Map.copyOf(System.getenv()));
    }
}
