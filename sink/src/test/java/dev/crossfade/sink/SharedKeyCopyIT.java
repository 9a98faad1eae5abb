package dev.crossfade.sink;

import static dev.crossfade.sink.GroupTarget.insert;
import static dev.crossfade.sink.GroupTarget.row;
import static dev.crossfade.sink.GroupTarget.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.crossfade.model.BinlogPosition;
import dev.crossfade.model.CopyBegin;
import dev.crossfade.model.CopyEnd;
import dev.crossfade.model.Faults;
import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.RowChange;
import dev.crossfade.model.Table;
import dev.crossfade.model.TableId;
import dev.crossfade.model.TableStop;
import dev.crossfade.sink.control.ControlSchema;
import dev.crossfade.sink.control.RunLock;
import dev.crossfade.sink.target.Names;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The store of a table whose key several rows of the source share is filled, emptied and dropped with the table. */
class SharedKeyCopyIT {
    private static final Table MEMBERS = table("members", List.of("mail"), "id", "mail", "n");
    private static final TableId SOURCE = new TableId("shop", "members");
    private static final BinlogPosition LATER = new BinlogPosition("binlog.000002", 900, "");

    private static String quoted(Table store) {
        return Names.quote(store.id());
    }

    @Test
    void aCopyThatEndsFillsTheTargetAndOneThatBeginsAnewEmptiesTheStoreToo() throws Exception {
        TestTarget target = new TestTarget();
        String migration = "shared-" + target.database().replace('_', '-');
        MigrationPlan plan = TestPlans.sharedKey(migration, List.of(), MEMBERS, "id");
        String store = quoted(plan.tables().get(0).written());
        String group = plan.groups().get(0).name();
        try (TestLog log = new TestLog(migration, 1, 1);
                RunLock lock = target.begin(migration)) {
            TargetSchema schema = new TargetSchema(target.access(), Faults.NONE);
            schema.createTables(lock.epoch(), plan);
            log.writeChunk(0, new CopyBegin(group, GroupTarget.COPY));
            GroupTarget.writeChunk(log, SOURCE, List.of(row(MEMBERS, 9, 90, 9)));
            log.writeChunk(0, new CopyBegin(group, LATER));
            GroupTarget.writeChunk(
                    log, SOURCE, List.of(row(MEMBERS, 2, 7, 2), row(MEMBERS, 1, 7, 1), row(MEMBERS, 3, 8, 3)));
            log.writeChunk(0, new CopyEnd(group, Map.of(SOURCE, 1)));
            try (Sink sink =
                    new Sink(new SinkSettings(1, 1), target.access(), plan, lock.epoch(), log.client(), Faults.NONE)) {
                sink.startChunks();
                await().until(() -> !target.rows("select * from members").isEmpty());
            }

            assertThat(target.rows("select * from members order by id")).containsExactly("1|7|1", "3|8|3");
            assertThat(target.rows("select id from " + store + " order by id")).containsExactly("1", "2", "3");
            schema.buildKeys(lock.epoch(), plan, 2);
            schema.buildKeys(lock.epoch(), plan, 2);
            assertThat(target.rows("select count(*) from pg_index where indrelid = '" + store + "'::regclass"))
                    .containsExactly("2");
        }
        new ControlSchema(target.access()).forget(migration);
        assertThat(target.rows("select nspname from pg_namespace where nspname = 'crossfade'"))
                .isEmpty();
    }

    @Test
    void aTableThatHasStoppedIsCopiedAgainWithItsStoreAndReplayed() throws InterruptedException {
        try (GroupTarget members = GroupTarget.withStore(List.of(), MEMBERS, "id")) {
            members.apply(insert(MEMBERS, 1, 7, 1), insert(MEMBERS, 2, 7, 2), insert(MEMBERS, 3, 8, 3));
            members.apply(new TableStop(SOURCE, "TRUNCATE", "it was emptied", "truncate table members", LATER));
            members.apply(insert(MEMBERS, 4, 9, 4)); // held back, and in the copy

            try (Sink sink = members.sink(Faults.NONE)) {
                sink.startRows();
                String unit = members.copyAgain(
                        sink,
                        LATER,
                        row(MEMBERS, 5, 8, 5),
                        row(MEMBERS, 2, 7, 2),
                        row(MEMBERS, 6, 7, 6),
                        row(MEMBERS, 4, 9, 4));

                assertThat(members.rows(MEMBERS)).containsExactly("2|7|2", "4|9|4", "5|8|5");
                members.write(
                        new RowChange(MEMBERS.id(), LATER, Optional.of(row(MEMBERS, 2, 7, 2)), Optional.empty()),
                        new RowChange(MEMBERS.id(), LATER, Optional.empty(), Optional.of(row(MEMBERS, 1, 8, 1))));
                sink.startReplay(unit, Set.of(0));
                await().until(() -> members.rows(MEMBERS).equals(List.of("1|8|1", "4|9|4", "6|7|6")));
            }
            assertThat(members.database().rows("select id from " + quoted(members.store()) + " order by 1"))
                    .containsExactly("1", "4", "5", "6");
        }
    }

    @Test
    void storesOfAnotherMigrationStay() throws Exception {
        TestTarget target = new TestTarget();
        for (String migration : List.of("shop", "shop-2")) {
            try (RunLock lock = target.begin(migration)) {
                new TargetSchema(target.access(), Faults.NONE)
                        .createTables(lock.epoch(), TestPlans.sharedKey(migration, List.of(), MEMBERS, "id"));
            }
        }

        ControlSchema control = new ControlSchema(target.access());
        assertThat(control.stores("shop")).singleElement().asString().startsWith("crossfade.rows_shop_");
        control.forget("shop");

        assertThat(control.stores("shop")).isEmpty();
        assertThat(target.rows("select relname from pg_class where relname like 'rows%' and relkind = 'r'"))
                .singleElement()
                .asString()
                .startsWith("rows_shop-2_");
    }
}
