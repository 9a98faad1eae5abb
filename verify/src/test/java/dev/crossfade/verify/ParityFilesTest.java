package dev.crossfade.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.crossfade.model.BinlogPosition;
import dev.crossfade.model.TableId;
import dev.crossfade.verify.DifferentRow.ValuePair;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParityFilesTest {
    private static final Instant STARTED = Instant.parse("2026-11-20T10:00:00Z");

    @Test
    void jsonHoldsVerdictPositionsAndEveryKindOfFinding() throws IOException {
        JsonNode json = new ObjectMapper().readTree(ParityFiles.json(report(different(), unread())));

        assertThat(json.path("verdict").asText()).isEqualTo("unread");
        assertThat(json.path("mappingHash").asText()).isEqualTo("c0ffee");
        assertThat(json.path("sourcePosition").path("file").asText()).isEqualTo("binlog.000007");
        assertThat(json.path("sourcePosition").path("offset").asLong()).isEqualTo(4711);
        assertThat(json.path("targetPosition").path("fence").asText()).isEqualTo("f-1");
        assertThat(json.path("targetPosition").path("progress").path("rows/0").asLong())
                .isEqualTo(42);
        JsonNode table = json.path("tables").path(0);
        assertThat(table.path("source").asText()).isEqualTo("legacy.orders");
        assertThat(table.path("target").asText()).isEqualTo("public.orders");
        assertThat(table.path("verdict").asText()).isEqualTo("different");
        assertThat(table.path("sourceRows").asLong()).isEqualTo(10);
        assertThat(table.path("targetRows").asLong()).isEqualTo(11);
        assertThat(table.path("sourceChecksum").asText()).isEqualTo("00ff");
        assertThat(table.path("targetChecksum").asText()).isEqualTo("01ff");
        assertThat(table.path("findings").path(0).toString()).isEqualTo("{\"kind\":\"missing\",\"key\":\"(1)\"}");
        assertThat(table.path("findings").path(1).toString()).isEqualTo("{\"kind\":\"extra\",\"key\":\"('a|<b>')\"}");
        assertThat(table.path("findings").path(2).toString())
                .isEqualTo("{\"kind\":\"different\",\"key\":\"(2)\",\"columns\":[\"total\"],"
                        + "\"values\":[{\"source\":\"1\",\"target\":\"2\"}]}");
        assertThat(table.path("findingsTotal").asLong()).isEqualTo(3);
        assertThat(table.path("declaredDifferences").path(0).toString())
                .isEqualTo("{\"id\":\"ZERO-DATE\",\"column\":\"born\",\"count\":4}");
        assertThat(json.path("tables")
                        .path(1)
                        .path("findings")
                        .path(0)
                        .path("reason")
                        .asText())
                .isEqualTo("SQLSTATE 08006: gone");
    }

    @Test
    void markdownIsReadableAndNothingFromTheDatabaseBecomesMarkup() {
        String markdown = ParityFiles.markdown(report(different(), unread()));

        assertThat(markdown)
                .contains("# Parity of shop: **unread**")
                .contains("| legacy.orders | public.orders | different | 10 | 11 | 3 |")
                .contains("| extra | ('a\\|&lt;b\\>') | on the target, not on the source |")
                .contains("| different | (2) | total: 1 became 2 |")
                .contains("| public.orders | born | ZERO-DATE | 4 |")
                .contains("## What this check cannot see")
                .contains("sequences");
    }

    @Test
    void filesAreReplacedAndNothingIsLeftBeside(@TempDir Path directory) throws IOException {
        Path report = directory.resolve("a/report");

        ParityFiles.write(report(unread()), report);
        ParityFiles.write(report(different()), report);

        try (Stream<Path> files = Files.list(report)) {
            assertThat(files.map(Path::getFileName).map(Path::toString))
                    .containsExactlyInAnyOrder("parity.json", "parity.md");
        }
        assertThat(report.resolve("parity.json")).content().contains("\"verdict\" : \"different\"");
        assertThat(report.resolve("parity.md")).content().contains("**different**");
    }

    @Test
    void exitCodeSaysWhoseConnectionBroke() {
        assertThat(report(different()).exitCode()).isEqualTo(1);
        assertThat(report(different(), unread()).exitCode()).isEqualTo(4);
    }

    private static ParityReport report(TableParity... tables) {
        return new ParityReport(
                "shop",
                "c0ffee",
                new BinlogPosition("binlog.000007", 4711, ""),
                new TargetPosition("f-1", Map.of("rows/0", 42L)),
                STARTED,
                STARTED.plusSeconds(2),
                List.of(tables));
    }

    private static TableParity different() {
        return new TableParity(
                new TableId("legacy", "orders"),
                new TableId("public", "orders"),
                Verdict.DIFFERENT,
                10,
                11,
                "00ff",
                "01ff",
                List.of(
                        new MissingRow("(1)"),
                        new ExtraRow("('a|<b>')"),
                        new DifferentRow("(2)", List.of("total"), List.of(new ValuePair("1", "2")))),
                3,
                true,
                List.of(new DeclaredDifference(DeclaredDifference.ZERO_DATE, "born", 4)),
                List.of(),
                Duration.ofMillis(1234));
    }

    private static TableParity unread() {
        return new TableParity(
                new TableId("legacy", "items"),
                new TableId("public", "items"),
                Verdict.UNREAD,
                5,
                0,
                "",
                "",
                List.of(new UnreadRange(Side.TARGET, "(−∞, +∞)", 0, "SQLSTATE 08006: gone")),
                1,
                false,
                List.of(),
                List.of(),
                Duration.ZERO);
    }
}
