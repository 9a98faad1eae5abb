package dev.crossfade.pipeline.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.crossfade.model.TableId;
import dev.crossfade.pipeline.MigrationProgress;
import dev.crossfade.pipeline.MigrationProgress.TableProgress;
import dev.crossfade.pipeline.Phase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The form in which a running process leaves its progress on the target, for whoever asks for the status. Stopped tables are not part
 * of it: they are on the target anyway.
 */
public final class ProgressJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private ProgressJson() {}

    /** One JSON object. */
    public static String write(MigrationProgress progress) {
        ObjectNode root = JSON.createObjectNode();
        root.put("phase", progress.phase().name());
        root.put("rowsPerSecond", progress.rowsPerSecond());
        root.put("changesCaptured", progress.changesCaptured());
        root.put("changesApplied", progress.changesApplied());
        progress.lag().ifPresent(lag -> root.put("lagMillis", lag.toMillis()));
        progress.eta().ifPresent(eta -> root.put("etaMillis", eta.toMillis()));
        progress.waiting().ifPresent(reason -> root.put("waiting", reason));
        ArrayNode tables = root.putArray("tables");
        for (TableProgress table : progress.tables()) {
            ObjectNode node = tables.addObject();
            write(node.putObject("source"), table.source());
            write(node.putObject("target"), table.target());
            node.put("rowsCopied", table.rowsCopied());
            node.put("rowsExpected", table.rowsExpected());
            node.put("complete", table.complete());
        }
        return root.toString();
    }

    private static void write(ObjectNode node, TableId table) {
        node.put("schema", table.schema());
        node.put("name", table.name());
    }

    /** Reads what {@link #write} wrote. */
    public static MigrationProgress read(String text) {
        try {
            JsonNode root = JSON.readTree(text);
            List<TableProgress> tables = new ArrayList<>();
            for (JsonNode node : root.path("tables")) {
                tables.add(new TableProgress(
                        table(node.path("source")),
                        table(node.path("target")),
                        node.path("rowsCopied").asLong(),
                        node.path("rowsExpected").asLong(),
                        node.path("complete").asBoolean()));
            }
            return new MigrationProgress(
                    Phase.valueOf(root.path("phase").asText()),
                    tables,
                    root.path("rowsPerSecond").asDouble(),
                    root.path("changesCaptured").asLong(),
                    root.path("changesApplied").asLong(),
                    millis(root, "lagMillis"),
                    millis(root, "etaMillis"),
                    root.has("waiting") ? Optional.of(root.path("waiting").asText()) : Optional.empty(),
                    List.of());
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("stored progress is not JSON", e);
        }
    }

    private static TableId table(JsonNode node) {
        return new TableId(node.path("schema").asText(), node.path("name").asText());
    }

    private static Optional<Duration> millis(JsonNode root, String name) {
        return root.has(name) ? Optional.of(Duration.ofMillis(root.path(name).asLong())) : Optional.empty();
    }
}
