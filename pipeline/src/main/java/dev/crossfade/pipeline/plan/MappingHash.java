package dev.crossfade.pipeline.plan;

import dev.crossfade.pipeline.TableRule;
import dev.crossfade.pipeline.TableRule.ColumnRule;
import dev.crossfade.pipeline.TableRule.Drop;
import dev.crossfade.pipeline.TableRule.Take;
import java.util.List;
import java.util.StringJoiner;
import java.util.stream.Collectors;

/** The mapping's fingerprint: what the rules say, not how the file is laid out. Connections and passwords are no part of it. */
final class MappingHash {
    private MappingHash() {}

    /** SHA-256, 64 hex digits. */
    static String of(List<TableRule> rules) {
        StringJoiner text = new StringJoiner("\n");
        for (TableRule rule : rules) {
            text.add("table " + quoted(rule.fromSchema()) + quoted(rule.fromTable()) + quoted(rule.toSchema())
                    + quoted(rule.toTable()));
            rule.columns().ifPresent(columns -> columns.forEach(column -> text.add(column(column))));
            rule.key()
                    .ifPresent(key -> text.add("key "
                            + key.columns().stream().map(MappingHash::quoted).collect(Collectors.joining())));
        }
        return PlanText.sha256(text.toString());
    }

    private static String column(ColumnRule rule) {
        if (rule instanceof Take take) {
            return "take " + quoted(take.target()) + quoted(take.source());
        }
        if (rule instanceof Drop drop) {
            return "drop " + quoted(drop.source());
        }
        return "take others";
    }

    /** Length first, so that no two lists of names give one text. */
    private static String quoted(String name) {
        return name.length() + ":" + name + " ";
    }
}
