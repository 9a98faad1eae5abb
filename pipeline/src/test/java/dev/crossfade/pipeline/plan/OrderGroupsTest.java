package dev.crossfade.pipeline.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.model.OrderGroup;
import dev.crossfade.model.OrderGroup.Copy;
import dev.crossfade.model.TableId;
import dev.crossfade.pipeline.plan.OrderReason.Kind;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class OrderGroupsTest {
    private static final int HASHED = 4;

    @Test
    void aTableWithAReasonOfItsOwnIsAGroupAndOthersAreInNone() {
        assertThat(groups(reason("no key", Copy.SNAPSHOT, "notes"), reason("unique index", Copy.CHUNKS, "users")))
                .containsExactly(
                        new OrderGroup("shop.notes", 4, Copy.SNAPSHOT, ids("notes"), List.of("no key")),
                        new OrderGroup("shop.users", 5, Copy.CHUNKS, ids("users"), List.of("unique index")));
    }

    @Test
    void aTableWithAnotherReasonJoinsTheTablesThatALinkReaches() {
        assertThat(groups(
                        reason("unique index", Copy.CHUNKS, "users"),
                        reason("a", Copy.SNAPSHOT, "orders", "lines"),
                        reason("b", Copy.SNAPSHOT, "users", "orders")))
                .containsExactly(new OrderGroup(
                        "shop.lines",
                        4,
                        Copy.SNAPSHOT,
                        ids("lines", "orders", "users"),
                        List.of("a", "b", "unique index")));
    }

    @Test
    void oneReasonForASnapshotIsEnoughForAllReasonsOfATable() {
        OrderReason chunks = reason("unique index", Copy.CHUNKS, "users");
        OrderReason snapshot = reason("re-keyed", Copy.SNAPSHOT, "users");

        assertThat(groups(chunks, snapshot)).extracting(OrderGroup::copy).containsExactly(Copy.SNAPSHOT);
        assertThat(groups(snapshot, chunks)).isEqualTo(groups(chunks, snapshot));
        assertThat(groups(chunks)).extracting(OrderGroup::copy).containsExactly(Copy.CHUNKS);
    }

    @Test
    void aLineNamesTheGroupItsFirstTablesAndEachKindOfReasonOnce() {
        List<OrderReason> reasons = List.of(
                reason("a", Copy.CHUNKS, "a", "b", "c", "d", "e", "f", "g"),
                reason("b", Copy.CHUNKS, "b"),
                new OrderReason(ids("c"), Kind.NO_KEY, "c", Copy.SNAPSHOT),
                new OrderReason(ids("other"), Kind.OTHER_KEY, "d", Copy.SNAPSHOT));

        assertThat(OrderGroups.of(reasons, HASHED))
                .extracting(group -> OrderGroups.line(group, reasons))
                .containsExactly(
                        "ORDER-GROUP shop.a: a, b, c, d, e and 2 others in the order of the source: no primary key,"
                                + " a unique index",
                        "ORDER-GROUP shop.other: other in the order of the source: another key on the target");
    }

    private static List<OrderGroup> groups(OrderReason... reasons) {
        return OrderGroups.of(List.of(reasons), HASHED);
    }

    private static OrderReason reason(String text, Copy copy, String... tables) {
        return new OrderReason(ids(tables), Kind.UNIQUE_INDEX, text, copy);
    }

    private static List<TableId> ids(String... tables) {
        return Stream.of(tables).map(table -> new TableId("shop", table)).toList();
    }
}
