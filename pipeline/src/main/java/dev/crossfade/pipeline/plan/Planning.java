package dev.crossfade.pipeline.plan;

import dev.crossfade.capture.source.SourceSchema;
import dev.crossfade.capture.source.SourceTable;
import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.TableId;
import dev.crossfade.model.codec.Partitioning;
import dev.crossfade.pipeline.RunSettings;
import java.util.List;
import java.util.Optional;

/**
 * A plan and what was seen of the source while it was made.
 *
 * @param plan complete and checked
 * @param schema the source as it is now
 * @param advice what a person should know and nothing waits for, one line each
 */
public record Planning(MigrationPlan plan, SourceSchema schema, List<String> advice) {
    public Planning {
        advice = List.copyOf(advice);
    }

    /** Which partitions of the changes and of the rows the tables have. */
    public Partitioning partitioning(RunSettings settings) {
        return new Partitioning(settings.changePartitions(), plan);
    }

    /** The source's own description of a planned table. */
    public SourceTable source(TableId table) {
        Optional<SourceTable> source = schema.table(table);
        return source.orElseThrow(() -> new IllegalArgumentException("table " + table + " is not planned"));
    }
}
