package dev.crossfade.app.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.crossfade.app.screen.PhaseWords;
import dev.crossfade.pipeline.MigrationProgress;
import dev.crossfade.pipeline.MigrationStatus;
import java.util.Optional;

/** A status as JSON. Keys are part of the interface: they are added to, never renamed. What is unknown is {@code null}. */
final class StatusJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private StatusJson() {}

    static String of(String migration, Optional<MigrationStatus> status) {
        ObjectNode root = JSON.createObjectNode();
        Optional<MigrationProgress> progress = status.flatMap(MigrationStatus::progress);
        root.put("migration", migration);
        root.put("begun", status.isPresent());
        root.put("running", status.map(MigrationStatus::running).orElse(false));
        putOrNull(root, "owner", status.map(MigrationStatus::owner));
        putOrNull(root, "mappingHash", status.map(MigrationStatus::mappingHash));
        putOrNull(
                root, "reportedAt", status.flatMap(MigrationStatus::reportedAt).map(Object::toString));
        putOrNull(root, "phase", status.map(MigrationStatus::phase).map(PhaseWords::key));
        putOrNull(root, "rowsPerSecond", progress.map(MigrationProgress::rowsPerSecond));
        putOrNull(root, "changesCaptured", progress.map(MigrationProgress::changesCaptured));
        putOrNull(root, "changesApplied", progress.map(MigrationProgress::changesApplied));
        putOrNull(root, "lagMillis", progress.flatMap(MigrationProgress::lag).map(lag -> lag.toMillis()));
        putOrNull(root, "etaSeconds", progress.flatMap(MigrationProgress::eta).map(eta -> eta.toSeconds()));
        putOrNull(root, "waiting", progress.flatMap(MigrationProgress::waiting));
        ArrayNode tables = root.putArray("tables");
        progress.ifPresent(known -> known.tables().forEach(table -> tables.addObject()
                .put("source", table.source().toString())
                .put("target", table.target().toString())
                .put("rowsCopied", table.rowsCopied())
                .put("rowsExpected", table.rowsExpected())
                .put("complete", table.complete())));
        ArrayNode stopped = root.putArray("stopped");
        status.ifPresent(known -> known.stopped().forEach(stop -> {
            ObjectNode node = stopped.addObject()
                    .put("id", stop.id())
                    .put("reason", stop.reason())
                    .put("statement", stop.statement())
                    .put("position", stop.position())
                    .put("state", stop.state().word())
                    .put("replayable", stop.replayable())
                    .put("since", stop.since().toString());
            stop.tables().forEach(node.putArray("tables")::add);
        }));
        return root.toPrettyString();
    }

    private static void putOrNull(ObjectNode root, String key, Optional<?> value) {
        root.set(key, value.<JsonNode>map(JSON::valueToTree).orElse(root.nullNode()));
    }
}
