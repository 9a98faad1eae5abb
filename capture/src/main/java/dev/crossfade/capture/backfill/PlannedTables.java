package dev.crossfade.capture.backfill;

import dev.crossfade.capture.source.SourceSchema;
import dev.crossfade.capture.source.SourceTable;
import dev.crossfade.model.Column;
import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.TablePlan;
import java.util.ArrayList;
import java.util.List;

/** Holds a plan against what the source is now. */
final class PlannedTables {
    private PlannedTables() {}

    /**
     * The planned table as the source describes it.
     *
     * @throws MigrationException of kind SOURCE if it is gone, or a column or the key that the plan needs is another one now
     */
    static SourceTable require(SourceSchema schema, TablePlan plan) {
        SourceTable table = schema.table(plan.source().id()).orElseThrow(() -> changed(plan, "the table is gone"));
        if (!table.key().equals(plan.source().key())) {
            throw changed(
                    plan,
                    "its primary key is now " + table.key() + ", planned was "
                            + plan.source().key());
        }
        List<String> needed = new ArrayList<>(plan.sourceColumns());
        needed.addAll(table.key());
        for (String name : needed) {
            Column planned = plan.source().columns().get(plan.source().indexOf(name));
            boolean same = table.columns().stream()
                    .anyMatch(column ->
                            column.name().equals(name) && column.column().type().equals(planned.type()));
            if (!same) {
                throw changed(plan, "column " + name + " is not " + planned.declaration() + " any more");
            }
        }
        return table;
    }

    private static MigrationException changed(TablePlan plan, String what) {
        return new MigrationException(
                ErrorKind.SOURCE,
                "source table " + plan.source().id() + " was changed since the migration was planned: " + what
                        + "; nothing of it is copied until the plan fits again");
    }
}
