package dev.crossfade.pipeline.plan;

import dev.crossfade.capture.source.SourceColumn;
import dev.crossfade.capture.source.SourceTable;
import dev.crossfade.model.Column;
import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.LogicalType.Kind;
import dev.crossfade.model.NearestName;
import dev.crossfade.model.Problem;
import dev.crossfade.model.Table;
import dev.crossfade.model.TableId;
import dev.crossfade.model.TablePlan;
import dev.crossfade.pipeline.TableRule;
import dev.crossfade.pipeline.TableRule.ColumnRule;
import dev.crossfade.pipeline.TableRule.Drop;
import dev.crossfade.pipeline.TableRule.Take;
import dev.crossfade.pipeline.TableRule.TakeOthers;
import dev.crossfade.sink.control.ContributionStores;
import dev.crossfade.sink.target.PostgresTypes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Resolves the rules of a migration file against the tables of the source. Pure; collects every problem. */
final class RuleResolver {
    static final Set<Kind> MAY_BE_ZERO_DATE = Set.of(Kind.DATE, Kind.TIMESTAMP, Kind.INSTANT);

    private final String migration;
    private final Map<TableId, SourceTable> sources = new LinkedHashMap<>();
    private final List<Problem> problems = new ArrayList<>();

    /** Resolves against {@code sources}: every base table of every database that a rule names. */
    RuleResolver(String migration, List<SourceTable> sources) {
        this.migration = migration;
        sources.forEach(source -> this.sources.put(source.id(), source));
    }

    /** What was found wrong so far. */
    List<Problem> problems() {
        return problems;
    }

    /** A plan per table that could be resolved, in the order of the file, wildcards in the order of the source. */
    List<TablePlan> resolve(List<TableRule> rules) {
        Set<TableId> named = new HashSet<>();
        for (TableRule rule : rules) {
            if (!isWildcard(rule)) {
                named.add(new TableId(rule.fromSchema(), rule.fromTable()));
            }
        }
        Map<TableId, TableRule> bySource = new LinkedHashMap<>();
        Map<TableId, TableRule> byTarget = new HashMap<>();
        List<TablePlan> plans = new ArrayList<>();
        for (TableRule rule : rules) {
            for (SourceTable source : matches(rule, named)) {
                TableId target = new TableId(
                        rule.toSchema(),
                        rule.toTable().equals("*") ? source.id().name() : rule.toTable());
                boolean isSourceFree = claim(bySource, source.id(), rule, "source table");
                boolean isTargetFree = claim(byTarget, target, rule, "target table");
                Optional<TablePlan> plan = plan(rule, source, target);
                plan.filter(made -> isSourceFree && isTargetFree).ifPresent(plans::add);
            }
        }
        return plans;
    }

    private static boolean isWildcard(TableRule rule) {
        return rule.fromTable().equals("*");
    }

    private List<SourceTable> matches(TableRule rule, Set<TableId> named) {
        if (isWildcard(rule)) {
            List<SourceTable> matching = sources.values().stream()
                    .filter(source -> source.id().schema().equals(rule.fromSchema()))
                    .filter(source -> !named.contains(source.id()))
                    .toList();
            if (matching.isEmpty()) {
                problem(
                        rule.place(),
                        "TABLE-UNKNOWN",
                        "source database '" + rule.fromSchema() + "' has no table that '" + rule.fromSchema()
                                + ".*' could mean");
            }
            return matching;
        }
        TableId id = new TableId(rule.fromSchema(), rule.fromTable());
        SourceTable source = sources.get(id);
        if (source == null) {
            List<String> names =
                    sources.keySet().stream().map(TableId::toString).toList();
            problem(
                    rule.place(),
                    "TABLE-UNKNOWN",
                    "source has no table '" + id + "'" + NearestName.hint(id.toString(), names));
            return List.of();
        }
        return List.of(source);
    }

    private boolean claim(Map<TableId, TableRule> owners, TableId table, TableRule rule, String side) {
        TableRule before = owners.putIfAbsent(table, rule);
        if (before != null) {
            problem(rule.place(), "TABLE-TWICE", side + " " + table + " is already taken by " + before.place());
        }
        return before == null;
    }

    private Optional<TablePlan> plan(TableRule rule, SourceTable source, TableId target) {
        int before = problems.size();
        problems.addAll(source.problems());
        if (problems.size() > before) {
            return Optional.empty();
        }
        Map<String, String> taken = takenColumns(rule, source);
        if (problems.size() > before) {
            return Optional.empty();
        }
        TargetKey key = TargetKey.of(rule, source, target, taken);
        problems.addAll(key.problems());
        if (problems.size() > before) {
            return Optional.empty();
        }
        Table planned = target(source.table(), target, taken, key.columns());
        Optional<Table> store = key.sourceKey().isEmpty()
                ? Optional.empty()
                : Optional.of(ContributionStores.of(migration, planned, key.sourceKey()));
        return Optional.of(new TablePlan(source.table(), planned, List.copyOf(taken.values()), store));
    }

    /** Source column by target column, in target order. */
    private Map<String, String> takenColumns(TableRule rule, SourceTable source) {
        List<ColumnRule> rules = rule.columns().orElseGet(() -> List.of(new TakeOthers(rule.place())));
        Set<String> mentioned = new HashSet<>();
        for (ColumnRule column : rules) {
            if (column instanceof Take take) {
                mentioned.add(take.source());
            } else if (column instanceof Drop drop) {
                mentioned.add(drop.source());
            }
        }
        Map<String, String> taken = new LinkedHashMap<>();
        for (ColumnRule column : rules) {
            if (column instanceof Take take) {
                if (carries(source, take.place(), take.source())) {
                    put(taken, take.target(), take.source(), take.place());
                }
            } else if (column instanceof Drop drop) {
                if (!names(source).contains(drop.source())) {
                    unknownColumn(source, drop.place(), drop.source());
                }
            } else {
                takeOthers(source, column.place(), mentioned, taken);
            }
        }
        return taken;
    }

    private void takeOthers(
            SourceTable source, TableRule.FilePlace place, Set<String> mentioned, Map<String, String> taken) {
        source.refused().stream()
                .filter(refused -> !mentioned.contains(refused.name()))
                .forEach(refused -> refused(source, place, refused.name()));
        for (SourceColumn column : source.columns()) {
            if (!mentioned.contains(column.name())) {
                put(taken, column.name(), column.name(), place);
            }
        }
    }

    private boolean carries(SourceTable source, TableRule.FilePlace place, String column) {
        if (source.columns().stream().anyMatch(known -> known.name().equals(column))) {
            return true;
        }
        if (names(source).contains(column)) {
            refused(source, place, column);
        } else {
            unknownColumn(source, place, column);
        }
        return false;
    }

    private void put(Map<String, String> taken, String target, String source, TableRule.FilePlace place) {
        if (taken.putIfAbsent(target, source) != null) {
            problem(place, "COLUMN-TWICE", "target column '" + target + "' is filled twice");
        }
    }

    private void refused(SourceTable source, TableRule.FilePlace place, String column) {
        source.refused().stream()
                .filter(refused -> refused.name().equals(column))
                .forEach(refused -> problems.add(new Problem(
                        ErrorKind.PLAN,
                        "TYPE-REFUSED",
                        place + ": " + source.id() + "." + column,
                        refused.reason(),
                        "columns: { \"*\": \"*\", " + column + ": drop }")));
    }

    private void unknownColumn(SourceTable source, TableRule.FilePlace place, String column) {
        problem(
                place,
                "COLUMN-UNKNOWN",
                "source table " + source.id() + " has no column '" + column + "'"
                        + NearestName.hint(column, names(source)));
    }

    private static List<String> names(SourceTable source) {
        List<String> names = new ArrayList<>();
        source.columns().forEach(column -> names.add(column.name()));
        source.refused().forEach(refused -> names.add(refused.name()));
        return names;
    }

    private static Table target(Table source, TableId target, Map<String, String> taken, List<String> key) {
        List<Column> columns = new ArrayList<>();
        taken.forEach((name, from) -> {
            Column column = source.columns().get(source.indexOf(from));
            boolean isKey = key.contains(name);
            // A zero date becomes NULL, and any session of the source may write one: it depends on the session's
            // sql_mode.
            boolean nullable = !isKey
                    && (column.nullable()
                            || MAY_BE_ZERO_DATE.contains(column.type().kind()));
            columns.add(new Column(name, column.type(), nullable, PostgresTypes.declaration(column.type())));
        });
        return new Table(target, columns, key);
    }

    private void problem(TableRule.FilePlace place, String code, String seen) {
        problems.add(new Problem(ErrorKind.PLAN, code, place.toString(), seen, ""));
    }
}
