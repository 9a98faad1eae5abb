package dev.crossfade.pipeline.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.model.Column;
import dev.crossfade.model.LogicalType;
import dev.crossfade.model.LogicalType.Kind;
import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.OrderGroup;
import dev.crossfade.model.OrderGroup.Copy;
import dev.crossfade.model.ReferentialAction;
import dev.crossfade.model.ReferentialAction.Action;
import dev.crossfade.model.Table;
import dev.crossfade.model.TableId;
import dev.crossfade.model.TablePlan;
import dev.crossfade.pipeline.RunSettings;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PlanTextTest {
    private static final TableId PARENTS = new TableId("shop", "parents");
    private static final TableId CHILDREN = new TableId("shop", "children");

    private static MigrationPlan plan(Action onDelete) {
        Column id = new Column("id", LogicalType.of(Kind.INT64), false, "bigint(20)");
        List<TablePlan> tables = Stream.of(PARENTS, CHILDREN)
                .map(table -> new Table(table, List.of(id), List.of("id")))
                .map(table -> new TablePlan(table, table, List.of("id")))
                .toList();
        if (onDelete == Action.NONE) {
            return new MigrationPlan("m", "0", tables);
        }
        return new MigrationPlan(
                "m",
                "0",
                tables,
                List.of(new OrderGroup("shop.children", 4, Copy.SNAPSHOT, List.of(PARENTS, CHILDREN), List.of("fk"))),
                List.of(new ReferentialAction(
                        "fk", PARENTS, List.of("id"), CHILDREN, List.of("id"), onDelete, Action.NONE)));
    }

    @Test
    void namesAGroupAndAForeignKeyThatAreNew() {
        Map<String, String> begun = PlanText.of(plan(Action.NONE), RunSettings.DEFAULT);
        Map<String, String> now = PlanText.of(plan(Action.CASCADE), RunSettings.DEFAULT);

        assertThat(PlanText.differences(begun, now))
                .containsExactly("order group shop.children is new", "foreign key fk of shop.children is new");
        assertThat(PlanText.differences(now, begun))
                .containsExactly(
                        "order group shop.children is no longer part of it",
                        "foreign key fk of shop.children is no longer part of it");
        assertThat(PlanText.split(PlanText.join(now))).isEqualTo(now);
    }

    @Test
    void namesTheForeignKeyWhoseActionChanged() {
        Map<String, String> begun = PlanText.of(plan(Action.CASCADE), RunSettings.DEFAULT);
        Map<String, String> now = PlanText.of(plan(Action.SET_NULL), RunSettings.DEFAULT);

        assertThat(PlanText.differences(begun, now))
                .containsExactly(
                        "foreign key fk of shop.children was '[id] refers to shop.parents [id], on delete CASCADE, on update"
                                + " NONE', is now '[id] refers to shop.parents [id], on delete SET_NULL, on update NONE'");
    }

    private static MigrationPlan plan(String idDeclaration) {
        Column id = new Column("id", LogicalType.of(Kind.INT64), false, idDeclaration);
        Table source = new Table(new TableId("shop", "orders"), List.of(id), List.of("id"));
        Table target = new Table(
                new TableId("public", "orders"),
                List.of(new Column("id", LogicalType.of(Kind.INT64), false, "bigint")),
                List.of("id"));
        return new MigrationPlan("m", "0", List.of(new TablePlan(source, target, List.of("id"))));
    }

    @Test
    void isTheSameAfterStoringAndReading() {
        Map<String, String> lines = PlanText.of(plan("bigint(20)"), RunSettings.DEFAULT);

        assertThat(PlanText.split(PlanText.join(lines))).isEqualTo(lines);
    }

    @Test
    void namesTheTableWhoseColumnsChanged() {
        Map<String, String> begun = PlanText.of(plan("bigint(20)"), RunSettings.DEFAULT);
        Map<String, String> now = PlanText.of(plan("int(10) unsigned"), RunSettings.DEFAULT);

        assertThat(PlanText.differences(begun, now))
                .singleElement()
                .asString()
                .startsWith("shop.orders was")
                .contains("id INT64 bigint(20) not null")
                .contains("id INT64 int(10) unsigned not null");
    }

    @Test
    void namesSettingsThatARunCannotChange() {
        Map<String, String> begun = PlanText.of(plan("bigint(20)"), RunSettings.DEFAULT);
        Map<String, String> now = PlanText.of(plan("bigint(20)"), new RunSettings(8, 2, 1 << 20));

        assertThat(PlanText.differences(begun, now))
                .containsExactly(
                        "settings was 'change-partitions 4, readers 2', is now 'change-partitions 8, readers 2'");
    }

    @Test
    void findsNoDifferenceInTheSamePlanWithOtherChunkBytes() {
        Map<String, String> begun = PlanText.of(plan("bigint(20)"), RunSettings.DEFAULT);
        Map<String, String> now = PlanText.of(plan("bigint(20)"), new RunSettings(4, 2, 1 << 20));

        assertThat(PlanText.differences(begun, now)).isEmpty();
    }
}
