package dev.crossfade.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.crossfade.model.LogicalType.Kind;
import dev.crossfade.model.SourceChange.Operation;
import dev.crossfade.model.codec.RowWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlanTest {
    private static final String HASH = "0".repeat(64);

    @ParameterizedTest
    @ValueSource(strings = {"a", "shop", "shop-2", "a23456789-123456789-123456789-123456789-"})
    void aMigrationsNameIsShortAndPlain(String name) {
        assertThat(new MigrationPlan(name, HASH, List.of()).migration()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Shop", "2shop", "-shop", "shop_2", "a23456789-123456789-123456789-123456789-1"})
    void anotherNameIsRefused(String name) {
        assertThat(MigrationPlan.isName(name)).isFalse();
        refused(() -> new MigrationPlan(name, HASH, List.of()), "migration name '" + name + "'");
    }

    @Test
    void aPlanNamesEachTableOnceOnEitherSide() {
        TablePlan users = plan("users", "people");

        refused(() -> new MigrationPlan("shop", HASH, List.of(users, plan("users", "persons"))), "shop.users");
        refused(() -> new MigrationPlan("shop", HASH, List.of(users, plan("clients", "people"))), "public.people");
    }

    @Test
    void aTablesPlanIsFoundFromEitherSide() {
        TablePlan users = plan("users", "people");
        TablePlan orders = plan("orders", "orders");
        MigrationPlan plan = new MigrationPlan("shop", HASH, List.of(users, orders));

        assertThat(plan.bySource(new TableId("shop", "orders"))).isSameAs(orders);
        assertThat(plan.byTarget(new TableId("public", "people"))).isSameAs(users);
        refused(() -> plan.bySource(new TableId("shop", "people")), "shop.people");
        refused(() -> plan.byTarget(new TableId("public", "users")), "public.users");
    }

    @Test
    void aStoreHasTheTargetsColumnsTheSourcesKeyAndASnapshot() {
        TablePlan users = plan("users", "people");
        Table target = users.target();
        TableId id = new TableId("crossfade", "rows_shop_1");

        refused(
                () -> stored(users, new Table(id, List.of(column("other")), List.of("other"))),
                "must have its columns");
        refused(() -> stored(users, new Table(id, target.columns(), List.of())), "the key of shop.users");
        TablePlan stored = stored(users, new Table(id, target.columns(), target.key()));
        assertThat(users.written()).isEqualTo(target);
        assertThat(stored.written().id()).isEqualTo(id);
        refused(() -> new MigrationPlan("shop", HASH, List.of(stored)), "public.people has a store");
    }

    private static TablePlan stored(TablePlan plan, Table store) {
        return new TablePlan(plan.source(), plan.target(), plan.sourceColumns(), Optional.of(store));
    }

    @Test
    void aTableHasColumnsOfDifferentNamesAndItsKeyIsAmongThem() {
        TableId id = new TableId("shop", "users");

        refused(() -> new Table(id, List.of(), List.of()), "shop.users has no columns");
        refused(() -> new Table(id, List.of(column("a"), column("a")), List.of()), "two columns named a");
        refused(() -> new Table(id, List.of(column("a")), List.of("b")), "key column b");
    }

    @Test
    void keyColumnsAreInKeyOrderNotInTableOrder() {
        Table table = new Table(
                new TableId("shop", "lines"), List.of(column("a"), column("b"), column("c")), List.of("c", "a"));

        assertThat(table.keyIndexes()).containsExactly(2, 0);
        assertThat(table.keyColumns()).extracting(Column::name).containsExactly("c", "a");
        refused(() -> table.indexOf("A"), "shop.lines has no column A");
    }

    @Test
    void everyTargetColumnIsFilledFromASourceColumnThatExists() {
        Table source = table("shop", "users");
        Table target = table("public", "people");

        refused(() -> new TablePlan(source, target, List.of()), "fills 0 columns of 1");
        refused(() -> new TablePlan(source, target, List.of("nope")), "no column nope");
    }

    @Test
    void aTableNeedsASchemaAndAName() {
        refused(() -> new TableId("", "users"), "needs a schema and a name");
        refused(() -> new TableId("shop", ""), "needs a schema and a name");
        assertThat(new TableId("a", "z")).isLessThan(new TableId("b", "a"));
        assertThat(new TableId("a", "a")).isLessThan(new TableId("a", "b"));
    }

    @Test
    void aChangeHasTheImagesOfItsOperation() {
        RowWriter writer = new RowWriter(16);
        writer.startRow(1);
        writer.writeInt32(1);
        Optional<Row> row = Optional.of(writer.toRow());
        ChangePosition position = new ChangePosition(new BinlogPosition("b.1", 4, ""), "", 0, 1);
        TableId id = new TableId("shop", "users");

        refused(() -> new SourceChange(id, Operation.CREATE, position, row, row), "CREATE of shop.users");
        refused(() -> new SourceChange(id, Operation.UPDATE, position, Optional.empty(), row), "UPDATE of shop.users");
        refused(() -> new SourceChange(id, Operation.DELETE, position, row, row), "DELETE of shop.users");
    }

    @Test
    void aRowChangeHasAtLeastOneImage() {
        refused(
                () -> new RowChange(
                        new TableId("public", "people"),
                        new BinlogPosition("b.1", 4, ""),
                        Optional.empty(),
                        Optional.empty()),
                "change of public.people has neither image");
    }

    @Test
    void aFencesTokenFitsItsColumn() {
        refused(() -> new Fence("", 0), "seen 0");
        refused(() -> new Fence("f".repeat(65), 0), "seen 65");
    }

    @Test
    void allProblemsOfACheckAreOneMessageOfTheFirstOnesKind() {
        Problem binlog = new Problem(
                ErrorKind.SOURCE, "BINLOG-FORMAT", "source", "binlog_format is 'MIXED', must be 'ROW'", "SET GLOBAL …");
        Problem file = new Problem(ErrorKind.PLAN, "TABLE", "migration.yml:7:5", "no table 'user'", "");

        MigrationException all = MigrationException.of(List.of(binlog, file), "nothing was changed");

        assertThat(all.kind()).isEqualTo(ErrorKind.SOURCE);
        assertThat(all.problems()).containsExactly(binlog, file);
        assertThat(all).hasMessage("""
                2 problems; nothing was changed
                  - source: binlog_format is 'MIXED', must be 'ROW' [BINLOG-FORMAT]
                      mend: SET GLOBAL …
                  - migration.yml:7:5: no table 'user' [TABLE]""");
    }

    @Test
    void aSecretIsNeverShown() {
        DatabaseAccess access = new DatabaseAccess("jdbc:mariadb://h/shop", "crossfade", new Secret("hunter2"));

        assertThat(access.toString()).doesNotContain("hunter2").contains("***");
        assertThat(access.password().reveal()).isEqualTo("hunter2");
    }

    @Test
    void everyNameInKafkaBeginsWithTheMigrationsPrefix() {
        TopicNames names = new TopicNames("shop");

        assertThat(names.all()).doesNotHaveDuplicates().allMatch(name -> name.startsWith("crossfade.shop."));
        assertThat(Map.of(
                        "transform", names.transformGroup(),
                        "readers", names.readerGroup(),
                        "history", names.historyGroup(),
                        "capture", names.captureTransactionalId(),
                        "planner", names.plannerTransactionalId(),
                        "copier", names.copierTransactionalId(),
                        "reader.1", names.readerTransactionalId(1)))
                .allSatisfy((end, name) -> assertThat(name).isEqualTo("crossfade.shop." + end));
    }

    private static void refused(ThrowingCallable code, String reason) {
        assertThatThrownBy(code).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(reason);
    }

    private static TablePlan plan(String source, String target) {
        return new TablePlan(table("shop", source), table("public", target), List.of("id"));
    }

    private static Table table(String schema, String name) {
        return new Table(new TableId(schema, name), List.of(column("id")), List.of("id"));
    }

    private static Column column(String name) {
        return new Column(name, LogicalType.of(Kind.INT32), false, "int");
    }
}
