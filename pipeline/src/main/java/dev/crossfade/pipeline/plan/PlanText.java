package dev.crossfade.pipeline.plan;

import dev.crossfade.model.Column;
import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.OrderGroup;
import dev.crossfade.model.ReferentialAction;
import dev.crossfade.model.Table;
import dev.crossfade.model.TablePlan;
import dev.crossfade.model.UniqueIndex;
import dev.crossfade.pipeline.RunSettings;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/**
 * The canonical text of a plan: one line per table, order group, referential action and unique index, and one for the settings that
 * a run cannot change. A run stores it on the target and goes on only under an equal one, so that bytes in Kafka never meet another
 * layout of columns.
 */
public final class PlanText {
    /** What the line of the settings is about. */
    static final String SETTINGS = "settings";

    private PlanText() {}

    /** The lines by what they are about: a source table, a group, a foreign key, or the settings. */
    public static Map<String, String> of(MigrationPlan plan, RunSettings settings) {
        Map<String, String> lines = new LinkedHashMap<>();
        lines.put(SETTINGS, "change-partitions " + settings.changePartitions() + ", readers " + settings.readers());
        for (TablePlan table : plan.tables()) {
            lines.put(table.source().id().toString(), table(table));
        }
        for (OrderGroup group : plan.groups()) {
            lines.put(
                    "order group " + group.name(),
                    "partition " + group.partition() + ", copied " + words(group.copy()) + ", tables "
                            + group.tables());
        }
        for (ReferentialAction action : plan.actions()) {
            lines.put("foreign key " + action.constraint() + " of " + action.child(), action(action));
        }
        for (UniqueIndex index : plan.uniqueIndexes()) {
            lines.put(
                    "unique index " + index.name() + " of " + index.table(),
                    index.columns().toString());
        }
        return lines;
    }

    private static String words(OrderGroup.Copy copy) {
        return switch (copy) {
            case SNAPSHOT -> "under one snapshot";
            case CHUNKS -> "in chunks";
        };
    }

    private static String table(TablePlan plan) {
        StringJoiner text = new StringJoiner("; ");
        text.add(plan.source().id() + " -> " + plan.target().id());
        text.add("source (" + columns(plan.source()) + ") key " + plan.source().key());
        text.add("target (" + columns(plan.target()) + ") key " + plan.target().key());
        text.add("from " + plan.sourceColumns());
        plan.store().ifPresent(store -> text.add("store " + store.id() + " key " + store.key()));
        return text.toString();
    }

    private static String action(ReferentialAction action) {
        return action.childColumns() + " refers to " + action.parent() + " " + action.parentColumns() + ", on delete "
                + action.onDelete() + ", on update " + action.onUpdate();
    }

    private static String columns(Table table) {
        StringJoiner text = new StringJoiner(", ");
        for (Column column : table.columns()) {
            text.add(column.name() + " " + column.type() + " " + column.declaration()
                    + (column.nullable() ? "" : " not null"));
        }
        return text.toString();
    }

    /** One text of all lines, for storing. Values hold no line breaks. */
    public static String join(Map<String, String> lines) {
        StringJoiner text = new StringJoiner("\n");
        lines.forEach((about, line) -> text.add(about.replace("\n", " ") + "\t" + line.replace("\n", " ")));
        return text.toString();
    }

    /** What {@link #join} made. */
    public static Map<String, String> split(String text) {
        Map<String, String> lines = new LinkedHashMap<>();
        text.lines().forEach(line -> {
            int tab = line.indexOf('\t');
            lines.put(line.substring(0, tab), line.substring(tab + 1));
        });
        return lines;
    }

    /** What differs between the plan that a run began with and the one that it would go on with; empty if nothing does. */
    public static List<String> differences(Map<String, String> begun, Map<String, String> now) {
        List<String> differences = new ArrayList<>();
        begun.forEach((about, line) -> {
            String current = now.get(about);
            if (current == null) {
                differences.add(about + " is no longer part of it");
            } else if (!current.replace("\n", " ").equals(line)) {
                differences.add(about + " was '" + line + "', is now '" + current + "'");
            }
        });
        now.keySet().stream()
                .filter(about -> !begun.containsKey(about))
                .forEach(about -> differences.add(about + " is new"));
        return differences;
    }

    /** SHA-256 of {@code text} in UTF-8, 64 hex digits. */
    static String sha256(String text) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
