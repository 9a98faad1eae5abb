package dev.crossfade.app.config;

import dev.crossfade.model.NearestName;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** A mapping of the file with its keys in order. What is wrong with its shape goes to the problems; the rest can still be read. */
final class FileMapping {
    /** A key and what it holds. */
    record Entry(Node key, Node value) {}

    private final Node node;
    private final String name;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    /** Known keys that an unknown one was probably meant to be. */
    private final Set<String> misspelt = new HashSet<>();

    private final FileProblems problems;
    private final Placeholders placeholders;

    private FileMapping(Node node, String name, FileProblems problems, Placeholders placeholders) {
        this.node = node;
        this.name = name;
        this.problems = problems;
        this.placeholders = placeholders;
    }

    /**
     * Reads a mapping; empty if the node is something else, which is then a problem.
     *
     * @param name how messages call it; empty for the file itself
     * @param shape what it should look like, for the message
     */
    static Optional<FileMapping> of(
            Node node, String name, String shape, FileProblems problems, Placeholders placeholders) {
        if (!(node instanceof MappingNode mapping)) {
            String subject = name.isEmpty() ? "the file" : "'" + name + "'";
            problems.add(node, "KIND", subject + " is " + kind(node) + ", must be a mapping", "write " + shape);
            return Optional.empty();
        }
        FileMapping result = new FileMapping(node, name, problems, placeholders);
        for (NodeTuple tuple : mapping.getValue()) {
            result.add(tuple);
        }
        return Optional.of(result);
    }

    private void add(NodeTuple tuple) {
        if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
            problems.add(tuple.getKeyNode(), "KIND", "a key is " + kind(tuple.getKeyNode()) + ", must be text", "");
            return;
        }
        Entry first = entries.putIfAbsent(key.getValue(), new Entry(key, tuple.getValueNode()));
        if (first != null) {
            problems.add(
                    key,
                    "KEY-TWICE",
                    "'" + Shown.key(key.getValue()) + "' is already given in line "
                            + problems.place(first.key()).line(),
                    "keep one of the two");
        }
    }

    /** What messages call a key of this mapping. */
    String path(String key) {
        return name.isEmpty() ? key : name + "." + key;
    }

    Node node() {
        return node;
    }

    Map<String, Entry> entries() {
        return entries;
    }

    /** An entry that is known to be there. */
    Entry entry(String key) {
        return Objects.requireNonNull(entries.get(key), "no such key");
    }

    Optional<Node> optional(String key) {
        return Optional.ofNullable(entries.get(key)).map(Entry::value);
    }

    /** @param example a line that would do, for the message */
    Optional<Node> required(String key, String example) {
        Optional<Node> found = optional(key);
        // A misspelt key is one problem, not two.
        if (found.isEmpty() && !misspelt.contains(key)) {
            String subject = name.isEmpty() ? "the file" : "'" + name + "'";
            problems.add(node, "KEY-MISSING", subject + " has no '" + key + "'", "add " + example);
        }
        return found;
    }

    Optional<FileText> requiredText(String key, String example) {
        return required(key, example).flatMap(value -> text(key, value, example));
    }

    /** A non-empty text, or one in quotes. Numbers and dates count as the text that they are. */
    Optional<FileText> text(String key, Node value, String example) {
        if (!(value instanceof ScalarNode scalar)) {
            problems.add(value, "KIND", "'" + path(key) + "' is " + kind(value) + ", must be text", "write " + example);
            return Optional.empty();
        }
        if (isNothing(scalar)) {
            problems.add(value, "VALUE-MISSING", "'" + path(key) + "' has no value", "write " + example);
            return Optional.empty();
        }
        String resolved = placeholders.resolve(
                scalar.getValue(),
                (code, seen, remedy) -> problems.add(value, code, "'" + path(key) + "': " + seen, remedy));
        return Optional.of(new FileText(value, scalar.getValue(), resolved));
    }

    /** A whole number within bounds; the default if the key is absent or wrong. */
    int number(String key, int least, int most, int otherwise) {
        Optional<FileText> text = optional(key).flatMap(value -> text(key, value, key + ": " + otherwise));
        if (text.isEmpty()) {
            return otherwise;
        }
        String value = text.get().value();
        int number = value.matches("\\d{1,9}") ? Integer.parseInt(value) : -1;
        if (number < least || number > most) {
            String seen = text.get().raw().matches("-?[\\d.]+") ? text.get().raw() : "not a whole number";
            problems.add(
                    text.get().node(),
                    "VALUE-RANGE",
                    "'" + path(key) + "' is " + seen + ", must be " + least + ".." + most,
                    "write " + key + ": " + otherwise);
            return otherwise;
        }
        return number;
    }

    /**
     * Every key must be known. Comes before the keys are read.
     *
     * @param later keys that a later release will know, with what they are for
     */
    void refuseOthersThan(List<String> known, Map<String, String> later) {
        entries.forEach((key, entry) -> {
            if (known.contains(key)) {
                return;
            }
            if (later.containsKey(key)) {
                problems.add(
                        entry.key(),
                        "LATER",
                        "'" + key + "' comes with a later release (" + later.get(key) + ")",
                        "leave it out");
                return;
            }
            String shown = Shown.key(key);
            boolean blankMissing = key.indexOf(':') > 0 && known.contains(key.substring(0, key.indexOf(':')));
            Optional<String> nearest = NearestName.of(shown, known);
            (blankMissing ? Optional.of(key.substring(0, key.indexOf(':'))) : nearest).ifPresent(misspelt::add);
            problems.add(
                    entry.key(),
                    "KEY-UNKNOWN",
                    "unknown key '" + (blankMissing ? key.substring(0, key.indexOf(':')) + ":…" : shown) + "'"
                            + (blankMissing ? "; a blank is missing after the colon" : NearestName.hint(shown, known)),
                    nearest.isPresent() || blankMissing ? "" : "known here: " + String.join(", ", known));
        });
    }

    static boolean isNothing(ScalarNode scalar) {
        String value = scalar.getValue();
        return scalar.isPlain() && (value.isEmpty() || value.equals("null") || value.equals("~"));
    }

    static String kind(Node node) {
        if (node instanceof MappingNode) {
            return "a mapping";
        }
        if (node instanceof SequenceNode) {
            return "a list";
        }
        return node instanceof ScalarNode scalar && isNothing(scalar) ? "empty" : "a text";
    }
}
