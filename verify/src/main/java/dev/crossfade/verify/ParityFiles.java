package dev.crossfade.verify;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;

/** Writes a report as {@code parity.json} for programs and {@code parity.md} for a person who signs it. */
public final class ParityFiles {
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private ParityFiles() {}

    /**
     * Writes both files into {@code directory}, which is created where it does not exist. Each file is replaced in one step, so a reader
     * sees the old report or the new one, never half of it.
     */
    public static void write(ParityReport report, Path directory) throws IOException {
        Files.createDirectories(directory);
        replace(directory.resolve("parity.json"), json(report));
        replace(directory.resolve("parity.md"), markdown(report));
    }

    private static void replace(Path file, String content) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        Path temporary = Files.createTempFile(directory, "." + file.getFileName(), ".tmp");
        try {
            Files.writeString(temporary, content);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** The report as {@code parity.json} holds it. */
    public static String json(ParityReport report) {
        ObjectNode root = JSON.createObjectNode();
        root.put("verdict", report.verdict().word());
        root.put("migration", report.migration());
        root.put("mappingHash", report.mappingHash());
        ObjectNode source = root.putObject("sourcePosition");
        source.put("file", report.sourcePosition().file());
        source.put("offset", report.sourcePosition().offset());
        source.put("gtids", report.sourcePosition().gtids());
        ObjectNode target = root.putObject("targetPosition");
        target.put("fence", report.targetPosition().fence());
        ObjectNode progress = target.putObject("progress");
        report.targetPosition().progress().forEach(progress::put);
        root.put("started", report.started().toString());
        root.put("ended", report.ended().toString());
        ArrayNode tables = root.putArray("tables");
        report.tables().forEach(table -> append(table, tables.addObject()));
        ArrayNode blindSpots = root.putArray("cannotSee");
        ParityReport.blindSpots().forEach(blindSpots::add);
        try {
            return JSON.writeValueAsString(root) + "\n";
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
    }

    private static void append(TableParity table, ObjectNode node) {
        node.put("source", table.source().toString());
        node.put("target", table.target().toString());
        node.put("verdict", table.verdict().word());
        node.put("sourceRows", table.sourceRows());
        node.put("targetRows", table.targetRows());
        node.put("sourceChecksum", table.sourceChecksum());
        node.put("targetChecksum", table.targetChecksum());
        ArrayNode findings = node.putArray("findings");
        table.findings().forEach(finding -> append(finding, findings.addObject()));
        node.put("findingsTotal", table.findingsTotal());
        node.put("findingsCountedExactly", table.findingsCountedExactly());
        ArrayNode declared = node.putArray("declaredDifferences");
        for (DeclaredDifference difference : table.declaredDifferences()) {
            ObjectNode entry = declared.addObject();
            entry.put("id", difference.id());
            entry.put("column", difference.column());
            entry.put("count", difference.count());
        }
        ArrayNode caveats = node.putArray("caveats");
        table.caveats().forEach(caveats::add);
        node.put("seconds", seconds(table.took()));
    }

    private static ObjectNode append(Finding finding, ObjectNode node) {
        return finding.fold(new Finding.Cases<>() {
            @Override
            public ObjectNode missing(MissingRow row) {
                return node.put("kind", "missing").put("key", row.key());
            }

            @Override
            public ObjectNode extra(ExtraRow row) {
                return node.put("kind", "extra").put("key", row.key());
            }

            @Override
            public ObjectNode different(DifferentRow row) {
                node.put("kind", "different").put("key", row.key());
                ArrayNode columns = node.putArray("columns");
                row.columns().forEach(columns::add);
                if (!row.values().isEmpty()) {
                    ArrayNode values = node.putArray("values");
                    row.values().forEach(pair -> values.addObject()
                            .put("source", pair.source())
                            .put("target", pair.target()));
                }
                return node;
            }

            @Override
            public ObjectNode unread(UnreadRange range) {
                return node.put("kind", "unread")
                        .put("side", range.side().word())
                        .put("range", range.range())
                        .put("rowsRead", range.rowsRead())
                        .put("reason", range.reason());
            }
        });
    }

    private static double seconds(Duration took) {
        return took.toMillis() / 1000.0;
    }

    /** The report as {@code parity.md} holds it. */
    public static String markdown(ParityReport report) {
        return ParityMarkdown.of(report);
    }
}
