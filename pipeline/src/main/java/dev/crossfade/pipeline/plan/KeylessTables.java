package dev.crossfade.pipeline.plan;

import dev.crossfade.model.OrderGroup.Copy;
import dev.crossfade.model.TablePlan;
import dev.crossfade.pipeline.plan.OrderReason.Kind;
import java.util.List;

/**
 * Tables whose rows the source does not tell apart. A change names such a row by its values alone, and several rows may have them, so
 * it says what it means only on a target that is exactly where the source was.
 */
final class KeylessTables {
    private KeylessTables() {}

    static List<OrderReason> reasons(List<TablePlan> tables) {
        return tables.stream()
                .map(table -> table.source())
                .filter(source -> source.key().isEmpty())
                .map(source -> new OrderReason(
                        List.of(source.id()),
                        Kind.NO_KEY,
                        "no key: " + source.id().name() + " has no primary key",
                        Copy.SNAPSHOT))
                .toList();
    }
}
