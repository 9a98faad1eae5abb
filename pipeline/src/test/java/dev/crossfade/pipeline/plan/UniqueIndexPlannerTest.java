package dev.crossfade.pipeline.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.capture.source.SourceColumn;
import dev.crossfade.capture.source.SourceIndex;
import dev.crossfade.capture.source.SourceTable;
import dev.crossfade.model.Column;
import dev.crossfade.model.LogicalType;
import dev.crossfade.model.LogicalType.Kind;
import dev.crossfade.model.OrderGroup.Copy;
import dev.crossfade.model.Table;
import dev.crossfade.model.TableId;
import dev.crossfade.model.TablePlan;
import dev.crossfade.model.UniqueIndex;
import dev.crossfade.sink.target.UniqueIndexes.Found;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which unique indexes the target will have, because values of them move from row to row (PITFALLS 42), and which it will not. */
class UniqueIndexPlannerTest {
    private static final TableId SOURCE = new TableId("shop", "users");
    private static final TableId TARGET = new TableId("public", "people");

    private final List<SourceColumn> columns = new ArrayList<>(List.of(
            column("id", LogicalType.of(Kind.INT32)),
            column("mail", LogicalType.text(80)),
            column("code", LogicalType.of(Kind.INT32))));
    private final List<SourceIndex> indexes = new ArrayList<>();
    private final List<Found> found = new ArrayList<>();
    private List<String> sourceColumns = List.of("id", "mail", "code");
    private List<String> targetColumns = List.of("id", "address", "code");
    private List<String> targetKey = List.of("id");

    @Test
    void aUniqueIndexOfTheSourceIsBuiltOverTheTargetsColumns() {
        index("by_mail", "code", "mail");

        UniqueIndexPlanner planner = planner();

        assertThat(planner.indexes())
                .containsExactly(new UniqueIndex("people_by_mail", TARGET, List.of("code", "address")));
        assertThat(planner.reasons())
                .containsExactly(new OrderReason(
                        List.of(SOURCE), OrderReason.Kind.UNIQUE_INDEX, "unique index users.by_mail", Copy.CHUNKS));
        assertThat(planner.problems()).isEmpty();
        assertThat(planner.notBuilt()).isEmpty();
    }

    @Test
    void anIndexThatIsNotUniqueIsNobodysReason() {
        indexes.add(new SourceIndex("by_code", false, List.of("code"), true, true));

        assertThat(planner().indexes()).isEmpty();
        assertThat(planner().reasons()).isEmpty();
    }

    @Test
    void anIndexOverTheBeginningOfAColumnIsBuiltOverTheWholeColumn() {
        indexes.add(new SourceIndex("by_mail", true, List.of("mail"), false, true));

        assertThat(planner().indexes()).extracting(UniqueIndex::columns).containsExactly(List.of("address"));
    }

    @Test
    void whatCannotBeBuiltIsListedAndLinksNothing() {
        columns.add(column("note", LogicalType.text(700)));
        columns.add(column("page", LogicalType.text(0)));
        sourceColumns = List.of("id", "mail", "note", "page");
        targetColumns = List.of("id", "mail", "note", "page");
        index("dropped", "mail", "code");
        indexes.add(new SourceIndex("expression", true, List.of("mail"), false, false));
        index("long", "mail", "note");
        index("longer", "page");

        UniqueIndexPlanner planner = planner();

        assertThat(planner.notBuilt())
                .containsExactly(
                        "users.dropped (the mapping drops a column of it)",
                        "users.expression (it is over an expression)",
                        "users.long (its entries may be longer than 2700 bytes)",
                        "users.longer (its entries may be longer than 2700 bytes)");
        assertThat(planner.indexes()).isEmpty();
        assertThat(planner.reasons()).isEmpty();
    }

    @Test
    void anIndexThatHoldsTheTargetsKeyIsLeftToTheKey() {
        targetKey = List.of("address");
        index("by_mail", "mail");
        index("by_both", "mail", "code");
        found("people_both", true, "address", "code");

        assertThat(planner().indexes()).isEmpty();
        assertThat(planner().reasons()).isEmpty();
        assertThat(planner().problems()).isEmpty();
    }

    @Test
    void aUniqueIndexThatIsThereNeedsASnapshotAndIsNotBuiltTwice() {
        index("by_mail", "mail");
        index("by_code", "code");
        found("one_address", true, "address");

        UniqueIndexPlanner planner = planner();

        assertThat(planner.indexes())
                .containsExactly(
                        new UniqueIndex("one_address", TARGET, List.of("address")),
                        new UniqueIndex("people_by_code", TARGET, List.of("code")));
        assertThat(planner.reasons()).extracting(OrderReason::copy).containsExactly(Copy.SNAPSHOT, Copy.CHUNKS);
        assertThat(planner.problems()).isEmpty();
    }

    @Test
    void aUniqueIndexThatIsThereMayHaveMoreColumnsThanTheOneThatImpliesIt() {
        index("by_mail", "mail");
        found("one_pair", true, "code", "address");

        assertThat(planner().problems()).isEmpty();
        assertThat(planner().indexes()).extracting(UniqueIndex::name).containsExactly("one_pair", "people_by_mail");
    }

    @Test
    void theSourcesKeyImpliesAUniqueIndexOfATableWithAnotherKey() {
        targetKey = List.of("address");
        index("by_mail", "mail");
        found("one_id", true, "id");

        assertThat(planner().problems()).isEmpty();
        assertThat(planner().indexes()).extracting(UniqueIndex::name).containsExactly("one_id");
    }

    @Test
    void aUniqueIndexThatIsThereAndThatNothingImpliesIsRefused() {
        index("by_pair", "mail", "code");
        found("one_address", true, "address");

        assertThat(planner().problems()).singleElement().satisfies(problem -> {
            assertThat(problem.code()).isEqualTo("TARGET-UNIQUE");
            assertThat(problem.subject()).isEqualTo("table public.people");
            assertThat(problem.seen())
                    .contains("unique index one_address over [address]")
                    .contains("nothing unique of its source table implies");
        });
    }

    @Test
    void aUniqueIndexThatComparesInAnotherWayIsRefused() {
        index("by_mail", "mail");
        found("lower_mail", false);
        found("one_address", false, "address");

        assertThat(planner().problems()).hasSize(2).allSatisfy(problem -> assertThat(problem.seen())
                .contains("compares rows in another way than the source"));
    }

    @Test
    void namesFitAndAreTakenOnce() {
        columns.add(column("line", LogicalType.of(Kind.INT32)));
        columns.add(column("seat", LogicalType.of(Kind.INT32)));
        sourceColumns = List.of("id", "mail", "code", "line", "seat");
        targetColumns = sourceColumns;
        index("pkey", "mail");
        index("x".repeat(80), "code");
        index("\u00e9".repeat(40), "line");
        index("taken", "seat");
        found("people_taken", true, "code", "line");

        List<String> names = planner().indexes().stream().map(UniqueIndex::name).toList();

        assertThat(names)
                .satisfiesExactly(
                        name -> assertThat(name).isEqualTo("people_taken"),
                        name -> assertThat(name).matches("people_pkey_[0-9a-f]{8}"),
                        name -> assertThat(name)
                                .matches("people_x{47}_[0-9a-f]{8}")
                                .hasSize(63),
                        name -> assertThat(name).matches("people_\u00e9{23}_[0-9a-f]{8}"),
                        name -> assertThat(name).matches("people_taken_[0-9a-f]{8}"));
        assertThat(planner().indexes()).extracting(UniqueIndex::name).isEqualTo(names);
    }

    private void index(String name, String... columns) {
        indexes.add(new SourceIndex(name, true, List.of(columns), true, true));
    }

    private void found(String name, boolean plain, String... columns) {
        found.add(new Found(name, TARGET, List.of(columns), plain));
    }

    private UniqueIndexPlanner planner() {
        SourceTable source = new SourceTable(
                SOURCE, "InnoDB", columns, List.of(), List.of("id"), false, indexes, 10, 1_000, List.of());
        List<Column> target = Stream.iterate(0, i -> i + 1)
                .limit(targetColumns.size())
                .map(i -> new Column(
                        targetColumns.get(i),
                        source.column(sourceColumns.get(i)).column().type(),
                        false,
                        "any"))
                .toList();
        TablePlan plan = new TablePlan(source.table(), new Table(TARGET, target, targetKey), sourceColumns);
        return new UniqueIndexPlanner(List.of(plan), List.of(source), found);
    }

    private static SourceColumn column(String name, LogicalType type) {
        return new SourceColumn(
                new Column(name, type, false, "any"),
                "any",
                false,
                Optional.empty(),
                Optional.empty(),
                false,
                List.of());
    }
}
