package dev.crossfade.sink;

import static dev.crossfade.sink.GroupTarget.delete;
import static dev.crossfade.sink.GroupTarget.insert;
import static dev.crossfade.sink.GroupTarget.row;
import static dev.crossfade.sink.GroupTarget.table;
import static dev.crossfade.sink.GroupTarget.update;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.crossfade.model.FaultPoint;
import dev.crossfade.model.Faults;
import dev.crossfade.model.RowChange;
import dev.crossfade.model.Table;
import dev.crossfade.model.TableId;
import dev.crossfade.model.UniqueIndex;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows of the source that share a key of the target: the one with the smallest source key is there, whatever came first. */
class SharedKeyIT {
    private static final Table MEMBERS = table("members", List.of("mail"), "id", "mail", "n");
    private static final UniqueIndex BY_N = new UniqueIndex("members_n", MEMBERS.id(), List.of("n"));

    private static GroupTarget members(UniqueIndex... indexes) throws InterruptedException {
        return GroupTarget.withStore(List.of(indexes), MEMBERS, "id");
    }

    private static RowChange moved(long id, long before, long after) {
        return update(MEMBERS, row(MEMBERS, id, before, id), row(MEMBERS, id, after, id));
    }

    private static RowChange came(long id, long mail) {
        return insert(MEMBERS, id, mail, id);
    }

    private static RowChange went(long id, long mail) {
        return delete(MEMBERS, id, mail, id);
    }

    /** Each order has a key of its own, 1 to 6; of its three rows the first has the smallest key of the source. */
    @Test
    void theTargetIsTheSameWhateverOrderTheRowsCameIn() throws InterruptedException {
        int[][] orders = {{1, 2, 3}, {1, 3, 2}, {2, 1, 3}, {2, 3, 1}, {3, 1, 2}, {3, 2, 1}};
        try (GroupTarget members = members()) {
            for (int place = 0; place < 3; place++) {
                RowChange[] batch = new RowChange[orders.length];
                for (int key = 0; key < orders.length; key++) {
                    batch[key] = came(10 * key + orders[key][place], key);
                }
                members.apply(batch);
            }

            assertThat(members.rows(MEMBERS))
                    .containsExactly("1|0|1", "11|1|11", "21|2|21", "31|3|31", "41|4|41", "51|5|51");
            assertThat(members.database().rows("select count(*) from crossfade." + quoted(members.store())))
                    .containsExactly("18");
        }
    }

    private static String quoted(Table store) {
        return "\"" + store.id().name() + "\"";
    }

    @Test
    void theNextRowStandsUpWhenTheFirstGoesAndNobodyIsLeftWhenAllHaveGone() throws InterruptedException {
        try (GroupTarget members = members()) {
            members.apply(came(1, 7), came(2, 7), came(3, 7));

            assertThat(members.apply(went(1, 7)).rows(MEMBERS)).containsExactly("2|7|2");
            assertThat(members.apply(went(3, 7)).rows(MEMBERS)).containsExactly("2|7|2");
            assertThat(members.apply(came(1, 7), went(2, 7)).rows(MEMBERS)).containsExactly("1|7|1");
            assertThat(members.apply(went(1, 7)).rows(MEMBERS)).isEmpty();
        }
    }

    @Test
    void aRowThatMovesLeavesItsKeyToTheNextAndTakesAnotherOnlyIfItIsSmaller() throws InterruptedException {
        try (GroupTarget members = members()) {
            members.apply(came(1, 7), came(2, 7), came(3, 8), came(4, 9));

            assertThat(members.apply(moved(1, 7, 8)).rows(MEMBERS)).containsExactly("1|8|1", "2|7|2", "4|9|4");
            assertThat(members.apply(moved(4, 9, 8)).rows(MEMBERS)).containsExactly("1|8|1", "2|7|2");
            assertThat(members.apply(moved(1, 8, 9), moved(4, 8, 7)).rows(MEMBERS))
                    .containsExactly("1|9|1", "2|7|2", "3|8|3");
        }
    }

    @Test
    void aRowWhoseKeyOfTheSourceChangesCountsAnew() throws InterruptedException {
        try (GroupTarget members = members()) {
            members.apply(came(5, 7), came(6, 7));

            members.apply(update(MEMBERS, row(MEMBERS, 6, 7, 6), row(MEMBERS, 4, 7, 6)));
            assertThat(members.rows(MEMBERS)).containsExactly("4|7|6");
            members.apply(update(MEMBERS, row(MEMBERS, 4, 7, 6), row(MEMBERS, 9, 7, 6)));
            assertThat(members.rows(MEMBERS)).containsExactly("5|7|5");
        }
    }

    @Test
    void aRefusedRowIsNamedNothingOfItsBatchIsThereAndItIsReplayed() throws Exception {
        try (GroupTarget members = members(BY_N)) {
            members.apply(came(1, 7), came(2, 7), came(3, 8));
            members.database().execute("alter table members add constraint few check (n < 100)");

            members.apply(
                    went(1, 7),
                    update(MEMBERS, row(MEMBERS, 2, 7, 2), row(MEMBERS, 2, 7, 1)),
                    insert(MEMBERS, 4, 9, 2),
                    insert(MEMBERS, 5, 10, 500),
                    moved(3, 8, 9));
            assertThat(members.rows(MEMBERS)).containsExactly("1|7|1", "3|8|3");
            assertThat(members.database().rows("select reason from crossfade.table_stop"))
                    .singleElement()
                    .asString()
                    .contains("(5): SQLSTATE 23514");

            members.database().execute("alter table members drop constraint few");
            String unit = members.beginReplay();
            try (Sink sink = members.sink(Faults.NONE)) {
                sink.startRows();
                sink.startReplay(unit, Set.of(0));
                await().until(() -> members.database()
                        .rows("select * from crossfade.table_stop")
                        .isEmpty());
            }
            assertThat(members.rows(MEMBERS)).containsExactly("2|7|1", "3|9|3", "5|10|500");
        }
    }

    /** Few keys and many rows; a value that is unique on both sides moves, too; a batch dies half-way and is applied again. */
    @ParameterizedTest
    @ValueSource(longs = {4_711, 4_712})
    void whateverIsDoneTheTargetHasOfEachKeyTheSmallestRow(long seed) throws Exception {
        Random random = new Random(seed);
        Map<Long, long[]> source = new TreeMap<>();
        try (GroupTarget members = members(BY_N)) {
            for (int round = 0; round < 4; round++) {
                List<RowChange> changes = new ArrayList<>();
                while (changes.size() < 200) {
                    step(random, source).ifPresent(changes::add);
                }
                members.write(changes.toArray(RowChange[]::new));
                dieOnce(members);

                members.apply();

                assertThat(members.rows(MEMBERS)).isEqualTo(smallest(source));
                assertThat(members.database().rows("select count(*) from crossfade." + quoted(members.store())))
                        .containsExactly(String.valueOf(source.size()));
            }
        }
    }

    private static void dieOnce(GroupTarget members) throws Exception {
        Faults dying = point -> {
            if (point == FaultPoint.SINK_BEFORE_COMMIT) {
                throw new IllegalStateException("killed at " + point);
            }
        };
        try (Sink sink = members.sink(dying)) {
            sink.startRows();
            assertThat(sink.failure().get(20, TimeUnit.SECONDS)).hasMessageContaining("killed");
        }
    }

    private static Optional<RowChange> step(Random random, Map<Long, long[]> source) {
        long id = random.nextInt(60);
        long[] before = source.get(id);
        if (before != null && random.nextInt(4) == 0) {
            source.remove(id);
            return Optional.of(delete(MEMBERS, values(before)));
        }
        long[] after = {
            before == null || random.nextInt(6) > 0 ? id : random.nextInt(60), random.nextInt(12), random.nextInt(90)
        };
        boolean collides = source.values().stream()
                .anyMatch(other -> other != before && (other[0] == after[0] || other[2] == after[2]));
        if (collides) {
            return Optional.empty();
        }
        source.remove(id);
        source.put(after[0], after);
        return Optional.of(
                before == null
                        ? insert(MEMBERS, values(after))
                        : update(MEMBERS, row(MEMBERS, values(before)), row(MEMBERS, values(after))));
    }

    private static Object[] values(long[] member) {
        return new Object[] {member[0], member[1], member[2]};
    }

    /** In the order of the source's keys, of which the smallest comes first. */
    private static List<String> smallest(Map<Long, long[]> source) {
        Map<Long, long[]> byMail = new TreeMap<>();
        source.values().forEach(member -> byMail.putIfAbsent(member[1], member));
        return byMail.values().stream()
                .sorted(Comparator.comparingLong(member -> member[0]))
                .map(member -> member[0] + "|" + member[1] + "|" + member[2])
                .toList();
    }

    @Test
    void keysOfEveryTypeAreSharedAndFollowed() throws InterruptedException {
        List<String> shared = AllTypes.TABLE.columns().stream()
                .map(column -> column.name())
                .filter(name -> !Set.of("k", "f32", "f64", "j").contains(name))
                .toList();
        Table table = new Table(new TableId("public", "every"), AllTypes.TABLE.columns(), shared);
        String[] sourceKey = Stream.concat(shared.stream(), Stream.of("k")).toArray(String[]::new);
        try (GroupTarget every = GroupTarget.withStore(List.of(), table, sourceKey)) {
            every.apply(
                    new RowChange(table.id(), GroupTarget.COPY, Optional.empty(), Optional.of(AllTypes.values(3))),
                    new RowChange(table.id(), GroupTarget.COPY, Optional.empty(), Optional.of(AllTypes.values(1))),
                    new RowChange(table.id(), GroupTarget.COPY, Optional.empty(), Optional.of(AllTypes.values(2))));
            assertThat(every.rows(table)).containsExactly(AllTypes.TEXT);

            every.apply(new RowChange(table.id(), GroupTarget.COPY, Optional.of(AllTypes.values(1)), Optional.empty()));

            assertThat(every.rows(table)).containsExactly("2" + AllTypes.TEXT.substring(1));
        }
    }
}
