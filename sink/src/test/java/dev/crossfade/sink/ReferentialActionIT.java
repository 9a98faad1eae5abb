package dev.crossfade.sink;

import static dev.crossfade.sink.GroupTarget.action;
import static dev.crossfade.sink.GroupTarget.delete;
import static dev.crossfade.sink.GroupTarget.insert;
import static dev.crossfade.sink.GroupTarget.row;
import static dev.crossfade.sink.GroupTarget.table;
import static dev.crossfade.sink.GroupTarget.update;
import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.model.ReferentialAction;
import dev.crossfade.model.ReferentialAction.Action;
import dev.crossfade.model.RowRecord;
import dev.crossfade.model.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * What the source does by itself to rows that refer to a parent, and does not log (PITFALLS 41). Every test but that of many children
 * applies its records, all of one poll, twice: with the plan's actions, and to another target without them, which must come out
 * wrong. That is how one sees that the test sees the action.
 */
class ReferentialActionIT {
    private static final Table PARENTS = table("parents", "id", "code");
    private static final Table CHILDREN = table("children", "id", "parent", "size");
    private static final Table GRANDCHILDREN = table("grandchildren", "id", "child");

    private static ReferentialAction ofChildren(Action onDelete, Action onUpdate) {
        return action(CHILDREN, List.of("parent"), PARENTS, List.of("id"), onDelete, onUpdate);
    }

    private static ReferentialAction ofGrandchildren(Action onDelete, Action onUpdate) {
        return action(GRANDCHILDREN, List.of("child"), CHILDREN, List.of("id"), onDelete, onUpdate);
    }

    /** The tables after the records, by name. */
    private static Map<String, List<String>> after(
            List<ReferentialAction> actions, List<Table> tables, RowRecord... records) throws InterruptedException {
        Map<String, List<String>> wrong = applied(List.of(), tables, records);
        Map<String, List<String>> right = applied(actions, tables, records);
        assertThat(right).as("with actions and without").isNotEqualTo(wrong);
        return right;
    }

    private static Map<String, List<String>> applied(
            List<ReferentialAction> actions, List<Table> tables, RowRecord... records) throws InterruptedException {
        try (GroupTarget group = new GroupTarget(actions, tables.toArray(new Table[0]))) {
            group.apply(records);
            Map<String, List<String>> rows = new TreeMap<>();
            tables.forEach(table -> rows.put(table.id().name(), group.rows(table)));
            return rows;
        }
    }

    @Test
    void childrenAndTheirChildrenGoWithTheParent() throws InterruptedException {
        var rows = after(
                List.of(ofChildren(Action.CASCADE, Action.NONE), ofGrandchildren(Action.CASCADE, Action.NONE)),
                List.of(PARENTS, CHILDREN, GRANDCHILDREN),
                insert(PARENTS, 1, 0),
                insert(PARENTS, 2, 0),
                insert(CHILDREN, 11, 1, 0),
                insert(CHILDREN, 12, 1, 0),
                insert(CHILDREN, 21, 2, 0),
                insert(CHILDREN, 31, null, 0),
                insert(GRANDCHILDREN, 111, 11),
                insert(GRANDCHILDREN, 211, 21),
                insert(GRANDCHILDREN, 311, 31),
                delete(PARENTS, 1, 0));

        assertThat(rows)
                .containsEntry("parents", List.of("2|0"))
                .containsEntry("children", List.of("21|2|0", "31|null|0"))
                .containsEntry("grandchildren", List.of("211|21", "311|31"));
    }

    @Test
    void referencesBecomeNullWhenTheParentGoesAndWhoRefersToThemFollows() throws InterruptedException {
        Table notes = table("notes", "id", "parent_of_child");
        var rows = after(
                List.of(
                        ofChildren(Action.SET_NULL, Action.NONE),
                        action(
                                notes,
                                List.of("parent_of_child"),
                                CHILDREN,
                                List.of("parent"),
                                Action.NONE,
                                Action.CASCADE)),
                List.of(PARENTS, CHILDREN, notes),
                insert(PARENTS, 1, 0),
                insert(PARENTS, 2, 0),
                insert(CHILDREN, 11, 1, 5),
                insert(CHILDREN, 21, 2, 6),
                insert(notes, 101, 1),
                insert(notes, 201, 2),
                delete(PARENTS, 1, 0));

        assertThat(rows)
                .containsEntry("children", List.of("11|null|5", "21|2|6"))
                .containsEntry("notes", List.of("101|null", "201|2"));
    }

    @Test
    void referencesBecomeNullWhenTheParentsKeyChanges() throws InterruptedException {
        var rows = after(
                List.of(ofChildren(Action.NONE, Action.SET_NULL)),
                List.of(PARENTS, CHILDREN),
                insert(PARENTS, 1, 0),
                insert(CHILDREN, 11, 1, 5),
                update(PARENTS, row(PARENTS, 1, 0), row(PARENTS, 1, 7)),
                insert(CHILDREN, 12, 1, 5),
                update(PARENTS, row(PARENTS, 1, 7), row(PARENTS, 2, 7)));

        assertThat(rows)
                .containsEntry("parents", List.of("2|7"))
                .containsEntry("children", List.of("11|null|5", "12|null|5"));
    }

    @Test
    void childrenFollowTheKeyOfTheirParentAndAreThenChangedThemselves() throws InterruptedException {
        var rows = after(
                List.of(ofChildren(Action.NONE, Action.CASCADE)),
                List.of(PARENTS, CHILDREN),
                insert(PARENTS, 1, 0),
                insert(CHILDREN, 11, 1, 5),
                insert(CHILDREN, 12, 1, 5),
                insert(CHILDREN, 13, 1, 5),
                update(PARENTS, row(PARENTS, 1, 0), row(PARENTS, 2, 0)),
                update(CHILDREN, row(CHILDREN, 12, 2, 5), row(CHILDREN, 12, 2, 6)),
                delete(CHILDREN, 13, 2, 5));

        assertThat(rows).containsEntry("children", List.of("11|2|5", "12|2|6"));
    }

    @Test
    void aKeyThatIsUsedAnewAtOnceKeepsOnlyItsNewChildren() throws InterruptedException {
        var rows = after(
                List.of(ofChildren(Action.CASCADE, Action.NONE)),
                List.of(PARENTS, CHILDREN),
                insert(PARENTS, 1, 0),
                insert(CHILDREN, 11, 1, 0),
                insert(CHILDREN, 12, 1, 0),
                delete(PARENTS, 1, 0),
                insert(PARENTS, 1, 9),
                insert(CHILDREN, 12, 1, 9));

        assertThat(rows).containsEntry("parents", List.of("1|9")).containsEntry("children", List.of("12|1|9"));
    }

    @Test
    void aChildThatChangedItsParentBeforeStaysWithTheNewOne() throws InterruptedException {
        var rows = after(
                List.of(ofChildren(Action.CASCADE, Action.NONE)),
                List.of(PARENTS, CHILDREN),
                insert(PARENTS, 1, 0),
                insert(PARENTS, 2, 0),
                insert(CHILDREN, 11, 1, 0),
                insert(CHILDREN, 12, 1, 0),
                update(CHILDREN, row(CHILDREN, 11, 1, 0), row(CHILDREN, 11, 2, 0)),
                delete(PARENTS, 1, 0),
                update(CHILDREN, row(CHILDREN, 11, 2, 0), row(CHILDREN, 11, null, 0)));

        assertThat(rows).containsEntry("children", List.of("11|null|0"));
    }

    @Test
    void keysThatMoveUpOrChangePlacesTakeTheirChildrenAlong() throws InterruptedException {
        var rows = after(
                List.of(ofChildren(Action.NONE, Action.CASCADE)),
                List.of(PARENTS, CHILDREN),
                insert(PARENTS, 1, 100),
                insert(PARENTS, 2, 200),
                insert(CHILDREN, 11, 1, 100),
                insert(CHILDREN, 21, 2, 200),
                update(PARENTS, row(PARENTS, 2, 200), row(PARENTS, 3, 200)),
                update(PARENTS, row(PARENTS, 1, 100), row(PARENTS, 2, 100)),
                update(PARENTS, row(PARENTS, 3, 200), row(PARENTS, 9, 200)),
                update(PARENTS, row(PARENTS, 2, 100), row(PARENTS, 3, 100)),
                update(PARENTS, row(PARENTS, 9, 200), row(PARENTS, 2, 200)));

        assertThat(rows)
                .containsEntry("parents", List.of("2|200", "3|100"))
                .containsEntry("children", List.of("11|3|100", "21|2|200"));
    }

    @Test
    void childWhoseKeyHoldsItsParentsKeyIsMovedWithAllThatHangsOnIt() throws InterruptedException {
        Table lines = table("lines", List.of("parent", "line"), "line", "parent", "size");
        Table parts = table("parts", List.of("parent", "line", "part"), "parent", "line", "part");
        var rows = after(
                List.of(
                        action(lines, List.of("parent"), PARENTS, List.of("id"), Action.NONE, Action.CASCADE),
                        action(
                                parts,
                                List.of("line", "parent"),
                                lines,
                                List.of("line", "parent"),
                                Action.CASCADE,
                                Action.CASCADE)),
                List.of(PARENTS, lines, parts),
                insert(PARENTS, 1, 0),
                insert(PARENTS, 2, 0),
                insert(lines, 1, 1, 5),
                insert(lines, 2, 1, 5),
                insert(lines, 1, 2, 5),
                insert(parts, 1, 1, 1),
                insert(parts, 1, 2, 1),
                insert(parts, 2, 1, 1),
                update(PARENTS, row(PARENTS, 2, 0), row(PARENTS, 3, 0)),
                update(PARENTS, row(PARENTS, 1, 0), row(PARENTS, 2, 0)),
                update(lines, row(lines, 1, 2, 5), row(lines, 1, 2, 6)),
                delete(lines, 2, 2, 5));

        assertThat(rows)
                .containsEntry("lines", List.of("1|2|6", "1|3|5"))
                .containsEntry("parts", List.of("2|1|1", "3|1|1"));
    }

    @Test
    void compositeReferenceWithANullRefersToNothing() throws InterruptedException {
        Table areas = table("areas", List.of("land", "area"), "area", "land");
        Table places = table("places", "id", "area", "land");
        var rows = after(
                List.of(action(
                        places,
                        List.of("land", "area"),
                        areas,
                        List.of("land", "area"),
                        Action.CASCADE,
                        Action.SET_NULL)),
                List.of(areas, places),
                insert(areas, 1, 1),
                insert(areas, 1, 2),
                insert(areas, 2, 1),
                insert(places, 1, 1, 1),
                insert(places, 2, 1, 2),
                insert(places, 3, null, 1),
                insert(places, 4, 1, null),
                insert(places, 5, 2, 1),
                delete(areas, 1, 1),
                update(areas, row(areas, 2, 1), row(areas, 3, 1)));

        assertThat(rows).containsEntry("places", List.of("2|1|2", "3|null|1", "4|1|null", "5|null|null"));
    }

    @Test
    void treeGoesWithItsRoot() throws InterruptedException {
        Table tree = table("tree", "id", "above");
        var rows = after(
                List.of(action(tree, List.of("above"), tree, List.of("id"), Action.CASCADE, Action.NONE)),
                List.of(tree),
                insert(tree, 1, 1),
                insert(tree, 2, 1),
                insert(tree, 3, 2),
                insert(tree, 4, 3),
                insert(tree, 5, 5),
                insert(tree, 6, 5),
                delete(tree, 1, 1),
                insert(tree, 3, 6));

        assertThat(rows).containsEntry("tree", List.of("3|6", "5|5", "6|5"));
    }

    @Test
    void rowsBelowOneThatGoesAreRoots() throws InterruptedException {
        Table tree = table("tree", "id", "above");
        var rows = after(
                List.of(action(tree, List.of("above"), tree, List.of("id"), Action.SET_NULL, Action.NONE)),
                List.of(tree),
                insert(tree, 1, null),
                insert(tree, 2, 1),
                insert(tree, 3, 2),
                insert(tree, 4, 3),
                delete(tree, 1, null),
                delete(tree, 3, 2));

        assertThat(rows).containsEntry("tree", List.of("2|null", "4|null"));
    }

    @Test
    void deletesThatGoRoundInACircleComeToAnEnd() throws InterruptedException {
        Table heads = table("heads", "id", "tail");
        Table tails = table("tails", "id", "head");
        var rows = after(
                List.of(
                        action(heads, List.of("tail"), tails, List.of("id"), Action.CASCADE, Action.NONE),
                        action(tails, List.of("head"), heads, List.of("id"), Action.CASCADE, Action.NONE)),
                List.of(heads, tails),
                insert(heads, 1, null),
                insert(tails, 1, 1),
                insert(heads, 2, 1),
                insert(tails, 2, 2),
                update(heads, row(heads, 1, null), row(heads, 1, 2)),
                insert(heads, 3, null),
                insert(tails, 3, 3),
                delete(heads, 2, 1));

        assertThat(rows).containsEntry("heads", List.of("3|null")).containsEntry("tails", List.of("3|3"));
    }

    @Test
    void foreignKeyThatRestrictsDoesNothingBesideOneThatCascades() throws InterruptedException {
        Table owners = table("owners", "id");
        var rows = after(
                List.of(
                        ofChildren(Action.CASCADE, Action.NONE),
                        action(CHILDREN, List.of("size"), owners, List.of("id"), Action.NONE, Action.CASCADE)),
                List.of(PARENTS, owners, CHILDREN),
                insert(PARENTS, 1, 0),
                insert(PARENTS, 2, 0),
                insert(owners, 5),
                insert(CHILDREN, 11, 1, 5),
                insert(CHILDREN, 21, 2, 5),
                // Neither would pass on the source: rows refer to what goes. Nothing but a wrong action could touch
                // them.
                delete(owners, 5),
                update(PARENTS, row(PARENTS, 2, 0), row(PARENTS, 3, 0)),
                delete(PARENTS, 1, 0));

        assertThat(rows).containsEntry("children", List.of("21|2|5"));
    }

    @Test
    void parentsThatGoOneBehindTheOtherTakeTheirChildrenAlong() throws InterruptedException {
        List<RowRecord> records = new ArrayList<>();
        for (long parent = 0; parent < 300; parent++) {
            records.add(insert(PARENTS, parent, 0));
            records.add(insert(CHILDREN, 2 * parent, parent, 0));
            records.add(insert(CHILDREN, 2 * parent + 1, parent, 0));
            records.add(insert(GRANDCHILDREN, parent, 2 * parent));
        }
        for (long parent = 0; parent < 299; parent++) {
            records.add(delete(PARENTS, parent, 0));
        }

        var rows = after(
                List.of(ofChildren(Action.CASCADE, Action.NONE), ofGrandchildren(Action.SET_NULL, Action.NONE)),
                List.of(PARENTS, CHILDREN, GRANDCHILDREN),
                records.toArray(new RowRecord[0]));

        assertThat(rows).containsEntry("children", List.of("598|299|0", "599|299|0"));
        assertThat(rows.get("grandchildren")).hasSize(300).contains("0|null", "298|null", "299|598");
    }

    @Test
    void moreChildrenThanAreHeldInMemoryAreHandedOnInParts() throws InterruptedException {
        RowRecord[] children = LongStream.range(0, 11_000)
                .mapToObj(i -> insert(CHILDREN, i, 1, 0))
                .toArray(RowRecord[]::new);
        RowRecord[] grandchildren = LongStream.range(0, 11_000)
                .mapToObj(i -> insert(GRANDCHILDREN, i, i))
                .toArray(RowRecord[]::new);
        try (GroupTarget group = new GroupTarget(
                List.of(ofChildren(Action.CASCADE, Action.NONE), ofGrandchildren(Action.CASCADE, Action.NONE)),
                PARENTS,
                CHILDREN,
                GRANDCHILDREN)) {
            group.apply(children).apply(grandchildren).apply(insert(GRANDCHILDREN, 11_000, null));

            group.apply(delete(PARENTS, 1, 0));

            assertThat(group.rows(CHILDREN)).isEmpty();
            assertThat(group.rows(GRANDCHILDREN)).containsExactly("11000|null");
        }
    }
}
