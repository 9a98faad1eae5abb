package dev.crossfade.mapping;

import dev.crossfade.model.Column;
import dev.crossfade.model.Row;
import dev.crossfade.model.RowKey;
import dev.crossfade.model.TablePlan;

/**
 * One table's mapping: renames, drops and reorders columns. Immutable and free of side effects, so any thread may use it and the
 * same row always gives the same bytes.
 */
public final class RowMapping {
    private final TablePlan plan;
    private final int[] sourceFields;
    private final int[] targetKeyFields;
    private final int[] sourceKeyFields;

    private RowMapping(TablePlan plan) {
        this.plan = plan;
        this.sourceFields =
                plan.sourceColumns().stream().mapToInt(plan.source()::indexOf).toArray();
        this.targetKeyFields = plan.target().keyIndexes();
        this.sourceKeyFields = plan.source().keyIndexes();
    }

    /**
     * Compiles one table's plan.
     *
     * @throws IllegalArgumentException if a target column's kind of value is not that of the source column which fills it: the plan
     *     should have been refused
     */
    public static RowMapping compile(TablePlan plan) {
        for (int i = 0; i < plan.sourceColumns().size(); i++) {
            Column target = plan.target().columns().get(i);
            Column source = plan.source()
                    .columns()
                    .get(plan.source().indexOf(plan.sourceColumns().get(i)));
            if (source.type().kind() != target.type().kind()) {
                throw new IllegalArgumentException("column " + target.name() + " of "
                        + plan.target().id() + " is " + target.type() + ", its source column " + source.name() + " is "
                        + source.type());
            }
        }
        return new RowMapping(plan);
    }

    public TablePlan plan() {
        return plan;
    }

    /** The target row of a source row. */
    public Row apply(Row source) {
        return source.project(sourceFields);
    }

    /** Places of the source columns that a target row is made of, in target order: a reader may select just these. */
    public int[] sourceFields() {
        return sourceFields.clone();
    }

    /** The target key of a target row. */
    public RowKey targetKey(Row target) {
        return target.key(targetKeyFields);
    }

    /** The source key of a source row. */
    public RowKey sourceKey(Row source) {
        return source.key(sourceKeyFields);
    }
}
