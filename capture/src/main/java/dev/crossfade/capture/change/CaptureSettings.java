package dev.crossfade.capture.change;

import static java.util.Objects.requireNonNull;

import dev.crossfade.capture.source.SourceDatabase;
import dev.crossfade.capture.source.SourceProduct;
import dev.crossfade.model.Faults;
import dev.crossfade.model.TableId;
import dev.crossfade.model.TopicNames;
import dev.crossfade.model.codec.Partitioning;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What to capture, and where to put it.
 *
 * @param source the database, and the account that reads its log
 * @param product the server's maker: decides which connector reads the log
 * @param topics names of the migration's topics, all of which exist
 * @param partitioning which partition of the changes topic a change belongs to
 * @param kafka client properties, {@code bootstrap.servers} among them; may hold secrets
 * @param tables at least one, none twice
 * @param markerTable Crossfade's own table on the source, which exists
 * @param ownership asked before a producer is opened, which ends that of every other process
 * @param tuning sizes and times
 * @param faults told at every fault point of capture
 */
public record CaptureSettings(
        SourceDatabase source,
        SourceProduct product,
        TopicNames topics,
        Partitioning partitioning,
        Map<String, String> kafka,
        List<CapturedTable> tables,
        TableId markerTable,
        Ownership ownership,
        CaptureTuning tuning,
        Faults faults) {
    public CaptureSettings {
        requireNonNull(source, "source");
        requireNonNull(product, "product");
        requireNonNull(topics, "topics");
        requireNonNull(partitioning, "partitioning");
        kafka = Map.copyOf(kafka);
        tables = List.copyOf(tables);
        requireNonNull(markerTable, "markerTable");
        requireNonNull(ownership, "ownership");
        requireNonNull(tuning, "tuning");
        requireNonNull(faults, "faults");
        if (tables.isEmpty()) {
            throw new IllegalArgumentException("no table to capture");
        }
        Set<TableId> ids = new HashSet<>();
        for (CapturedTable table : tables) {
            if (!ids.add(table.table().id())) {
                throw new IllegalArgumentException("table " + table.table().id() + " is named twice");
            }
        }
    }

    /** Without the Kafka properties, which may hold secrets. */
    @Override
    public String toString() {
        return "CaptureSettings[" + topics.migration() + ", " + product + " " + source + ", " + tables.size()
                + " tables]";
    }
}
