package dev.crossfade.sink;

import static dev.crossfade.sink.TestPlans.ORDERS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.crossfade.model.Faults;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.OrderGroup.Copy;
import dev.crossfade.model.ReferentialAction;
import dev.crossfade.model.ReferentialAction.Action;
import dev.crossfade.model.Table;
import dev.crossfade.model.TableId;
import dev.crossfade.model.UniqueIndex;
import dev.crossfade.sink.control.RunLock;
import dev.crossfade.sink.target.UniqueIndexes;
import dev.crossfade.sink.target.UniqueIndexes.Found;
import java.sql.Connection;
import java.sql.SQLException;
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
    void uniqueIndexesAreBuiltAfterAnInterruptionForWhatIsLeftAndAreKnownAsOurs()
            throws InterruptedException, SQLException {
        Table users = GroupTarget.table("users", "id", "mail", "code");
        UniqueIndex byMail = new UniqueIndex("users_by_mail", users.id(), List.of("mail"));
        UniqueIndex byBoth = new UniqueIndex("users_by_both", users.id(), List.of("code", "mail"));
        MigrationPlan unique = TestPlans.grouped("shop", Copy.CHUNKS, List.of(), List.of(byMail, byBoth), users);
        TargetSchema schema = new TargetSchema(target.access(), Faults.NONE);
        TargetSchema dying = new TargetSchema(target.access(), point -> {
            throw new IllegalStateException("killed at " + point);
        });
        try (RunLock lock = target.begin("shop")) {
            schema.createTables(lock.epoch(), unique);
            target.execute("create unique index mine on users (code, id)");

            assertThatThrownBy(() -> dying.buildUniqueIndexes(lock.epoch(), unique))
                    .hasMessageContaining("SINK_WITHIN_INDEXES");
            schema.buildUniqueIndexes(lock.epoch(), unique);
            schema.buildUniqueIndexes(lock.epoch(), unique);
        }

        assertThat(target.rows("select indexdef from pg_indexes where tablename = 'users' order by 1"))
                .containsExactly(
                        "CREATE UNIQUE INDEX mine ON public.users USING btree (code, id)",
                        "CREATE UNIQUE INDEX users_by_both ON public.users USING btree (code, mail)",
                        "CREATE UNIQUE INDEX users_by_mail ON public.users USING btree (mail)");
        try (Connection connection = target.access().open()) {
            assertThat(UniqueIndexes.found(connection, "shop", List.of(users.id())))
                    .containsExactly(new Found("mine", users.id(), List.of("code", "id"), true));
            assertThat(UniqueIndexes.found(connection, "another", List.of(users.id())))
                    .hasSize(3);
        }
    }

    @Test
    void uniqueIndexesThatTheUserHasAreToldByWhatTheyCompare() throws SQLException {
        target.execute(
                "create collation blind (provider = icu, locale = 'und', deterministic = false)",
                "create table users (id int primary key, mail text, code int)",
                "create unique index a_plain on users (code desc, mail) include (id)",
                "create unique index b_partial on users (code) where code > 0",
                "create unique index c_lower on users (lower(mail), code)",
                "create unique index d_blind on users (mail collate blind)",
                "create index e_not_unique on users (code)");
        TableId users = new TableId("public", "users");

        try (Connection connection = target.access().open()) {
            assertThat(UniqueIndexes.found(connection, "shop", List.of(users, new TableId("public", "absent"))))
                    .containsExactly(
                            new Found("a_plain", users, List.of("code", "mail"), true),
                            new Found("b_partial", users, List.of("code"), false),
                            new Found("c_lower", users, List.of("code"), false),
                            new Found("d_blind", users, List.of("mail"), false));
        }
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
