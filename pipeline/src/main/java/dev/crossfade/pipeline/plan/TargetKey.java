package dev.crossfade.pipeline.plan;

import dev.crossfade.capture.source.SourceColumn;
import dev.crossfade.capture.source.SourceTable;
import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.LogicalType.Kind;
import dev.crossfade.model.NearestName;
import dev.crossfade.model.Problem;
import dev.crossfade.model.TableId;
import dev.crossfade.pipeline.TableRule;
import dev.crossfade.pipeline.TableRule.KeyRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The primary key of a target table: the source's, or the one that the rule names, if the source proves that no two rows share it.
 *
 * @param columns of the target, in key order; empty where there is neither
 * @param problems why the table cannot have it; empty if it can
 */
record TargetKey(List<String> columns, List<Problem> problems) {
    private static final Set<Kind> IN_NO_KEY = Set.of(Kind.FLOAT32, Kind.FLOAT64, Kind.JSON);

    TargetKey {
        columns = List.copyOf(columns);
        problems = List.copyOf(problems);
    }

    /** @param taken source column by target column, in target order */
    static TargetKey of(TableRule rule, SourceTable source, TableId target, Map<String, String> taken) {
        return rule.key().map(key -> named(key, source, target, taken)).orElseGet(() -> ofSource(rule, source, taken));
    }

    private static TargetKey ofSource(TableRule rule, SourceTable source, Map<String, String> taken) {
        List<String> columns = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        for (String key : source.key()) {
            taken.entrySet().stream()
                    .filter(column -> column.getValue().equals(key))
                    .findFirst()
                    .ifPresentOrElse(
                            column -> columns.add(column.getKey()),
                            () -> problems.add(new Problem(
                                    ErrorKind.PLAN,
                                    "KEY-DROPPED",
                                    rule.place().toString(),
                                    "column '" + key + "' belongs to the primary key of " + source.id()
                                            + " and is left out, so rows of the target have no key",
                                    "take the column, or name another key: key: [target_column]")));
        }
        return new TargetKey(columns, problems);
    }

    private static TargetKey named(KeyRule rule, SourceTable source, TableId target, Map<String, String> taken) {
        String place = rule.place().toString();
        List<Problem> problems = new ArrayList<>();
        List<String> from = new ArrayList<>();
        for (String name : rule.columns()) {
            String behind = taken.get(name);
            if (behind == null) {
                problems.add(new Problem(
                        ErrorKind.PLAN,
                        "COLUMN-UNKNOWN",
                        place,
                        "key names column '" + name + "', which target table " + target + " does not get"
                                + NearestName.hint(name, taken.keySet()),
                        ""));
            } else {
                from.add(behind);
                whyNotIn(place, source.column(behind), problems);
            }
        }
        if (problems.isEmpty() && SourceUniqueness.of(source).stream().noneMatch(from::containsAll)) {
            String list = String.join(", ", from);
            problems.add(new Problem(
                    ErrorKind.PLAN,
                    "KEY-NOT-UNIQUE",
                    place,
                    "key " + rule.columns() + " is filled from " + source.id() + " (" + list
                            + "), and nothing on the source keeps two rows from being equal there",
                    "ALTER TABLE " + quoted(source.id().schema()) + "."
                            + quoted(source.id().name()) + " ADD UNIQUE INDEX ("
                            + from.stream().map(TargetKey::quoted).collect(Collectors.joining(", ")) + ")"));
        }
        return new TargetKey(rule.columns(), problems);
    }

    private static void whyNotIn(String place, SourceColumn column, List<Problem> problems) {
        if (column.column().nullable()) {
            problems.add(new Problem(
                    ErrorKind.PLAN,
                    "KEY-NULLABLE",
                    place,
                    "key is filled from column '" + column.name() + "', which may be NULL; a key may not",
                    "declare the column NOT NULL on the source, or name another key"));
        }
        if (IN_NO_KEY.contains(column.column().type().kind())) {
            problems.add(new Problem(
                    ErrorKind.PLAN,
                    "KEY-TYPE",
                    place,
                    "key is filled from column '" + column.name() + "' of type "
                            + column.column().declaration() + ", which cannot identify rows on both sides",
                    "name another key"));
        }
    }

    private static String quoted(String name) {
        return "`" + name.replace("`", "``") + "`";
    }
}
