package dev.crossfade.model;

import static java.util.Objects.requireNonNull;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a migration does, complete and checked against both sides. Planning the same file against unchanged databases gives an
 * equal plan.
 *
 * @param migration the migration's name, {@code [a-z][a-z0-9-]{0,39}}; it names topics, control rows and transactional ids
 * @param mappingHash SHA-256 of the mapping's canonical form, 64 hex digits; a run refuses to go on under another hash
 * @param tables one plan per target table; neither a source nor a target table appears twice
 */
public record MigrationPlan(String migration, String mappingHash, List<TablePlan> tables) {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,39}");

    public MigrationPlan {
        requireNonNull(migration, "migration");
        requireNonNull(mappingHash, "mappingHash");
        tables = List.copyOf(tables);
        if (!isName(migration)) {
            throw new IllegalArgumentException("migration name '" + migration + "' must match " + NAME);
        }
        Set<TableId> sources = new HashSet<>();
        Set<TableId> targets = new HashSet<>();
        for (TablePlan table : tables) {
            if (!sources.add(table.source().id()) || !targets.add(table.target().id())) {
                throw new IllegalArgumentException("plan names a table twice: "
                        + table.source().id() + " to " + table.target().id());
            }
        }
    }

    /** Whether {@code text} can name a migration. */
    public static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    /** The plan of a source table; every captured table has one. */
    public TablePlan bySource(TableId source) {
        for (TablePlan table : tables) {
            if (table.source().id().equals(source)) {
                return table;
            }
        }
        throw new IllegalArgumentException("no plan for source table " + source);
    }

    /** The plan of a target table. */
    public TablePlan byTarget(TableId target) {
        for (TablePlan table : tables) {
            if (table.target().id().equals(target)) {
                return table;
            }
        }
        throw new IllegalArgumentException("no plan for target table " + target);
    }
}
