package dev.crossfade.sink;

import static dev.crossfade.sink.TestPlans.ORDERS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.crossfade.model.Faults;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.ReferentialAction;
import dev.crossfade.model.ReferentialAction.Action;
import dev.crossfade.model.Table;
import dev.crossfade.sink.control.RunLock;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TargetSchemaIT {
    private static final String KEYS = "select conrelid::regclass, pg_get_constraintdef(oid) from pg_constraint"
            + " where contype = 'p' and connamespace = 'public'::regnamespace order by 1";

    private final TestTarget target = new TestTarget();
    private final MigrationPlan plan = TestPlans.plan("shop", ORDERS, AllTypes.TABLE);

    @Test
    void keysAreBuiltAfterAnInterruptionForWhatIsLeft() {
        AtomicInteger built = new AtomicInteger();
        TargetSchema dying = new TargetSchema(target.access(), point -> {
            if (built.incrementAndGet() == 1) {
                throw new IllegalStateException("killed at " + point);
            }
        });
        try (RunLock lock = target.begin("shop")) {
            dying.createTables(lock.epoch(), plan);
            dying.createTables(lock.epoch(), plan);
            assertThat(target.rows(KEYS)).isEmpty();

            assertThatThrownBy(() -> dying.buildKeys(lock.epoch(), plan, 1)).hasMessageContaining("SINK_WITHIN_KEYS");
            assertThat(target.rows(KEYS)).isNotEmpty();
            assertThat(new TargetSchema(target.access(), Faults.NONE)).satisfies(schema -> {
                schema.buildKeys(lock.epoch(), plan, 2);
                schema.buildKeys(lock.epoch(), plan, 2);
            });
        }

        assertThat(target.rows(KEYS))
                .containsExactly("orders|PRIMARY KEY (id)", "\"All \"\"Types\"\"\"|PRIMARY KEY (k)");
    }

    @Test
    void columnsThatReferToAParentGetAnIndexUnlessOneBeginsWithThem() throws InterruptedException {
        Table parents = GroupTarget.table("parents", "id", "area");
        Table keyed = GroupTarget.table("keyed", List.of("parent", "n"), "n", "parent");
        Table bare = GroupTarget.table("bare", "id", "parent", "area");
        List<ReferentialAction> actions = List.of(
                cascade(keyed, List.of("parent"), parents, List.of("id")),
                cascade(bare, List.of("parent"), parents, List.of("id")),
                cascade(bare, List.of("area", "parent"), parents, List.of("area", "id")));
        MigrationPlan grouped = TestPlans.grouped("shop", actions, parents, keyed, bare);
        TargetSchema schema = new TargetSchema(target.access(), Faults.NONE);
        try (RunLock lock = target.begin("shop")) {
            schema.createTables(lock.epoch(), grouped);
            target.execute("create index two on bare (parent, area, id)");

            schema.buildKeys(lock.epoch(), grouped, 1);
            schema.buildKeys(lock.epoch(), grouped, 1);
        }

        assertThat(target.rows("select indexdef from pg_indexes where schemaname = 'public' and tablename <> 'parents'"
                        + " order by 1"))
                .containsExactly(
                        "CREATE INDEX two ON public.bare USING btree (parent, area, id)",
                        "CREATE UNIQUE INDEX bare_pkey ON public.bare USING btree (id)",
                        "CREATE UNIQUE INDEX keyed_pkey ON public.keyed USING btree (parent, n)");
        target.execute("drop index two");
        try (RunLock lock = target.begin("shop")) {
            schema.buildKeys(lock.epoch(), grouped, 1);
        }
        assertThat(target.rows("select indexdef from pg_indexes where tablename = 'bare' order by 1"))
                .containsExactly(
                        "CREATE INDEX bare_area_parent_idx ON public.bare USING btree (area, parent)",
                        "CREATE INDEX bare_parent_idx ON public.bare USING btree (parent)",
                        "CREATE UNIQUE INDEX bare_pkey ON public.bare USING btree (id)");
    }

    private static ReferentialAction cascade(Table child, List<String> columns, Table parent, List<String> referenced) {
        return GroupTarget.action(child, columns, parent, referenced, Action.CASCADE, Action.CASCADE);
    }

    @Test
    void keyThatIsNotUniqueIsAnErrorOfTheTarget() {
        TargetSchema schema = new TargetSchema(target.access(), Faults.NONE);
        try (RunLock lock = target.begin("shop")) {
            schema.createTables(lock.epoch(), plan);
            target.execute("insert into orders values (1), (1)");

            assertThatThrownBy(() -> schema.buildKeys(lock.epoch(), plan, 2))
                    .isInstanceOf(MigrationException.class)
                    .hasMessageContaining("cannot build the primary key of public.orders: SQLSTATE 23505");
        }
    }
}
