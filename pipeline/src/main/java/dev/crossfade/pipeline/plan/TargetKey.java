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
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The primary key of a target table: the source's, or the one that the rule names. The source proves that no two rows share it, or they
 * can be told apart by the source's own.
 *
 * @param columns of the target, in key order; empty where there is neither
 * @param sourceKey where rows may share the target's key: the target's columns that the source's key fills, in its order; else empty
 * @param problems why the table cannot have it; empty if it can
 */
record TargetKey(List<String> columns, List<String> sourceKey, List<Problem> problems) {
    private static final Set<Kind> IN_NO_KEY = Set.of(Kind.FLOAT32, Kind.FLOAT64, Kind.JSON);

    TargetKey {
        columns = List.copyOf(columns);
        sourceKey = List.copyOf(sourceKey);
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
        return new TargetKey(columns, List.of(), problems);
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
        boolean isProven = SourceUniqueness.of(source).stream().anyMatch(from::containsAll);
        return problems.isEmpty() && !isProven
                ? shared(rule, source, from, taken)
                : new TargetKey(rule.columns(), List.of(), problems);
    }

    /** Rows of the source may be equal in the key's columns; the source's key must tell them apart on the target. */
    private static TargetKey shared(KeyRule rule, SourceTable source, List<String> from, Map<String, String> taken) {
        List<String> sourceKey = source.key().stream()
                .flatMap(column -> taken.entrySet().stream()
                        .filter(each -> each.getValue().equals(column))
                        .map(Map.Entry::getKey)
                        .limit(1))
                .toList();
        Optional<String> obstacle = whyNotToldApart(source, sourceKey);
        if (obstacle.isEmpty()) {
            return new TargetKey(rule.columns(), sourceKey, List.of());
        }
        Problem problem = new Problem(
                ErrorKind.PLAN,
                "KEY-NOT-UNIQUE",
                rule.place().toString(),
                "key " + rule.columns() + " is filled from " + source.id() + " (" + String.join(", ", from)
                        + "), nothing on the source keeps two rows from being equal there, and " + obstacle.get(),
                addIndex(source.id(), from));
        return new TargetKey(rule.columns(), List.of(), List.of(problem));
    }

    private static Optional<String> whyNotToldApart(SourceTable source, List<String> sourceKey) {
        if (source.key().isEmpty()) {
            return Optional.of("it has no primary key to tell them apart by");
        }
        if (sourceKey.size() < source.key().size()) {
            return Optional.of("the mapping drops a column of its key " + source.key() + ", by which they differ");
        }
        return source.key().stream()
                .filter(column -> RuleResolver.MAY_BE_ZERO_DATE.contains(
                        source.column(column).column().type().kind()))
                .findFirst()
                .map(column -> "column '" + column + "' of its key may hold zero dates, all of which become NULL");
    }

    /** The statement that makes the source prove that no two rows are equal in these columns. */
    static String addIndex(TableId source, List<String> columns) {
        return "ALTER TABLE " + quoted(source.schema()) + "." + quoted(source.name()) + " ADD UNIQUE INDEX ("
                + columns.stream().map(TargetKey::quoted).collect(Collectors.joining(", ")) + ")";
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
