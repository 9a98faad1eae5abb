package dev.crossfade.pipeline.plan;

import dev.crossfade.capture.change.DefinitionCheck;
import dev.crossfade.capture.source.SchemaReader;
import dev.crossfade.capture.source.SourceDatabase;
import dev.crossfade.capture.source.SourcePreflight;
import dev.crossfade.capture.source.SourceProduct;
import dev.crossfade.capture.source.SourceSchema;
import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.Problem;
import dev.crossfade.model.TableId;
import dev.crossfade.model.TablePlan;
import dev.crossfade.pipeline.MigrationSpec;
import dev.crossfade.pipeline.TableRule;
import dev.crossfade.sink.control.ControlSchema;
import dev.crossfade.sink.control.MigrationRecord;
import dev.crossfade.sink.control.MigrationStore;
import dev.crossfade.sink.target.TargetDatabase;
import dev.crossfade.sink.target.TargetErrors;
import dev.crossfade.sink.target.TargetPreflight;
import dev.crossfade.sink.target.UniqueIndexes;
import dev.crossfade.sink.target.UniqueIndexes.Found;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Makes the plan of a migration and checks it against both databases. Reads only; reports every problem at once. */
public final class Planner {
    private static final String NOTHING_CHANGED = "nothing was changed on either side";

    private final MigrationSpec spec;
    private final List<Problem> problems = new ArrayList<>();

    private Planner(MigrationSpec spec) {
        this.spec = spec;
    }

    /**
     * Plans a migration that begins or goes on, whichever the target says.
     *
     * @throws MigrationException with all problems that stand in the way
     */
    public static Planning plan(MigrationSpec spec) {
        return plan(spec, List.of());
    }

    /**
     * The same, with problems of another kind that were found before; they come last.
     *
     * @throws MigrationException with all problems that stand in the way, {@code others} among them
     */
    public static Planning plan(MigrationSpec spec, List<Problem> others) {
        return new Planner(spec).plan(others);
    }

    /** A side that cannot be asked is one problem, and the other side is checked as far as that goes. */
    private Planning plan(List<Problem> others) {
        Optional<SourceSchema> seen = readSource();
        Optional<Optional<MigrationRecord>> record = readRecord();
        BegunDefinitions then = record.flatMap(found -> found).isPresent()
                ? BegunDefinitions.read(new TargetDatabase(spec.target()), spec.name())
                : BegunDefinitions.NONE;
        Optional<SourceSchema> schema = seen.map(then::in);
        RuleResolver resolver =
                new RuleResolver(spec.name(), schema.map(SourceSchema::tables).orElse(List.of()));
        List<TablePlan> tables = schema.isPresent() ? resolver.resolve(spec.tables()) : List.of();
        problems.addAll(resolver.problems());
        String mappingHash = MappingHash.of(spec.tables());
        List<String> advice = new ArrayList<>();
        Optional<MigrationRecord> begun = record.flatMap(found -> found);
        begun.ifPresent(this::refuseHalfAborted);
        boolean mayGoOn = begun.isEmpty() || hasSameMapping(begun.get(), mappingHash);
        if (begun.isPresent() && mayGoOn) {
            tables = onlyBegun(tables, begun.get(), advice);
        }
        CascadePlanner cascades = new CascadePlanner(
                tables,
                schema.map(SourceSchema::tables).orElse(List.of()),
                schema.map(SourceSchema::cascadingKeys).orElse(List.of()));
        if (resolver.problems().isEmpty()) { // a parent whose mapping is refused would seem to be missing
            problems.addAll(cascades.problems());
        }
        List<OrderReason> reasons = new ArrayList<>(cascades.reasons());
        reasons.addAll(KeylessTables.reasons(tables));
        reasons.addAll(RekeyedTables.reasons(tables));
        UniqueIndexPlanner unique = new UniqueIndexPlanner(
                tables,
                schema.map(SourceSchema::tables).orElse(List.of()),
                record.isPresent() ? readUniqueIndexes(tables) : List.of());
        reasons.addAll(unique.reasons());
        problems.addAll(unique.problems());
        MigrationPlan plan = new MigrationPlan(
                spec.name(),
                mappingHash,
                tables,
                OrderGroups.of(reasons, spec.settings().changePartitions()),
                cascades.actions(),
                unique.indexes());
        if (begun.isPresent() && schema.isPresent()) {
            requireUnchanged(plan, begun.get(), mayGoOn);
        }
        MigrationPlan running = plan.without(then.stopped(plan));
        check(
                "source",
                () -> SourcePreflight.check(
                        spec.source(),
                        readTables(plan, schema).stream()
                                .filter(table -> !then.isStopped(table))
                                .toList()));
        if (schema.isPresent()) {
            checkDefinitions(schema.get().server().product(), running);
        }
        if (record.isPresent()) {
            check("target", () -> TargetPreflight.check(new TargetDatabase(spec.target()), running));
        }
        problems.addAll(others);
        if (!problems.isEmpty() || schema.isEmpty()) {
            // What keeps the schema from being read keeps the preflight from its questions, too.
            throw MigrationException.of(problems.stream().distinct().toList(), NOTHING_CHANGED);
        }
        SourcePreflight.advice(spec.source()).forEach(problem -> advice.add(problem.toString()));
        plan.groups().forEach(group -> advice.add(OrderGroups.line(group, reasons)));
        advise(plan, schema.get(), unique.notBuilt(), advice);
        then.stopped(plan).stream()
                .sorted()
                .forEach(table -> advice.add("STOPPED " + table
                        + " stands still since an earlier run and is not checked; all others go on"));
        seen.ifPresent(now -> then.differences(now).forEach(difference -> advice.add("STOPPED " + difference)));
        return new Planning(plan, schema.get(), advice);
    }

    private Optional<SourceSchema> readSource() {
        try (Connection connection = SourceDatabase.of(spec.source()).open()) {
            return Optional.of(SchemaReader.read(connection));
        } catch (MigrationException e) {
            problems.addAll(asProblems(e, "source"));
        } catch (SQLException e) {
            throw new IllegalStateException("closing a connection that was only read from failed", e);
        }
        return Optional.empty();
    }

    /** What the target knows of the migration; the outer one is empty if the target cannot be asked. */
    private Optional<Optional<MigrationRecord>> readRecord() {
        try {
            TargetDatabase target = new TargetDatabase(spec.target());
            target.checkReachable();
            return Optional.of(
                    new ControlSchema(target).isInstalled()
                            ? new MigrationStore(target, spec.name()).read()
                            : Optional.empty());
        } catch (MigrationException e) {
            problems.addAll(asProblems(e, "target"));
            return Optional.empty();
        }
    }

    /** Those that stand on tables which the migration will fill. */
    private List<Found> readUniqueIndexes(List<TablePlan> tables) {
        try (Connection connection = new TargetDatabase(spec.target()).open()) {
            return UniqueIndexes.found(
                    connection,
                    spec.name(),
                    tables.stream().map(table -> table.target().id()).toList());
        } catch (MigrationException e) {
            problems.addAll(asProblems(e, "target"));
        } catch (SQLException e) {
            problems.addAll(asProblems(TargetErrors.of("list the unique indexes of the tables", e), "target"));
        }
        return List.of();
    }

    private void refuseHalfAborted(MigrationRecord begun) {
        if (begun.isBeingAborted()) {
            problems.add(new Problem(
                    ErrorKind.PLAN,
                    "ABORT-UNFINISHED",
                    "migration " + spec.name(),
                    "it is being aborted, and part of it may be gone",
                    "crossfade abort -c FILE; it goes on where it was, and then the migration can begin anew"));
        }
    }

    private boolean hasSameMapping(MigrationRecord begun, String mappingHash) {
        try {
            MigrationStore.checkMapping(begun, mappingHash);
            return true;
        } catch (MigrationException e) {
            problems.addAll(asProblems(e, "mapping"));
            return false;
        }
    }

    /** Planned tables, and named ones that were not seen: the account may be without a right to see them. */
    private List<TableId> readTables(MigrationPlan plan, Optional<SourceSchema> schema) {
        String database = schema.map(SourceSchema::database)
                .orElseGet(() -> SourceDatabase.of(spec.source()).database());
        Set<TableId> tables = new LinkedHashSet<>();
        plan.tables().forEach(table -> tables.add(table.source().id()));
        for (TableRule rule : spec.tables()) {
            TableId named = new TableId(rule.fromSchema(), rule.fromTable());
            boolean isSeen = schema.flatMap(seen -> seen.table(named)).isPresent();
            boolean isEveryTable = rule.fromTable().equals(SourcePreflight.EVERY_TABLE);
            if (isEveryTable ? rule.fromSchema().equals(database) : !isSeen) {
                tables.add(named);
            }
        }
        return List.copyOf(tables);
    }

    private void check(String side, Supplier<List<Problem>> questions) {
        try {
            problems.addAll(questions.get());
        } catch (MigrationException e) {
            problems.addAll(asProblems(e, side));
        }
    }

    /** Whether the reader of the log understands the tables' definitions, dropped columns included. */
    private void checkDefinitions(SourceProduct product, MigrationPlan plan) {
        List<TableId> tables =
                plan.tables().stream().map(table -> table.source().id()).toList();
        try (Connection connection = SourceDatabase.of(spec.source()).open()) {
            problems.addAll(DefinitionCheck.problems(connection, product, tables));
        } catch (MigrationException e) {
            problems.addAll(asProblems(e, "source"));
        } catch (SQLException e) {
            problems.add(new Problem(
                    ErrorKind.SOURCE,
                    "UNREADABLE",
                    "source",
                    "the definitions of its tables cannot be read: SQLSTATE " + e.getSQLState(),
                    ""));
        }
    }

    /** The problems of a refusal; one of the side that it is about if it names none. */
    public static List<Problem> asProblems(MigrationException e, String side) {
        return e.problems().isEmpty()
                ? List.of(new Problem(e.kind(), "UNREACHABLE", side, String.valueOf(e.getMessage()), ""))
                : e.problems();
    }

    /** A wildcard means the tables that were there when the migration began. */
    private static List<TablePlan> onlyBegun(List<TablePlan> tables, MigrationRecord begun, List<String> advice) {
        Set<String> known = PlanText.split(begun.plan()).keySet();
        List<TablePlan> kept = new ArrayList<>();
        for (TablePlan table : tables) {
            if (known.contains(table.source().id().toString())) {
                kept.add(table);
            } else {
                advice.add("table " + table.source().id()
                        + " appeared on the source after the migration began and does not move");
            }
        }
        return kept;
    }

    /** Under another mapping every table would differ, which is told once by the mapping; the settings are told in any case. */
    private void requireUnchanged(MigrationPlan plan, MigrationRecord begun, boolean isMappingTheSame) {
        Map<String, String> then = PlanText.split(begun.plan());
        Map<String, String> now = PlanText.of(plan, spec.settings());
        if (!isMappingTheSame) {
            then.keySet().retainAll(Set.of(PlanText.SETTINGS));
            now.keySet().retainAll(Set.of(PlanText.SETTINGS));
        }
        List<String> differences = PlanText.differences(then, now);
        for (String difference : differences) {
            problems.add(new Problem(
                    ErrorKind.PLAN,
                    "PLAN-CHANGED",
                    "migration " + spec.name(),
                    "since it began, " + difference,
                    "undo the change, or begin under another migration name with empty target tables"));
        }
    }

    private static void advise(
            MigrationPlan plan, SourceSchema schema, List<String> uniqueNotBuilt, List<String> advice) {
        advice.addAll(RekeyedTables.risks(plan.tables()));
        long indexes = plan.tables().stream()
                .map(table -> schema.table(table.source().id()).orElseThrow())
                .flatMap(table -> table.indexes().stream())
                .filter(index -> !index.unique())
                .count();
        if (indexes > 0) {
            advice.add("INDEXES: this release builds primary keys and unique indexes; " + indexes
                    + " other indexes of the source and all foreign keys are not built");
        }
        if (!uniqueNotBuilt.isEmpty()) {
            advice.add("UNIQUE-INDEXES: not built on the target: " + String.join(", ", uniqueNotBuilt));
        }
    }
}
