package dev.crossfade.app.config;

import dev.crossfade.pipeline.TableRule;
import dev.crossfade.pipeline.TableRule.ColumnRule;
import dev.crossfade.pipeline.TableRule.FilePlace;
import dev.crossfade.pipeline.TableRule.KeyRule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Reads {@code tables:}. */
final class TableRules {
    private static final String EXAMPLE = "tables: [{ from: shop.orders, to: public.orders }]";
    private static final List<String> KEYS = List.of("from", "to", "columns", "key");
    private static final Map<String, String> LATER = Map.of(
            "where", "rows that are left out",
            "join", "several tables into one",
            "explode", "one row into several");

    private final FileProblems problems;
    private final Placeholders placeholders;
    private final List<TableRule> rules = new ArrayList<>();
    private final Map<String, FilePlace> sources = new HashMap<>();
    private final Map<String, FilePlace> targets = new HashMap<>();

    private TableRules(FileProblems problems, Placeholders placeholders) {
        this.problems = problems;
        this.placeholders = placeholders;
    }

    static List<TableRule> read(Node node, FileProblems problems, Placeholders placeholders) {
        if (!(node instanceof SequenceNode list)) {
            problems.add(
                    node, "KIND", "'tables' is " + FileMapping.kind(node) + ", must be a list", "write " + EXAMPLE);
            return List.of();
        }
        if (list.getValue().isEmpty()) {
            problems.add(node, "VALUE-MISSING", "'tables' is an empty list", "write " + EXAMPLE);
        }
        TableRules reader = new TableRules(problems, placeholders);
        for (int i = 0; i < list.getValue().size(); i++) {
            reader.readOne(list.getValue().get(i), "tables[" + (i + 1) + "]");
        }
        return reader.rules;
    }

    private void readOne(Node node, String name) {
        Optional<FileMapping> found =
                FileMapping.of(node, name, "{ from: shop.orders, to: public.orders }", problems, placeholders);
        if (found.isEmpty()) {
            return;
        }
        FileMapping mapping = found.get();
        mapping.refuseOthersThan(KEYS, LATER);
        Optional<TableName> from = tableName(mapping, "from", "shop.orders");
        Optional<TableName> to = tableName(mapping, "to", "public.orders");
        Optional<List<ColumnRule>> columns =
                mapping.optional("columns").map(value -> ColumnRules.read(value, name, problems, placeholders));
        Optional<KeyRule> key = mapping.optional("key").flatMap(value -> KeyRules.read(value, name, problems));
        if (from.isEmpty() || to.isEmpty()) {
            return;
        }
        boolean fits = checkStars(mapping, from.get(), to.get());
        boolean fromIsNew = isFirst(mapping, "from", from.get(), sources);
        boolean toIsNew = to.get().isEvery() || isFirst(mapping, "to", to.get(), targets);
        if (fits && fromIsNew && toIsNew) {
            rules.add(new TableRule(
                    problems.place(node),
                    from.get().schema(),
                    from.get().table(),
                    to.get().schema(),
                    to.get().table(),
                    columns,
                    key));
        }
    }

    private Optional<TableName> tableName(FileMapping mapping, String key, String example) {
        Optional<FileText> text = mapping.requiredText(key, key + ": " + example);
        Optional<TableName> name = text.flatMap(given -> TableName.parse(given.value()));
        if (text.isPresent() && name.isEmpty()) {
            boolean alias = text.get().raw().strip().matches("\\S+\\s+\\S+");
            problems.add(
                    text.get().node(),
                    "TABLE-NAME",
                    "'" + mapping.path(key) + "' is '" + text.get().raw() + "', must be schema.table"
                            + (alias ? "; aliases come with a later release" : ""),
                    "write " + key + ": " + example + ", parts with blanks or dots in double quotes");
        }
        if (name.isPresent() && name.get().schema().equals(TableName.EVERY)) {
            problems.add(
                    text.get().node(),
                    "TABLE-NAME",
                    "'" + mapping.path(key) + "' is '" + text.get().raw() + "', a star can stand for tables only",
                    "write one entry per schema, such as " + key + ": shop.*");
            return Optional.empty();
        }
        return name;
    }

    private boolean checkStars(FileMapping mapping, TableName from, TableName to) {
        if (from.isEvery() && !to.isEvery()) {
            problems.add(
                    mapping.entry("to").value(),
                    "TABLE-NAME",
                    "'" + from + "' is many tables and '" + to + "' is one",
                    "write to: " + to.schema() + ".*");
            return false;
        }
        boolean fits = true;
        for (String ofOneTable : List.of("columns", "key")) {
            if (from.isEvery() && mapping.optional(ofOneTable).isPresent()) {
                problems.add(
                        mapping.entry(ofOneTable).key(),
                        "COLUMNS",
                        "'" + ofOneTable + "' cannot stand beside 'from: " + from + "', it needs one table",
                        "give the table an entry of its own; it is then left out of " + from);
                fits = false;
            }
        }
        return fits;
    }

    private boolean isFirst(FileMapping mapping, String key, TableName name, Map<String, FilePlace> seen) {
        Node value = mapping.entry(key).value();
        FilePlace first = seen.putIfAbsent(name.schema() + '\0' + name.table(), problems.place(value));
        if (first != null) {
            problems.add(
                    value,
                    "TABLE-TWICE",
                    "'" + name + "' already stands in line " + first.line()
                            + (key.equals("from")
                                    ? "; one source table fills one target table in this release"
                                    : "; one target table is filled by one source table in this release"),
                    "keep one of the two entries");
        }
        return first == null;
    }
}
