package dev.crossfade.sink;

import static dev.crossfade.sink.TestPlans.ORDERS;
import static dev.crossfade.sink.TestPlans.column;
import static dev.crossfade.sink.TestPlans.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.crossfade.model.Faults;
import dev.crossfade.model.LogicalType;
import dev.crossfade.model.LogicalType.Kind;
import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.OrderGroup.Copy;
import dev.crossfade.model.Problem;
import dev.crossfade.model.Table;
import dev.crossfade.model.TableId;
import dev.crossfade.model.UniqueIndex;
import dev.crossfade.sink.control.RunLock;
import dev.crossfade.sink.control.TargetTable;
import dev.crossfade.sink.control.TargetTable.Standing;
import java.util.List;
import org.junit.jupiter.api.Test;

class TargetRemovalIT {
    private static final Table SALES = table(
            new TableId("sales", "Order \"Lines\""), List.of("id"), column("id", LogicalType.of(Kind.INT64), false));
    private static final String TABLES = "select schemaname, tablename from pg_tables"
            + " where schemaname not in ('pg_catalog', 'information_schema', 'crossfade') order by 1, 2";
    private static final String KEYS =
            "select conname from pg_constraint where contype = 'p' and conrelid = 'public.orders'::regclass";

    private static final String INDEXES = "select indexname from pg_indexes where tablename = 'orders' order by 1";

    private final TestTarget target = new TestTarget();
    private final TargetSchema schema = new TargetSchema(target.access(), Faults.NONE);
    private final MigrationPlan plan = TestPlans.plan("shop", ORDERS, SALES);
    private final TargetRemoval removal = new TargetRemoval(target.access(), "shop");

    private void removeAll(String migration) {
        try (RunLock lock = target.begin(migration)) {
            new TargetRemoval(target.access(), migration).remove(lock.epoch());
        }
    }

    private void create(MigrationPlan wanted) throws InterruptedException {
        try (RunLock lock = target.begin(wanted.migration())) {
            schema.createTables(lock.epoch(), wanted);
            schema.createTables(lock.epoch(), wanted); // a run that died here does it again
            schema.buildKeys(lock.epoch(), wanted, 2);
        }
    }

    @Test
    void tableWithoutAKeyThatWasThereLosesTheIndexThatFindsItsRows() throws InterruptedException {
        Table bag = GroupTarget.table("bag", List.of(), "a", "b");
        target.execute("create table bag (a bigint, b bigint)", "create index theirs on bag (a)");
        MigrationPlan wanted = TestPlans.grouped("shop", List.of(), bag);
        create(wanted);
        String indexes = "select count(*) from pg_indexes where tablename = 'bag'";
        assertThat(target.rows(indexes)).containsExactly("2");
        try (RunLock lock = target.begin("shop")) {
            schema.buildKeys(lock.epoch(), wanted, 1); // finds it
        }
        assertThat(target.rows(indexes)).containsExactly("2");

        removeAll("shop");

        assertThat(target.rows("select indexname from pg_indexes where tablename = 'bag'"))
                .containsExactly("theirs");
    }

    @Test
    void createdTablesAreDroppedWithTheirSchemaAndTheUsersStay() throws InterruptedException {
        target.execute("create table customers (id int)");
        create(plan);
        assertThat(removal.tables()).allMatch(TargetTable::created).hasSize(2);
        assertThat(removal.problems()).isEmpty();

        removeAll("shop");

        assertThat(target.rows(TABLES)).containsExactly("public|customers");
        assertThat(target.rows("select 1 from pg_namespace where nspname = 'sales'"))
                .isEmpty();
        assertThat(removal.tables()).isEmpty();
        removeAll("shop");
    }

    @Test
    void schemaWithSomethingOfTheUsersStays() throws InterruptedException {
        create(plan);
        target.execute("create table sales.own (id int)");

        removeAll("shop");

        assertThat(target.rows(TABLES)).containsExactly("sales|own");
    }

    @Test
    void tableThatWasThereIsEmptiedAndLosesTheKeyThatWasBuilt() throws InterruptedException {
        target.execute("create table orders (id bigint not null, note varchar(10), extra jsonb)");
        create(plan);
        target.execute("insert into orders values (1), (2)");
        assertThat(target.rows(KEYS)).hasSize(1);

        removeAll("shop");

        assertThat(target.rows(TABLES)).containsExactly("public|orders");
        assertThat(target.rows("select count(*) from orders")).containsExactly("0");
        assertThat(target.rows(KEYS)).isEmpty();
    }

    @Test
    void uniqueIndexThatWasBuiltGoesAndTheOneThatWasThereStays() throws InterruptedException {
        target.execute(
                "create table orders (id bigint not null, note varchar(10), extra jsonb)",
                "create unique index mine on orders (note, id)");
        UniqueIndex byNote = new UniqueIndex("orders_by_note", ORDERS.id(), List.of("note"));
        MigrationPlan unique = TestPlans.grouped("shop", Copy.CHUNKS, List.of(), List.of(byNote), ORDERS);
        create(unique);
        try (RunLock lock = target.begin("shop")) {
            schema.buildUniqueIndexes(lock.epoch(), unique);
        }
        assertThat(target.rows(INDEXES)).containsExactly("mine", "orders_by_note", "orders_pkey");

        removeAll("shop");

        assertThat(target.rows(INDEXES)).containsExactly("mine");
    }

    @Test
    void keyThatWasThereStays() throws InterruptedException {
        target.execute("create table orders (id bigint primary key, note varchar(10), extra jsonb)");
        create(plan);

        removeAll("shop");

        assertThat(target.rows(KEYS)).hasSize(1);
    }

    @Test
    void tableThatTookThePlaceOfOursIsTheUsers() throws InterruptedException {
        create(plan);
        target.execute("drop table orders", "create table orders (mine int)", "insert into orders values (1)");
        assertThat(removal.tables())
                .extracting(TargetTable::standing)
                .containsExactly(Standing.REPLACED, Standing.OURS);

        removeAll("shop");

        assertThat(target.rows("select mine from orders")).containsExactly("1");
    }

    @Test
    void tableThatIsMadeAgainIsOursAgain() throws InterruptedException {
        target.execute("create table orders (id bigint primary key, note varchar(10), extra jsonb)");
        create(plan);
        target.execute("drop table orders");

        create(plan);

        assertThat(removal.tables())
                .extracting(TargetTable::created, TargetTable::standing)
                .containsExactly(tuple(true, Standing.OURS), tuple(true, Standing.OURS));
    }

    @Test
    void tableThatAnotherMigrationFillsTooStaysUntilItIsTheLast() throws InterruptedException {
        create(plan);
        create(TestPlans.plan("other", ORDERS));

        removeAll("shop");

        assertThat(target.rows(TABLES)).containsExactly("public|orders");
        assertThat(new TargetRemoval(target.access(), "other").tables())
                .singleElement()
                .satisfies(table -> assertThat(table.standing()).isEqualTo(Standing.OURS));
    }

    @Test
    void whatOthersHaveBuiltUponATableIsAProblem() throws InterruptedException {
        create(plan);
        target.execute(
                "create view order_notes as select note from orders",
                "create table refunds (order_id bigint references orders)",
                "create index on orders (note)",
                "alter table sales.\"Order \"\"Lines\"\"\" add foreign key (id) references orders");

        assertThat(removal.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.code()).isEqualTo("TARGET-DEPENDENT");
            assertThat(problem.toString())
                    .contains("table public.orders: it cannot be dropped, since others need it")
                    .contains("view order_notes")
                    .contains("constraint refunds_order_id_fkey on table refunds")
                    .doesNotContain("Lines");
        });

        target.execute("drop view order_notes", "drop table refunds");
        assertThat(removal.problems()).isEmpty();
        removeAll("shop");
        assertThat(target.rows(TABLES)).isEmpty();
    }

    @Test
    void foreignKeyOfAnotherTableUponOneThatIsEmptiedIsAProblem() throws InterruptedException {
        target.execute("create table orders (id bigint primary key, note varchar(10), extra jsonb)");
        create(plan);
        target.execute(
                "create view order_notes as select note from orders",
                "create table refunds (order_id bigint references orders)");

        assertThat(removal.problems()).singleElement().satisfies(problem -> assertThat(problem.seen())
                .isEqualTo("it cannot be emptied, since others need it: constraint refunds_order_id_fkey on table"
                        + " refunds"));
    }

    @Test
    void missingRightsAreProblems() throws InterruptedException {
        target.execute("create table orders (id bigint primary key, note varchar(10), extra jsonb)");
        create(plan);
        target.execute(
                "drop role if exists visitor",
                "create role visitor login password 'visitor'",
                "grant usage on schema crossfade, public, sales to visitor",
                "grant select on all tables in schema crossfade to visitor");
        try {
            TargetRemoval asVisitor = new TargetRemoval(target.access("visitor", "visitor"), "shop");

            assertThat(asVisitor.problems())
                    .extracting(Problem::code, Problem::remedy)
                    .containsExactly(
                            tuple("TARGET-RIGHT", "grant delete on \"public\".\"orders\" to \"visitor\""),
                            tuple(
                                    "TARGET-RIGHT",
                                    "alter table \"sales\".\"Order \"\"Lines\"\"\" owner to \"visitor\""));
        } finally {
            target.execute("drop owned by visitor", "drop role visitor");
        }
    }
}
