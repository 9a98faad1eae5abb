package dev.crossfade.pipeline.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.capture.source.RefusedColumn;
import dev.crossfade.capture.source.SourceColumn;
import dev.crossfade.capture.source.SourceIndex;
import dev.crossfade.capture.source.SourceTable;
import dev.crossfade.model.Column;
import dev.crossfade.model.LogicalType;
import dev.crossfade.model.LogicalType.Kind;
import dev.crossfade.model.Problem;
import dev.crossfade.model.TableId;
import dev.crossfade.model.TablePlan;
import dev.crossfade.pipeline.TableRule;
import dev.crossfade.pipeline.TableRule.ColumnRule;
import dev.crossfade.pipeline.TableRule.Drop;
import dev.crossfade.pipeline.TableRule.FilePlace;
import dev.crossfade.pipeline.TableRule.KeyRule;
import dev.crossfade.pipeline.TableRule.Take;
import dev.crossfade.pipeline.TableRule.TakeOthers;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RuleResolverTest {
    private static final FilePlace PLACE = new FilePlace("migration.yml", 7, 5);

    private static SourceColumn column(String name, LogicalType type, boolean nullable, String declaration) {
        return new SourceColumn(
                new Column(name, type, nullable, declaration),
                declaration,
                false,
                Optional.empty(),
                Optional.empty(),
                false,
                List.of());
    }

    private static SourceTable table(String name, RefusedColumn... refused) {
        return table(name, List.of(), refused);
    }

    private static SourceTable table(String name, List<SourceIndex> indexes, RefusedColumn... refused) {
        return new SourceTable(
                new TableId("shop", name),
                "InnoDB",
                List.of(
                        column("id", LogicalType.of(Kind.INT32), false, "int(11)"),
                        column("email", LogicalType.text(120), false, "varchar(120)"),
                        column("born", LogicalType.of(Kind.DATE), false, "date"),
                        column("nick", LogicalType.text(20), true, "varchar(20)"),
                        column("rank", LogicalType.of(Kind.FLOAT64), false, "double")),
                List.of(refused),
                List.of("id"),
                false,
                indexes,
                10,
                1_000,
                List.of());
    }

    private static TableRule rule(String from, String to, ColumnRule... columns) {
        return new TableRule(
                PLACE,
                "shop",
                from,
                "public",
                to,
                columns.length == 0 ? Optional.empty() : Optional.of(List.of(columns)));
    }

    private static TableRule keyed(List<String> key, ColumnRule... columns) {
        return new TableRule(
                PLACE,
                "shop",
                "users",
                "public",
                "people",
                Optional.of(List.of(columns)),
                Optional.of(new KeyRule(new FilePlace("migration.yml", 9, 10), key)));
    }

    private static SourceIndex unique(String... columns) {
        return new SourceIndex("one", true, List.of(columns), true, true);
    }

    @Test
    void anotherKeyIsTakenIfTheSourceProvesItUniqueAndTheSourcesOwnMayGo() {
        RuleResolver resolver = new RuleResolver("move", List.of(table("users", List.of(unique("email")))));

        List<TablePlan> plans = resolver.resolve(List.of(
                keyed(List.of("born", "mail"), new Take(PLACE, "mail", "email"), new Take(PLACE, "born", "born"))));

        assertThat(resolver.problems()).isEmpty();
        assertThat(plans.get(0).target().key()).containsExactly("born", "mail");
        assertThat(plans.get(0).target().keyColumns()).noneMatch(Column::nullable);
        assertThat(RekeyedTables.reasons(plans)).singleElement().satisfies(reason -> assertThat(reason.text())
                .isEqualTo("re-keyed: the key of public.people is [born, mail], the key of shop.users is [id]"));
    }

    @Test
    void anIndexOverTheBeginningOfAColumnProvesTheWholeColumnUnique() {
        SourceIndex beginning = new SourceIndex("one", true, List.of("email"), false, true);
        RuleResolver resolver = new RuleResolver("move", List.of(table("users", List.of(beginning))));

        resolver.resolve(List.of(keyed(List.of("email"), new TakeOthers(PLACE))));

        assertThat(resolver.problems()).isEmpty();
    }

    @Test
    void aKeyThatHoldsTheSourcesKeyNeedsNoProofAndNoGroup() {
        RuleResolver resolver = new RuleResolver("move", List.of(table("users")));

        List<TablePlan> plans = resolver.resolve(
                List.of(keyed(List.of("email", "number"), new Take(PLACE, "number", "id"), new TakeOthers(PLACE))));

        assertThat(resolver.problems()).isEmpty();
        assertThat(plans.get(0).target().key()).containsExactly("email", "number");
        assertThat(RekeyedTables.reasons(plans)).isEmpty();
    }

    @Test
    void aKeyThatNothingProvesUniqueHasAStoreByTheSourcesKeyAndARisk() {
        SourceIndex expression = new SourceIndex("lower", true, List.of("email"), false, false);
        SourceIndex plain = new SourceIndex("plain", false, List.of("email"), true, true);
        RuleResolver resolver =
                new RuleResolver("move", List.of(table("users", List.of(unique("email", "nick"), expression, plain))));

        List<TablePlan> plans = resolver.resolve(
                List.of(keyed(List.of("email", "born"), new Take(PLACE, "number", "id"), new TakeOthers(PLACE))));

        assertThat(resolver.problems()).isEmpty();
        assertThat(plans).singleElement().satisfies(plan -> {
            assertThat(plan.written().id().schema()).isEqualTo("crossfade");
            assertThat(plan.written().id().name()).startsWith("rows_move_");
            assertThat(plan.written().key()).containsExactly("number");
            assertThat(plan.written().columns()).isEqualTo(plan.target().columns());
        });
        assertThat(RekeyedTables.reasons(plans)).singleElement().satisfies(reason -> assertThat(reason.text())
                .endsWith("and nothing on the source keeps it unique"));
        assertThat(RekeyedTables.risks(plans))
                .singleElement()
                .asString()
                .startsWith("KEY-SHARED public.people: several rows of shop.users may share its key [email, born]")
                .endsWith("ALTER TABLE `shop`.`users` ADD UNIQUE INDEX (`email`, `born`)");
    }

    @Test
    void aKeyThatNothingProvesUniqueIsRefusedIfTheSourcesOwnIsDropped() {
        RuleResolver resolver = new RuleResolver("move", List.of(table("users")));

        resolver.resolve(List.of(keyed(List.of("email", "born"), new Drop(PLACE, "id"), new TakeOthers(PLACE))));

        assertThat(resolver.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.code()).isEqualTo("KEY-NOT-UNIQUE");
            assertThat(problem.subject()).isEqualTo("migration.yml:9:10");
            assertThat(problem.seen()).contains("key [email, born] is filled from shop.users (email, born)");
            assertThat(problem.seen()).contains("the mapping drops a column of its key [id]");
            assertThat(problem.remedy()).isEqualTo("ALTER TABLE `shop`.`users` ADD UNIQUE INDEX (`email`, `born`)");
        });
    }

    @Test
    void aKeyOfUnknownNullableOrInexactColumnsIsRefused() {
        RuleResolver resolver =
                new RuleResolver("move", List.of(table("users", List.of(unique("nick"), unique("rank")))));

        resolver.resolve(List.of(keyed(List.of("emial", "nick", "rank"), new TakeOthers(PLACE))));

        assertThat(resolver.problems())
                .extracting(Problem::code)
                .containsExactly("COLUMN-UNKNOWN", "KEY-NULLABLE", "KEY-TYPE");
        assertThat(resolver.problems().get(0).seen())
                .isEqualTo("key names column 'emial', which target table public.people does not get;"
                        + " did you mean 'email'?");
    }

    @Test
    void wildcardTakesEveryTableThatNoOtherRuleNames() {
        RuleResolver resolver = new RuleResolver("move", List.of(table("orders"), table("users"), table("visits")));

        List<TablePlan> plans = resolver.resolve(List.of(rule("users", "accounts"), rule("*", "*")));

        assertThat(resolver.problems()).isEmpty();
        assertThat(plans.stream()
                        .map(plan -> plan.source().id() + ">" + plan.target().id()))
                .containsExactly(
                        "shop.users>public.accounts", "shop.orders>public.orders", "shop.visits>public.visits");
    }

    @Test
    void renamesDropsAndReordersColumns() {
        RuleResolver resolver = new RuleResolver("move", List.of(table("users")));

        List<TablePlan> plans = resolver.resolve(List.of(rule(
                "users", "users", new Take(PLACE, "mail", "email"), new TakeOthers(PLACE), new Drop(PLACE, "born"))));

        assertThat(resolver.problems()).isEmpty();
        assertThat(plans.get(0).target().columns().stream().map(Column::name))
                .containsExactly("mail", "id", "nick", "rank");
        assertThat(plans.get(0).sourceColumns()).containsExactly("email", "id", "nick", "rank");
        assertThat(plans.get(0).target().key()).containsExactly("id");
    }

    @Test
    void dateColumnsBecomeNullableBecauseAZeroDateBecomesNull() {
        RuleResolver resolver = new RuleResolver("move", List.of(table("users")));

        Column born = resolver.resolve(List.of(rule("users", "users")))
                .get(0)
                .target()
                .columns()
                .get(2);

        assertThat(born.nullable()).isTrue();
    }

    @Test
    void reportsEveryProblemWithItsPlaceAndTheNearestName() {
        RuleResolver resolver = new RuleResolver("move", List.of(table("orders"), table("users")));

        resolver.resolve(List.of(
                rule("oders", "orders"),
                rule("users", "users", new Take(PLACE, "mail", "emial"), new TakeOthers(PLACE))));

        assertThat(resolver.problems().stream().map(Problem::toString))
                .containsExactly(
                        "migration.yml:7:5: source has no table 'shop.oders'; did you mean 'shop.orders'? [TABLE-UNKNOWN]",
                        "migration.yml:7:5: source table shop.users has no column 'emial'; did you mean 'email'?"
                                + " [COLUMN-UNKNOWN]");
    }

    @Test
    void refusesAColumnOfATypeThatIsNotCarriedUnlessItIsDropped() {
        RefusedColumn place = new RefusedColumn("place", "geometry", "is of type geometry, which is not carried");
        RuleResolver refusing = new RuleResolver("move", List.of(table("shops", place)));
        RuleResolver dropping = new RuleResolver("move", List.of(table("shops", place)));

        refusing.resolve(List.of(rule("shops", "shops")));
        List<TablePlan> plans =
                dropping.resolve(List.of(rule("shops", "shops", new TakeOthers(PLACE), new Drop(PLACE, "place"))));

        assertThat(refusing.problems())
                .singleElement()
                .asString()
                .contains("shop.shops.place")
                .contains("geometry")
                .contains("place: drop");
        assertThat(dropping.problems()).isEmpty();
        assertThat(plans).hasSize(1);
    }

    @Test
    void refusesToLeaveOutAKeyColumn() {
        RuleResolver resolver = new RuleResolver("move", List.of(table("users")));

        resolver.resolve(List.of(rule("users", "users", new Drop(PLACE, "id"), new TakeOthers(PLACE))));

        assertThat(resolver.problems())
                .singleElement()
                .asString()
                .contains("'id'")
                .contains("KEY-DROPPED");
    }

    @Test
    void refusesTwoSourcesForOneTarget() {
        RuleResolver resolver = new RuleResolver("move", List.of(table("orders"), table("users")));

        List<TablePlan> plans = resolver.resolve(List.of(rule("orders", "things"), rule("users", "things")));

        assertThat(plans).hasSize(1); // a plan names no table twice
        assertThat(resolver.problems())
                .singleElement()
                .asString()
                .contains("public.things is already taken by migration.yml:7:5");
    }
}
