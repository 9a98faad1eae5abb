package dev.crossfade.app.config;

import dev.crossfade.pipeline.TableRule.KeyRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Reads {@code key:} of one table. */
final class KeyRules {
    private static final String EXAMPLE = "key: [target_column]";

    private KeyRules() {}

    /** The rule as far as it can be read; empty if nothing of it can. */
    static Optional<KeyRule> read(Node node, String table, FileProblems problems) {
        if (!(node instanceof SequenceNode list)) {
            problems.add(
                    node,
                    "KIND",
                    "'" + table + ".key' is " + FileMapping.kind(node) + ", must be a list",
                    "write " + EXAMPLE);
            return Optional.empty();
        }
        List<String> columns = new ArrayList<>();
        for (Node item : list.getValue()) {
            Optional<String> column = item instanceof ScalarNode text && !FileMapping.isNothing(text)
                    ? TableName.column(text.getValue())
                    : Optional.empty();
            if (column.isEmpty()) {
                problems.add(
                        item,
                        "EXPRESSION",
                        "'" + table + ".key' names something that is not the plain name of a target column",
                        "write " + EXAMPLE + "; a name with blanks goes in double quotes within single ones");
            } else if (columns.contains(column.get())) {
                problems.add(
                        item,
                        "COLUMN-TWICE",
                        "'" + table + ".key' names column '" + column.get() + "' twice",
                        "keep one of the two");
            } else {
                columns.add(column.get());
            }
        }
        if (list.getValue().isEmpty()) {
            problems.add(
                    node, "VALUE-MISSING", "'" + table + ".key' is empty", "leave it out to take the source's key");
        }
        return columns.isEmpty() ? Optional.empty() : Optional.of(new KeyRule(problems.place(node), columns));
    }
}
