package dev.crossfade.sink;

import static dev.crossfade.sink.GroupTarget.COPY;
import static dev.crossfade.sink.GroupTarget.action;
import static dev.crossfade.sink.GroupTarget.delete;
import static dev.crossfade.sink.GroupTarget.insert;
import static dev.crossfade.sink.GroupTarget.row;
import static dev.crossfade.sink.GroupTarget.table;
import static dev.crossfade.sink.GroupTarget.update;
import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.model.BinlogPosition;
import dev.crossfade.model.Column;
import dev.crossfade.model.FaultPoint;
import dev.crossfade.model.Faults;
import dev.crossfade.model.ReferentialAction;
import dev.crossfade.model.ReferentialAction.Action;
import dev.crossfade.model.Row;
import dev.crossfade.model.RowChange;
import dev.crossfade.model.Table;
import dev.crossfade.model.TableId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Changes of an order group as such: from where on they are applied, what a crash and a refused value do, and values of every type. */
class GroupApplierIT {
    private static final Table PARENTS = table("parents", "id", "code");
    private static final Table CHILDREN = table("children", "id", "parent");
    private static final List<ReferentialAction> CASCADE =
            List.of(action(CHILDREN, List.of("parent"), PARENTS, List.of("id"), Action.CASCADE, Action.CASCADE));
    private static final List<ReferentialAction> SET_NULL =
            List.of(action(CHILDREN, List.of("parent"), PARENTS, List.of("id"), Action.SET_NULL, Action.NONE));

    private static RowChange at(BinlogPosition transaction, RowChange change) {
        return new RowChange(change.table(), transaction, change.before(), change.after());
    }

    @Test
    void changesOfTransactionsBeforeTheCopyLeaveNoTrace() throws InterruptedException {
        BinlogPosition before = new BinlogPosition("binlog.000002", COPY.offset() - 1, "");
        BinlogPosition longBefore = new BinlogPosition("binlog.000001", 9_000, "");
        BinlogPosition after = new BinlogPosition("binlog.000003", 4, "");
        try (GroupTarget group = new GroupTarget(CASCADE, PARENTS, CHILDREN)) {
            group.database()
                    .execute("insert into parents values (1, 0)", "insert into children values (11, 1), (12, 1)");

            group.apply(
                    at(longBefore, delete(PARENTS, 1, 0)),
                    at(longBefore, insert(PARENTS, 5, 0)),
                    at(before, update(PARENTS, row(PARENTS, 1, 0), row(PARENTS, 2, 0))),
                    at(COPY, delete(CHILDREN, 11, 1)),
                    at(after, update(PARENTS, row(PARENTS, 1, 0), row(PARENTS, 3, 0))));

            assertThat(group.rows(PARENTS)).containsExactly("3|0");
            assertThat(group.rows(CHILDREN)).containsExactly("12|3");
        }
    }

    @Test
    void changesOfAGroupWithoutACompleteCopyAreNotApplied() throws Exception {
        try (GroupTarget group = new GroupTarget(CASCADE, PARENTS, CHILDREN)) {
            group.database().execute("update crossfade.group_copy set chunks = null");
            group.write(insert(PARENTS, 1, 0));

            try (Sink sink = group.sink(Faults.NONE)) {
                sink.startRows();
                assertThat(sink.failure().get(20, TimeUnit.SECONDS))
                        .hasMessageContaining("public.parents has no complete copy");
            }
            assertThat(group.rows(PARENTS)).isEmpty();
        }
    }

    @Test
    void actionsAreDoneOnceWhateverBreaksBeforeThem() throws InterruptedException {
        List<FaultPoint> ended = new ArrayList<>();
        AtomicInteger commits = new AtomicInteger();
        try (GroupTarget group = new GroupTarget(CASCADE, PARENTS, CHILDREN)) {
            group.apply(
                    point -> {
                        if (point == FaultPoint.SINK_WITHIN_ACTIONS && ended.size() < 2) {
                            ended.add(point);
                            group.database()
                                    .rows(
                                            "select pg_terminate_backend(pid) from pg_stat_activity where state = 'idle in transaction'");
                        }
                        if (point == FaultPoint.SINK_AFTER_COMMIT && commits.incrementAndGet() == 1) {
                            throw TestFaults.connectionBroke();
                        }
                    },
                    insert(PARENTS, 1, 0),
                    insert(CHILDREN, 11, 1),
                    delete(PARENTS, 1, 0),
                    insert(PARENTS, 1, 0),
                    insert(CHILDREN, 12, 1),
                    update(PARENTS, row(PARENTS, 1, 0), row(PARENTS, 2, 0)));

            assertThat(ended).hasSize(2);
            assertThat(group.rows(PARENTS)).containsExactly("2|0");
            assertThat(group.rows(CHILDREN)).containsExactly("12|2");
        }
    }

    @Test
    void actionThatTheTargetRefusesStopsTheGroupAndIsNamedByItsForeignKey() throws Exception {
        try (GroupTarget group = new GroupTarget(SET_NULL, PARENTS, CHILDREN)) {
            group.apply(insert(PARENTS, 1, 0), insert(CHILDREN, 11, 1));
            group.database().execute("alter table children alter column parent set not null");

            group.apply(insert(PARENTS, 2, 0), delete(PARENTS, 1, 0));

            assertThat(group.database().rows("select unit, reason from crossfade.table_stop"))
                    .singleElement()
                    .asString()
                    .startsWith("shop.parents|")
                    .contains("cannot do to public.children what foreign key children_parents to"
                            + " public.parents does on the source: SQLSTATE 23502");
            assertThat(group.rows(PARENTS)).containsExactly("1|0");
        }
    }

    @Test
    void refusedRowBehindAnActionStopsTheGroupAndIsNamedByItsKey() throws Exception {
        try (GroupTarget group = new GroupTarget(CASCADE, PARENTS, CHILDREN)) {
            group.database().execute("alter table children add check (id < 100)");
            group.apply(
                    insert(PARENTS, 1, 0),
                    insert(CHILDREN, 11, 1),
                    delete(PARENTS, 1, 0),
                    insert(CHILDREN, 12, null),
                    insert(CHILDREN, 4001, null));

            assertThat(group.database().rows("select unit, reason from crossfade.table_stop"))
                    .singleElement()
                    .asString()
                    .startsWith("shop.parents|cannot write public.children (4001): SQLSTATE 23514");
            assertThat(group.rows(PARENTS)).isEmpty();
            assertThat(group.rows(CHILDREN)).isEmpty();
        }
    }

    /** Values reach the first level of a cascade in binary form and the second as text. */
    @Test
    void valuesOfEveryTypeAreFoundOnEveryLevel() throws InterruptedException {
        Table echoes = new Table(new TableId("public", "echoes"), AllTypes.TABLE.columns(), AllTypes.TABLE.key());
        List<String> referred = AllTypes.TABLE.columns().stream()
                .map(Column::name)
                .filter(name -> !List.of("k", "j").contains(name))
                .toList();
        List<ReferentialAction> actions = List.of(
                action(AllTypes.TABLE, List.of("i64"), PARENTS, List.of("id"), Action.CASCADE, Action.CASCADE),
                action(echoes, referred, AllTypes.TABLE, referred, Action.CASCADE, Action.CASCADE));
        Row value = AllTypes.values(1);
        Row echo = AllTypes.values(7);
        long parent = Long.MAX_VALUE;
        try (GroupTarget group = new GroupTarget(actions, PARENTS, AllTypes.TABLE, echoes)) {
            group.apply(
                    insert(PARENTS, parent, 0),
                    new RowChange(AllTypes.ID, COPY, Optional.empty(), Optional.of(value)),
                    new RowChange(echoes.id(), COPY, Optional.empty(), Optional.of(echo)),
                    new RowChange(echoes.id(), COPY, Optional.empty(), Optional.of(AllTypes.nulls(8))));

            group.apply(update(PARENTS, row(PARENTS, parent, 0), row(PARENTS, 5, 0)));
            assertThat(group.database().rows("select k, i64 from echoes order by k"))
                    .containsExactly("7|5", "8|null");

            group.apply(update(PARENTS, row(PARENTS, 5, 0), row(PARENTS, parent, 0)));
            group.apply(new RowChange(AllTypes.ID, COPY, Optional.of(value), Optional.empty()));
            assertThat(group.database().rows("select k from echoes order by k")).containsExactly("8");

            group.apply(
                    new RowChange(AllTypes.ID, COPY, Optional.empty(), Optional.of(value)),
                    new RowChange(echoes.id(), COPY, Optional.empty(), Optional.of(echo)));
            group.apply(delete(PARENTS, parent, 0));
            assertThat(group.database().rows("select k from echoes order by k")).containsExactly("8");
        }
    }
}
