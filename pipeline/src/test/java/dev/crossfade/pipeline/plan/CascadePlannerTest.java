package dev.crossfade.pipeline.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.capture.source.CascadingKey;
import dev.crossfade.capture.source.SourceColumn;
import dev.crossfade.capture.source.SourceIndex;
import dev.crossfade.capture.source.SourceTable;
import dev.crossfade.model.Column;
import dev.crossfade.model.LogicalType;
import dev.crossfade.model.LogicalType.Kind;
import dev.crossfade.model.OrderGroup;
import dev.crossfade.model.OrderGroup.Copy;
import dev.crossfade.model.Problem;
import dev.crossfade.model.ReferentialAction;
import dev.crossfade.model.ReferentialAction.Action;
import dev.crossfade.model.Table;
import dev.crossfade.model.TableId;
import dev.crossfade.model.TablePlan;
import dev.crossfade.sink.control.ContributionStores;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who belongs together because the source changes rows without a word in its log (PITFALLS 41), and what is refused. */
class CascadePlannerTest {
    private static final int HASHED = 4;

    private final List<TablePlan> plans = new ArrayList<>();
    private final List<SourceTable> sources = new ArrayList<>();
    private final List<CascadingKey> keys = new ArrayList<>();

    @Test
    void tablesThatUnloggedCascadesLinkDirectlyOrByAThirdAreOneGroup() {
        moves("customers", "orders", "lines", "products", "stock", "visits");
        refers("lines", "orders", "CASCADE");
        refers("orders", "customers", "SET NULL");
        refers("stock", "products", "CASCADE");

        List<OrderGroup> groups = groups();

        assertThat(groups)
                .containsExactly(
                        new OrderGroup(
                                "shop.customers",
                                4,
                                Copy.SNAPSHOT,
                                List.of(id("customers"), id("lines"), id("orders")),
                                List.of(
                                        "foreign key lines.fk_lines ON DELETE CASCADE, which is not logged",
                                        "foreign key orders.fk_orders ON DELETE SET NULL, which is not logged")),
                        new OrderGroup(
                                "shop.products",
                                5,
                                Copy.SNAPSHOT,
                                List.of(id("products"), id("stock")),
                                List.of("foreign key stock.fk_stock ON DELETE CASCADE, which is not logged")));
        assertThat(planner().problems()).isEmpty();
    }

    @Test
    void groupsAreTheSameInWhateverOrderTablesAndKeysAreListed() {
        moves("b", "a", "d", "c");
        refers("b", "a", "CASCADE");
        refers("d", "c", "CASCADE");
        List<OrderGroup> groups = groups();
        plans.sort((one, other) -> other.source().id().compareTo(one.source().id()));
        keys.sort((one, other) -> other.name().compareTo(one.name()));

        assertThat(groups()).isEqualTo(groups);
    }

    @Test
    void aTableThatRefersToItselfIsAGroup() {
        moves("tree");
        refers("tree", "tree", "CASCADE");

        assertThat(groups()).extracting(OrderGroup::tables).containsExactly(List.of(id("tree")));
    }

    @Test
    void anActionIsToldInTheNamesOfTheTarget() {
        sources.add(source("orders", column("id"), column("customer")));
        sources.add(source("customers", column("id")));
        plans.add(plan("orders", "purchases", List.of("customer", "id"), List.of("buyer", "number")));
        plans.add(plan("customers", "people", List.of("id"), List.of("person")));
        keys.add(new CascadingKey(
                "fk", id("orders"), List.of("customer"), id("customers"), List.of("id"), "CASCADE", "SET NULL", false));

        assertThat(planner().problems()).isEmpty();
        assertThat(planner().actions())
                .containsExactly(new ReferentialAction(
                        "fk",
                        new TableId("public", "people"),
                        List.of("person"),
                        new TableId("public", "purchases"),
                        List.of("buyer"),
                        Action.SET_NULL,
                        Action.CASCADE));
    }

    @Test
    void aKeyWhoseActionsAreLoggedLinksNothing() {
        moves("parent", "child");
        keys.add(new CascadingKey(
                "fk", id("child"), List.of("ref"), id("parent"), List.of("id"), "CASCADE", "CASCADE", true));

        assertThat(groups()).isEmpty();
        assertThat(planner().actions()).isEmpty();
    }

    @Test
    void aChildThatDoesNotMoveNeedsNobodysAction() {
        moves("parent");
        refers("child", "parent", "CASCADE");

        assertThat(groups()).isEmpty();
        assertThat(planner().problems()).isEmpty();
    }

    @Test
    void aParentThatDoesNotMoveIsRefused() {
        moves("child");
        refers("child", "parent", "CASCADE");

        assertThat(onlyProblem())
                .satisfies(problem -> assertThat(problem.code()).isEqualTo("CASCADE-UNLOGGED"))
                .hasToString(
                        "foreign key fk_child of shop.child: ON DELETE CASCADE is not logged by the source, so the"
                                + " target must do it by itself, but its parent shop.parent does not move with it, so its"
                                + " changes are not seen [CASCADE-UNLOGGED]\n"
                                + "      mend: move shop.parent too, or ALTER TABLE `shop`.`child` DROP FOREIGN KEY `fk_child`");
    }

    @Test
    void aMappingThatDropsAColumnOfTheKeyIsRefused() {
        moves("parent");
        sources.add(source("child", column("id"), column("ref")));
        plans.add(plan("child", "child", List.of("id"), List.of("id")));
        refers("child", "parent", "CASCADE");

        assertThat(onlyProblem().seen()).contains("the mapping drops its column shop.child.ref");
    }

    @Test
    void aKeyWhoseColumnIsOfATypeThatIsNotCarriedIsRefused() {
        moves("parent");
        moves(source("child", column("id")));
        refers("child", "parent", "CASCADE");

        assertThat(onlyProblem().seen()).contains("the mapping drops its column shop.child.ref");
    }

    @Test
    void aKeyWhoseColumnsAreHiddenFromTheAccountIsRefused() {
        moves("parent", "child");
        keys.add(new CascadingKey("fk", id("child"), List.of(), id("parent"), List.of(), "CASCADE", "CASCADE", false));

        assertThat(onlyProblem().seen()).contains("its columns cannot be seen with the account's privileges");
    }

    @ParameterizedTest
    @ValueSource(strings = {"utf8mb4_general_ci", "utf8mb4_uca1400_as_cs", "utf8mb4_bin", "latin1_bin"})
    void textThatTheSourceFindsEqualAndTheTargetDoesNotIsRefused(String collation) {
        textKey("varchar", collation);

        assertThat(onlyProblem().seen()).contains("shop.child.ref has the collation " + collation);
    }

    @ParameterizedTest
    @CsvSource({"varchar, utf8mb4_nopad_bin", "varchar, utf8mb4_0900_bin", "char, latin1_bin", "char, utf8mb4_bin"})
    void textThatIsComparedExactlyIsTaken(String type, String collation) {
        textKey(type, collation);

        assertThat(planner().problems()).isEmpty();
        assertThat(planner().actions()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"FLOAT64", "DATE", "INSTANT", "ENUM", "SET"})
    void aTypeThatTheTargetMayCompareInAnotherWayIsRefused(Kind kind) {
        SourceColumn ref = column("ref", LogicalType.of(kind), "odd", "", false);
        SourceColumn key = column("id", LogicalType.of(kind), "odd", "", false);
        moves(source("parent", key));
        moves(source("child", column("id"), ref));
        refers("child", "parent", "CASCADE");

        assertThat(onlyProblem().seen()).contains("shop.child.ref is of type odd");
    }

    @Test
    void aDecimalOfAnotherScaleIsRefused() {
        moves(source("parent", column("id", LogicalType.decimal(10, 2), "decimal(10,2)", "", false)));
        moves(source("child", column("id"), column("ref", LogicalType.decimal(10, 3), "decimal(10,3)", "", false)));
        refers("child", "parent", "CASCADE");

        assertThat(onlyProblem().seen()).contains("of type decimal(10,3) and refers to decimal(10,2)");
    }

    @Test
    void aKeyThatRefersToColumnsWhichSeveralRowsShareIsRefused() {
        moves(source("parent", List.of("id", "line"), List.of(), column("id"), column("line")));
        moves("child");
        refers("child", "parent", "CASCADE");

        assertThat(onlyProblem().seen()).contains("refers to shop.parent [id], which is not unique");
    }

    @Test
    void aKeyMayReferToAUniqueIndexInAnyOrderOfItsColumns() {
        SourceIndex unique = new SourceIndex("by_pair", true, List.of("b", "a"), true, true);
        moves(source("parent", List.of("id"), List.of(unique), column("id"), column("a"), column("b")));
        moves(source("child", column("id"), column("x"), column("y")));
        keys.add(new CascadingKey(
                "fk", id("child"), List.of("x", "y"), id("parent"), List.of("a", "b"), "NO ACTION", "CASCADE", false));

        assertThat(planner().problems()).isEmpty();
        assertThat(planner().actions()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"SET NULL, RESTRICT", "RESTRICT, CASCADE", "NO ACTION, SET NULL"})
    void aGeneratedColumnInAChildWhoseColumnsChangeIsRefused(String onDelete, String onUpdate) {
        moves("parent");
        moves(source("child", column("id"), column("ref"), generated("twice")));
        keys.add(new CascadingKey(
                "fk", id("child"), List.of("ref"), id("parent"), List.of("id"), onUpdate, onDelete, false));

        assertThat(onlyProblem().seen()).contains("generated columns [twice]");
    }

    @Test
    void aGeneratedColumnInAChildThatIsOnlyDeletedIsTaken() {
        moves("parent");
        moves(source("child", column("id"), column("ref"), generated("twice")));
        refers("child", "parent", "CASCADE");

        assertThat(planner().problems()).isEmpty();
    }

    @Test
    void aReferringColumnThatFillsTwoColumnsIsRefusedIfItChanges() {
        moves("parent");
        sources.add(source("child", column("id"), column("ref")));
        plans.add(plan("child", "child", List.of("id", "ref", "ref"), List.of("id", "ref", "copy")));
        refers("child", "parent", "SET NULL");

        assertThat(onlyProblem().seen())
                .contains("it changes [ref], each of which fills several columns of public.child");
    }

    @Test
    void anActionThatIsNotKnownIsRefused() {
        moves("parent", "child");
        refers("child", "parent", "SET DEFAULT");

        assertThat(onlyProblem().seen()).contains("its action SET DEFAULT cannot be carried out on the target");
    }

    @Test
    void everyProblemOfAKeyIsReportedAtOnce() {
        moves(source("parent", List.of(), List.of(), column("id", LogicalType.of(Kind.DATE), "date", "", false)));
        moves(source("child", column("id"), column("ref", LogicalType.of(Kind.DATE), "date", "", false)));
        refers("child", "parent", "CASCADE");

        assertThat(planner().problems()).hasSize(2);
        assertThat(groups()).isEmpty();
    }

    private void textKey(String type, String collation) {
        moves(source("parent", column("id", LogicalType.text(20), type, collation, false)));
        moves(source("child", column("id"), column("ref", LogicalType.text(20), type, collation, false)));
        refers("child", "parent", "CASCADE");
    }

    private List<OrderGroup> groups() {
        return OrderGroups.of(planner().reasons(), HASHED);
    }

    private CascadePlanner planner() {
        return new CascadePlanner(plans, sources, keys);
    }

    private Problem onlyProblem() {
        List<Problem> problems = planner().problems();
        assertThat(problems).hasSize(1);
        return problems.get(0);
    }

    @Test
    void aTableWhoseRowsMayShareTheirKeyIsRefusedAsParentAndAsChild() {
        for (int shared = 0; shared < 2; shared++) {
            CascadePlannerTest each = new CascadePlannerTest();
            each.moves("parent", "child");
            each.refers("child", "parent", "CASCADE");
            TablePlan plan = each.plans.get(shared);
            Table target = new Table(plan.target().id(), plan.target().columns(), List.of("ref"));
            each.plans.set(
                    shared,
                    new TablePlan(
                            plan.source(),
                            target,
                            plan.sourceColumns(),
                            Optional.of(ContributionStores.of("move", target, List.of("id")))));

            assertThat(each.planner().problems())
                    .singleElement()
                    .asString()
                    .contains("CASCADE-UNLOGGED", "is not provably unique", "DROP FOREIGN KEY `fk_child`");
            assertThat(each.planner().actions()).isEmpty();
        }
    }

    /** Plans tables that have an {@code id} and a {@code ref}, all of their columns under their own names. */
    private void moves(String... tables) {
        Stream.of(tables).forEach(table -> moves(source(table, column("id"), column("ref"))));
    }

    private void moves(SourceTable source) {
        sources.add(source);
        List<String> columns = source.columns().stream().map(SourceColumn::name).toList();
        plans.add(plan(source.id().name(), source.id().name(), columns, columns));
    }

    /** The key {@code fk_CHILD} from {@code ref} to {@code id}, without an action on update. */
    private void refers(String child, String parent, String onDelete) {
        keys.add(new CascadingKey(
                "fk_" + child, id(child), List.of("ref"), id(parent), List.of("id"), "RESTRICT", onDelete, false));
    }

    private TablePlan plan(String from, String to, List<String> sourceColumns, List<String> targetColumns) {
        SourceTable source = sources.stream()
                .filter(table -> table.id().equals(id(from)))
                .findFirst()
                .orElseThrow();
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < targetColumns.size(); i++) {
            Column column = source.column(sourceColumns.get(i)).column();
            columns.add(new Column(targetColumns.get(i), column.type(), column.nullable(), "any"));
        }
        return new TablePlan(source.table(), new Table(new TableId("public", to), columns, List.of()), sourceColumns);
    }

    private static TableId id(String table) {
        return new TableId("shop", table);
    }

    private static SourceTable source(String name, SourceColumn... columns) {
        return source(name, List.of("id"), List.of(), columns);
    }

    private static SourceTable source(
            String name, List<String> key, List<SourceIndex> indexes, SourceColumn... columns) {
        return new SourceTable(
                id(name), "InnoDB", List.of(columns), List.of(), key, false, indexes, 10, 1_000, List.of());
    }

    private static SourceColumn column(String name) {
        return column(name, LogicalType.of(Kind.INT32), "int", "", false);
    }

    private static SourceColumn generated(String name) {
        return column(name, LogicalType.of(Kind.INT32), "int", "", true);
    }

    private static SourceColumn column(
            String name, LogicalType type, String dataType, String collation, boolean generated) {
        return new SourceColumn(
                new Column(name, type, true, dataType),
                dataType,
                false,
                Optional.empty(),
                Optional.of(collation).filter(given -> !given.isEmpty()),
                generated,
                List.of());
    }
}
