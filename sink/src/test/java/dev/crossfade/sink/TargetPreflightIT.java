package dev.crossfade.sink;

import static dev.crossfade.sink.TestPlans.ORDERS;
import static dev.crossfade.sink.TestPlans.column;
import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.model.Faults;
import dev.crossfade.model.LogicalType;
import dev.crossfade.model.LogicalType.Kind;
import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.Problem;
import dev.crossfade.model.ReferentialAction;
import dev.crossfade.model.ReferentialAction.Action;
import dev.crossfade.model.Table;
import dev.crossfade.model.TableId;
import dev.crossfade.sink.control.MigrationStore;
import dev.crossfade.sink.control.RunLock;
import dev.crossfade.sink.target.TargetPreflight;
import java.util.List;
import org.junit.jupiter.api.Test;

class TargetPreflightIT {
    private final TestTarget target = new TestTarget();
    private final MigrationPlan plan = TestPlans.plan("shop", ORDERS, AllTypes.TABLE);

    private List<String> problems(MigrationPlan checked) {
        return TargetPreflight.check(target.access(), checked).stream()
                .map(problem -> problem.code() + " " + problem.subject() + " mend: " + problem.remedy())
                .toList();
    }

    @Test
    void absentTablesAreNoProblem() {
        assertThat(problems(plan)).isEmpty();
    }

    @Test
    void tablesThatWeMakeOurselvesFit() throws InterruptedException {
        try (RunLock lock = target.begin("shop")) {
            TargetSchema schema = new TargetSchema(target.access(), Faults.NONE);
            schema.createTables(lock.epoch(), plan);
            assertThat(problems(plan)).isEmpty();
            schema.buildKeys(lock.epoch(), plan, 2);
            assertThat(problems(plan)).isEmpty();
        }
    }

    @Test
    void filledTableIsRefusedUntilTheMigrationHasBegun() {
        target.execute("create table orders (id bigint primary key, note varchar(10), extra jsonb)");
        target.execute("insert into orders values (1)");

        assertThat(problems(plan))
                .containsExactly(
                        "TARGET-NOT-EMPTY table public.orders mend: truncate table \"public\".\"orders\", or keep"
                                + " them: alter table \"public\".\"orders\" rename to \"orders_before\"");

        try (RunLock lock = target.begin("shop")) {
            new MigrationStore(target.access(), "shop").begin(lock.epoch(), "hash", "plan", "PLANNED");
            assertThat(problems(plan)).isEmpty();
        }
    }

    @Test
    void columnsThatDoNotFitComeWithTheStatement() {
        target.execute(
                "create table orders (note varchar(5) not null, extra json, extra2 int not null, id int primary key)");

        assertThat(problems(plan))
                .containsExactly(
                        "TARGET-COLUMN column public.orders.id mend: alter table \"public\".\"orders\" alter column \"id\" type bigint",
                        "TARGET-COLUMN column public.orders.note mend: alter table \"public\".\"orders\" alter column \"note\" type character varying(10)",
                        "TARGET-COLUMN column public.orders.note mend: alter table \"public\".\"orders\" alter column \"note\" drop not null",
                        "TARGET-COLUMN column public.orders.extra mend: alter table \"public\".\"orders\" alter column \"extra\" type jsonb",
                        "TARGET-COLUMN column public.orders.extra2 mend: alter table \"public\".\"orders\" alter column \"extra2\" drop not null");
    }

    @Test
    void triggersForeignKeysExclusionsAndOtherKeysAreNamed() {
        target.execute(
                "create table parent (id bigint primary key)",
                "create table orders (id bigint references parent, note varchar(10) primary key, extra jsonb)",
                "alter table orders add exclude using btree (note with =)",
                "create function f() returns trigger language plpgsql as 'begin return new; end'",
                "create trigger t before insert on orders for each row execute function f()");

        assertThat(TargetPreflight.check(target.access(), plan))
                .extracting(Problem::code)
                .containsExactly(
                        "TARGET-COLUMN", "TARGET-KEY", "TARGET-TRIGGER", "TARGET-FOREIGN-KEY", "TARGET-EXCLUSION");
    }

    @Test
    void keyThatTakesTwoKeysForOneAndTableThatACrashEmptiesAreNamed() {
        Table codes = TestPlans.table(
                new TableId("public", "codes"),
                List.of("code"),
                column("code", LogicalType.text(10), false),
                column("label", LogicalType.text(10), true));
        target.execute(
                "create collation folding (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
                "create unlogged table codes (code varchar(10) collate folding primary key, label varchar(10) collate folding)");

        assertThat(problems(TestPlans.plan("shop", codes)))
                .containsExactly(
                        "TARGET-COLUMN column public.codes.code mend: alter table \"public\".\"codes\" alter column"
                                + " \"code\" type character varying(10) collate \"C\"",
                        "TARGET-UNLOGGED table public.codes mend: alter table \"public\".\"codes\" set logged");
    }

    @Test
    void namesThatPostgresCannotTakeAreRefused() {
        Table named = TestPlans.table(
                new TableId("crossfade", "ü".repeat(32)),
                List.of("ctid"),
                column("ctid", LogicalType.of(Kind.INT64), false));

        assertThat(TargetPreflight.check(target.access(), TestPlans.plan("shop", named)))
                .extracting(Problem::code)
                .containsExactly("NAME-TOO-LONG", "NAME-CLASH", "NAME-CLASH");
    }

    @Test
    void accountWithoutRightsIsToldWhichToGrant() {
        target.execute(
                "create role poor login",
                "create table orders (id bigint primary key, note varchar(10), extra jsonb)",
                "revoke create on schema public from public");
        Table elsewhere = TestPlans.table(
                new TableId("sales", "other"), List.of("id"), column("id", LogicalType.of(Kind.INT64), false));

        List<Problem> problems =
                TargetPreflight.check(target.access("poor", ""), TestPlans.plan("shop", ORDERS, elsewhere));

        target.execute("drop role poor");
        assertThat(problems).extracting(Problem::code).containsOnly("TARGET-RIGHT");
        assertThat(problems)
                .extracting(Problem::remedy)
                .contains(
                        "grant create on database \"" + target.database() + "\" to \"poor\"",
                        "grant usage, create on schema \"public\" to \"poor\"",
                        "grant insert on \"public\".\"orders\" to \"poor\"");
    }

    @Test
    void accountThatCannotEmptyOrIndexTheTablesOfAGroupIsTold() {
        Table parents = GroupTarget.table("parents", "id");
        Table children = GroupTarget.table("children", "id", "parent");
        ReferentialAction cascade =
                GroupTarget.action(children, List.of("parent"), parents, List.of("id"), Action.CASCADE, Action.NONE);
        target.execute(
                "create role clerk login",
                "create table parents (id bigint primary key)",
                "create table children (id bigint primary key, parent bigint)",
                "grant create on schema public to clerk",
                "grant select, insert, update, delete on parents, children to clerk",
                "grant create on database " + target.database() + " to clerk");

        List<Problem> problems = TargetPreflight.check(
                target.access("clerk", ""), TestPlans.grouped("shop", List.of(cascade), parents, children));

        target.execute("drop owned by clerk", "drop role clerk");
        assertThat(problems)
                .extracting(Problem::remedy)
                .containsExactly(
                        "grant truncate on \"public\".\"parents\" to \"clerk\"",
                        "grant truncate on \"public\".\"children\" to \"clerk\"",
                        "create index on \"public\".\"children\" (\"parent\")");
    }

    @Test
    void unreachableServerAndUnknownDatabaseAreOneProblem() {
        target.execute("create role stranger");

        assertThat(TargetPreflight.check(target.access("stranger", ""), plan))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.code()).isEqualTo("TARGET-UNREACHABLE");
                    assertThat(problem.seen()).contains("SQLSTATE 28000");
                });
        target.execute("drop role stranger");
    }
}
