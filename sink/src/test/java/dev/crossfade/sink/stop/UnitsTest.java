package dev.crossfade.sink.stop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.crossfade.model.Column;
import dev.crossfade.model.LogicalType;
import dev.crossfade.model.LogicalType.Kind;
import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.OrderGroup;
import dev.crossfade.model.OrderGroup.Copy;
import dev.crossfade.model.Table;
import dev.crossfade.model.TableId;
import dev.crossfade.model.TablePlan;
import java.util.List;
import org.junit.jupiter.api.Test;

class UnitsTest {
    private static final TableId PARENTS = new TableId("shop", "parents");
    private static final TableId CHILDREN = new TableId("shop", "children");
    private static final TableId ITEMS = new TableId("shop", "items");

    private final Units units = new Units(new MigrationPlan(
            "shop",
            "0".repeat(64),
            List.of(plan(PARENTS), plan(CHILDREN), plan(ITEMS)),
            List.of(new OrderGroup("shop.children", 3, Copy.SNAPSHOT, List.of(PARENTS, CHILDREN), List.of("linked"))),
            List.of()));

    private static TablePlan plan(TableId source) {
        List<Column> columns = List.of(new Column("id", LogicalType.of(Kind.INT64), false, "bigint"));
        return new TablePlan(
                new Table(source, columns, List.of("id")),
                new Table(new TableId("public", source.name()), columns, List.of("id")),
                List.of("id"));
    }

    @Test
    void aGroupStopsAsAWholeAndAnyOtherTableAlone() {
        assertThat(units.ofSource(PARENTS)).isEqualTo("shop.children");
        assertThat(units.ofTarget(new TableId("public", "children"))).isEqualTo("shop.children");
        assertThat(units.ofSource(ITEMS)).isEqualTo("shop.items");
        assertThat(units.sources("shop.children")).containsExactly(CHILDREN, PARENTS);
        assertThatThrownBy(() -> units.ofSource(new TableId("shop", "others"))).hasMessageContaining("shop.others");
    }

    @Test
    void aUnitIsInThePartitionOfItsGroupOrInAllThatHaveNone() {
        assertThat(units.partitions("shop.children", 4)).containsExactly(3);
        assertThat(units.partitions("shop.items", 4)).containsExactly(0, 1, 2);
    }

    @Test
    void aTableAloneIsCopiedAgainAsAGroupOfItsOwn() {
        assertThat(units.group("shop.children").tables()).containsExactly(CHILDREN, PARENTS);
        assertThat(units.group("shop.items").tables()).containsExactly(ITEMS);
        assertThat(units.group("shop.items").copy()).isEqualTo(Copy.SNAPSHOT);
    }
}
