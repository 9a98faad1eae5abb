package dev.crossfade.app.config;

import dev.crossfade.pipeline.TableRule.ColumnRule;
import dev.crossfade.pipeline.TableRule.Drop;
import dev.crossfade.pipeline.TableRule.FilePlace;
import dev.crossfade.pipeline.TableRule.Take;
import dev.crossfade.pipeline.TableRule.TakeOthers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads {@code columns:} of one table. */
final class ColumnRules {
    private static final String EXAMPLE = "columns: { \"*\": \"*\", target_column: source_column, old_column: drop }";
    private static final String DROP = "drop";

    private final FileProblems problems;
    private final List<ColumnRule> rules = new ArrayList<>();
    private final Map<String, FilePlace> targets = new HashMap<>();

    private ColumnRules(FileProblems problems) {
        this.problems = problems;
    }

    static List<ColumnRule> read(Node node, String table, FileProblems problems, Placeholders placeholders) {
        ColumnRules reader = new ColumnRules(problems);
        Optional<FileMapping> mapping = FileMapping.of(node, table + ".columns", EXAMPLE, problems, placeholders);
        mapping.ifPresent(columns -> columns.entries()
                .forEach((key, entry) -> columns.text(key, entry.value(), "\"" + Shown.key(key) + "\": source_column")
                        .ifPresent(text -> reader.add(key, entry.key(), text))));
        if (mapping.isPresent() && mapping.get().entries().isEmpty()) {
            problems.add(node, "COLUMNS", "'" + table + ".columns' is empty", "leave it out to take every column");
        }
        reader.checkDropped();
        return reader.rules;
    }

    private void add(String key, Node keyNode, FileText text) {
        FilePlace place = problems.place(keyNode);
        String value = text.value();
        if (key.equals(TableName.EVERY)) {
            if (value.equals(TableName.EVERY)) {
                rules.add(new TakeOthers(place));
            } else {
                problems.add(
                        text.node(),
                        "COLUMNS",
                        "\"*\" stands for every other column and can only be \"*\"",
                        "write \"*\": \"*\", or leave it out to take the named columns only");
            }
            return;
        }
        Optional<String> target = TableName.column(key);
        String name = target.orElse(key);
        if (value.equals(DROP)) {
            rules.add(new Drop(place, name));
            return;
        }
        if (value.equals(TableName.EVERY)) {
            problems.add(
                    text.node(),
                    "COLUMNS",
                    "column '" + name + "' is \"*\", must be a source column or drop",
                    "write \"*\": \"*\" to take every other column");
            return;
        }
        Optional<String> source = TableName.column(value);
        if (source.isEmpty()) {
            problems.add(
                    text.node(),
                    "EXPRESSION",
                    "column '" + name + "' is '" + text.raw()
                            + "', must be the plain name of a source column; expressions come with a later release",
                    "write " + name + ": source_column; a name with blanks goes in double quotes within single ones");
            return;
        }
        FilePlace first = targets.putIfAbsent(name, place);
        if (first != null) {
            problems.add(
                    keyNode,
                    "COLUMN-TWICE",
                    "target column '" + name + "' is already filled in line " + first.line(),
                    "keep one of the two");
            return;
        }
        rules.add(new Take(place, name, source.get()));
    }

    private void checkDropped() {
        for (ColumnRule rule : rules) {
            if (rule instanceof Drop drop) {
                rules.stream()
                        .filter(other ->
                                other instanceof Take take && take.source().equals(drop.source()))
                        .findFirst()
                        .ifPresent(take -> problems.add(
                                drop.place(),
                                "COLUMNS",
                                "source column '" + drop.source() + "' is dropped here and taken in line "
                                        + take.place().line(),
                                "keep one of the two"));
            }
        }
    }
}
