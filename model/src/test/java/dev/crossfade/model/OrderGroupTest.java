package dev.crossfade.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.crossfade.model.LogicalType.Kind;
import dev.crossfade.model.OrderGroup.Copy;
import dev.crossfade.model.ReferentialAction.Action;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class OrderGroupTest {
    private static final TableId USERS = new TableId("shop", "users");
    private static final TableId ORDERS = new TableId("shop", "orders");
    private static final TableId PEOPLE = new TableId("public", "people");
    private static final TableId PURCHASES = new TableId("public", "purchases");
    private static final List<TablePlan> TABLES = List.of(plan(USERS, PEOPLE), plan(ORDERS, PURCHASES));
    private static final OrderGroup GROUP = group("shop.orders", USERS, ORDERS);

    @Test
    void aGroupListsItsTablesOnceInTheirNaturalOrder() {
        assertThat(group("shop.orders", USERS, ORDERS, USERS).tables()).containsExactly(ORDERS, USERS);
    }

    @Test
    void aTablesGroupIsFoundFromEitherSide() {
        MigrationPlan plan = plan(List.of(group("shop.users", USERS)), List.of());

        assertThat(plan.groupOf(USERS)).contains(plan.group("shop.users"));
        assertThat(plan.groupOfTarget(PEOPLE)).contains(plan.group("shop.users"));
        assertThat(plan.groupOf(ORDERS)).isEmpty();
        assertThat(plan.groupOfTarget(PURCHASES)).isEmpty();
        refused(() -> plan.group("shop.orders"), "no order group shop.orders");
    }

    @Test
    void aTableIsInOneGroupAndHasAPlan() {
        refused(() -> plan(List.of(GROUP, group("another", ORDERS)), List.of()), "shop.orders of order group another");
        refused(() -> plan(List.of(group("g", new TableId("shop", "nope"))), List.of()), "shop.nope of order group g");
        refused(() -> plan(List.of(group("g", USERS), group("g", ORDERS)), List.of()), "order group g twice");
    }

    @Test
    void aGroupNeedsATableAReasonAndAPartition() {
        refused(
                () -> new OrderGroup("g", 4, Copy.CHUNKS, List.of(), List.of("cascade")),
                "needs a name, a table and a reason");
        refused(
                () -> new OrderGroup("g", 4, Copy.CHUNKS, List.of(USERS), List.of()),
                "needs a name, a table and a reason");
        refused(() -> new OrderGroup("g", -1, Copy.CHUNKS, List.of(USERS), List.of("cascade")), "partition -1");
    }

    @Test
    void actionsAreFoundByTheTableWhoseChangesSetThemOff() {
        ReferentialAction action = action(PEOPLE, "id", PURCHASES, "id");

        MigrationPlan plan = plan(List.of(GROUP), List.of(action));

        assertThat(plan.actionsOn(PEOPLE)).containsExactly(action);
        assertThat(plan.actionsOn(PURCHASES)).isEmpty();
    }

    @Test
    void anActionStaysWithinAGroupAndNamesColumnsOfTheTarget() {
        refused(() -> plan(List.of(), List.of(action(PEOPLE, "id", PURCHASES, "id"))), "fk of public.purchases");
        refused(
                () -> plan(
                        List.of(group("a", USERS), group("b", ORDERS)), List.of(action(PEOPLE, "id", PURCHASES, "id"))),
                "no order group with public.people");
        refused(() -> plan(List.of(GROUP), List.of(action(PEOPLE, "nope", PURCHASES, "id"))), "no column nope");
        refused(() -> plan(List.of(GROUP), List.of(action(PEOPLE, "id", PURCHASES, "nope"))), "no column nope");
        refused(() -> plan(List.of(GROUP), List.of(action(USERS, "id", PURCHASES, "id"))), "target table shop.users");
    }

    @Test
    void anActionDoesSomethingAndItsColumnsComeInPairs() {
        refused(
                () -> new ReferentialAction(
                        "fk", PEOPLE, List.of("id"), PURCHASES, List.of("id"), Action.NONE, Action.NONE),
                "fk of public.purchases has no action");
        refused(
                () -> new ReferentialAction(
                        "fk", PEOPLE, List.of("id"), PURCHASES, List.of(), Action.CASCADE, Action.NONE),
                "fk refers from public.purchases []");
        refused(
                () -> new ReferentialAction("fk", PEOPLE, List.of(), PURCHASES, List.of(), Action.CASCADE, Action.NONE),
                "fk refers from public.purchases []");
    }

    @Test
    void onlyTablesOfGroupsUnderASnapshotAreNotCopiedInChunks() {
        OrderGroup inChunks = new OrderGroup("shop.orders", 5, Copy.CHUNKS, List.of(ORDERS), List.of("unique index"));

        MigrationPlan plan = plan(List.of(group("shop.users", USERS), inChunks), List.of());

        assertThat(plan.snapshotGroups()).containsExactly(plan.group("shop.users"));
        assertThat(plan.isCopiedInChunks(USERS)).isFalse();
        assertThat(plan.isCopiedInChunks(ORDERS)).isTrue();
        assertThat(plan(List.of(), List.of()).isCopiedInChunks(USERS)).isTrue();
    }

    @Test
    void aUniqueIndexNamesColumnsOfATableWithAGroup() {
        UniqueIndex index = new UniqueIndex("people_id", PEOPLE, List.of("id"));

        assertThat(plan(List.of(GROUP), index).uniqueIndexesOf(PEOPLE)).containsExactly(index);
        assertThat(plan(List.of(GROUP), index).uniqueIndexesOf(PURCHASES)).isEmpty();
        refused(() -> plan(List.of(group("a", ORDERS)), index), "people_id of public.people has no order group");
        refused(() -> plan(List.of(GROUP), new UniqueIndex("i", PEOPLE, List.of("nope"))), "no column nope");
        refused(() -> new UniqueIndex("i", PEOPLE, List.of()), "unique index i of public.people is over []");
        refused(() -> new UniqueIndex("i", PEOPLE, List.of("a", "a")), "is over [a, a]");
    }

    private static MigrationPlan plan(List<OrderGroup> groups, UniqueIndex index) {
        return new MigrationPlan("shop", "0".repeat(64), TABLES, groups, List.of(), List.of(index));
    }

    private static MigrationPlan plan(List<OrderGroup> groups, List<ReferentialAction> actions) {
        return new MigrationPlan("shop", "0".repeat(64), TABLES, groups, actions);
    }

    private static OrderGroup group(String name, TableId... tables) {
        return new OrderGroup(name, 4, Copy.SNAPSHOT, Stream.of(tables).toList(), List.of("cascade"));
    }

    private static ReferentialAction action(TableId parent, String referenced, TableId child, String referring) {
        return new ReferentialAction(
                "fk", parent, List.of(referenced), child, List.of(referring), Action.CASCADE, Action.NONE);
    }

    private static TablePlan plan(TableId source, TableId target) {
        return new TablePlan(table(source), table(target), List.of("id"));
    }

    private static Table table(TableId id) {
        Column column = new Column("id", LogicalType.of(Kind.INT32), false, "int");
        return new Table(id, List.of(column), List.of("id"));
    }

    private static void refused(ThrowingCallable code, String reason) {
        assertThatThrownBy(code).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(reason);
    }
}
