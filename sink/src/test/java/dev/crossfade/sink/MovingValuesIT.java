package dev.crossfade.sink;

import static dev.crossfade.sink.GroupTarget.action;
import static dev.crossfade.sink.GroupTarget.delete;
import static dev.crossfade.sink.GroupTarget.insert;
import static dev.crossfade.sink.GroupTarget.row;
import static dev.crossfade.sink.GroupTarget.table;
import static dev.crossfade.sink.GroupTarget.update;
import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.model.FaultPoint;
import dev.crossfade.model.Faults;
import dev.crossfade.model.LogicalType;
import dev.crossfade.model.LogicalType.Kind;
import dev.crossfade.model.ReferentialAction.Action;
import dev.crossfade.model.RowChange;
import dev.crossfade.model.Table;
import dev.crossfade.model.TableId;
import dev.crossfade.model.UniqueIndex;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Values of unique indexes that move from row to row (PITFALLS 42), many of them in one segment, on a target that has the indexes. */
class MovingValuesIT {
    private static final Table USERS = table("users", "id", "mail", "n");
    private static final UniqueIndex BY_MAIL = new UniqueIndex("users_mail", USERS.id(), List.of("mail"));
    private static final Table SEATS = table("seats", List.of("line", "seat"), "line", "seat", "guest", "ticket");
    private static final UniqueIndex BY_GUEST = new UniqueIndex("seats_guest", SEATS.id(), List.of("guest"));
    private static final UniqueIndex BY_TICKET =
            new UniqueIndex("seats_ticket", SEATS.id(), List.of("ticket", "guest"));

    private static GroupTarget users(String... rows) throws InterruptedException {
        GroupTarget users = new GroupTarget(List.of(), List.of(BY_MAIL), USERS);
        users.database().execute("insert into users values " + String.join(", ", rows));
        return users;
    }

    private static RowChange mail(long id, long before, long after) {
        return update(USERS, row(USERS, id, before, 0), row(USERS, id, after, 0));
    }

    @Test
    void oneRowGivesAValueUpAndAnotherTakesIt() throws InterruptedException {
        try (GroupTarget users = users("(1, 10, 0)", "(2, 20, 0)")) {
            users.apply(mail(2, 20, 30), mail(1, 10, 20));

            assertThat(users.rows(USERS)).containsExactly("1|20|0", "2|30|0");
        }
    }

    @Test
    void twoRowsSwapTheirValuesByWayOfAThird() throws InterruptedException {
        try (GroupTarget users = users("(1, 10, 0)", "(2, 20, 0)")) {
            users.apply(mail(1, 10, -1), mail(2, 20, 10), mail(1, -1, 20));

            assertThat(users.rows(USERS)).containsExactly("1|20|0", "2|10|0");
        }
    }

    @Test
    void valuesMoveAlongAChainAndRoundACircle() throws InterruptedException {
        try (GroupTarget users = users("(1, 10, 0)", "(2, 20, 0)", "(3, 30, 0)")) {
            users.apply(mail(3, 30, 40), mail(2, 20, 30), mail(1, 10, 20), mail(3, 40, 10));

            assertThat(users.rows(USERS)).containsExactly("1|20|0", "2|30|0", "3|10|0");
        }
    }

    @Test
    void aDeletedRowsValueIsTakenByARowThatIsThereAndByANewOne() throws InterruptedException {
        try (GroupTarget users = users("(1, 10, 0)", "(2, 20, 0)", "(3, 30, 0)")) {
            users.apply(delete(USERS, 1, 10, 0), mail(2, 20, 10), insert(USERS, 4, 20, 0), delete(USERS, 3, 30, 0));
            users.apply(insert(USERS, 1, 30, 7));

            assertThat(users.rows(USERS)).containsExactly("1|30|7", "2|10|0", "4|20|0");
        }
    }

    /** The row that leaves a key keeps its value, and another row takes the key: no delete of the key is left to be written. */
    @Test
    void aKeyIsTakenByAnotherRowWhileItsValueMovesOnWithTheFirst() throws InterruptedException {
        try (GroupTarget users = users("(1, 10, 0)", "(3, 30, 0)")) {
            users.apply(
                    update(USERS, row(USERS, 1, 10, 0), row(USERS, 2, 10, 0)),
                    update(USERS, row(USERS, 3, 30, 0), row(USERS, 1, 30, 0)));

            assertThat(users.rows(USERS)).containsExactly("1|30|0", "2|10|0");
        }
    }

    @Test
    void aValueThatIsNullIsNobodysAndIsTakenAgain() throws InterruptedException {
        try (GroupTarget users = users("(1, 10, 0)", "(2, null, 0)", "(3, null, 0)")) {
            users.apply(
                    update(USERS, row(USERS, 1, 10, 0), row(USERS, 1, null, 0)),
                    update(USERS, row(USERS, 3, null, 0), row(USERS, 3, 10, 0)));

            assertThat(users.rows(USERS)).containsExactly("1|null|0", "2|null|0", "3|10|0");
        }
    }

    @Test
    void changesOfAGroupThatIsCopiedInChunksAreAppliedWhereverTheyStandInTheLog() throws InterruptedException {
        try (GroupTarget users = GroupTarget.inChunks(List.of(BY_MAIL), USERS)) {
            users.apply(insert(USERS, 1, 10, 0), mail(1, 10, 20));

            assertThat(users.rows(USERS)).containsExactly("1|20|0");
            assertThat(users.database().rows("select count(*) from crossfade.group_copy"))
                    .containsExactly("0");
        }
    }

    @Test
    void childrenFollowAParentWhoseUniqueValuesMove() throws InterruptedException {
        Table badges = table("badges", "id", "holder");
        try (GroupTarget group = new GroupTarget(
                List.of(action(badges, List.of("holder"), USERS, List.of("mail"), Action.CASCADE, Action.CASCADE)),
                List.of(BY_MAIL, new UniqueIndex("badges_holder", badges.id(), List.of("holder"))),
                USERS,
                badges)) {
            group.database().execute("insert into users values (1, 10, 0), (2, 20, 0)");
            group.database().execute("insert into badges values (5, 10), (6, 20)");

            group.apply(mail(1, 10, -1), mail(2, 20, 10), mail(1, -1, 20));

            assertThat(group.rows(USERS)).containsExactly("1|20|0", "2|10|0");
            assertThat(group.rows(badges)).containsExactly("5|20", "6|10");
        }
    }

    @Test
    void aRefusedValueIsNamedAlsoWhereValuesMoveInTheSameBatch() throws Exception {
        Table notes = TestPlans.table(
                new TableId("public", "notes"),
                List.of("id"),
                TestPlans.column("id", LogicalType.of(Kind.INT64), false),
                TestPlans.column("code", LogicalType.of(Kind.INT64), true),
                TestPlans.column("words", LogicalType.text(3), true));
        UniqueIndex byCode = new UniqueIndex("notes_code", notes.id(), List.of("code"));
        try (GroupTarget group = new GroupTarget(List.of(), List.of(byCode), notes)) {
            group.database().execute("insert into notes values (1, 10, 'a'), (2, 20, 'b'), (3, 30, 'c')");
            group.apply(
                    update(notes, row(notes, 1, 10, "a"), row(notes, 1, -1, "a")),
                    update(notes, row(notes, 2, 20, "b"), row(notes, 2, 10, "b")),
                    update(notes, row(notes, 1, -1, "a"), row(notes, 1, 20, "a")),
                    insert(notes, 4, 40, "too long"));

            assertThat(group.database().rows("select reason from crossfade.table_stop"))
                    .singleElement()
                    .asString()
                    .contains("cannot write public.notes (4): SQLSTATE 22001");
            assertThat(group.rows(notes)).containsExactly("1|10|a", "2|20|b", "3|30|c");
        }
    }

    /** What the source does at random, each step legal there; a batch that fails half-way is applied again. */
    @Test
    void whateverMovesTheTargetEndsAsTheSource() throws Exception {
        Random random = new Random(4_711);
        List<long[]> seats = new ArrayList<>(); // line, seat, guest, ticket
        for (int i = 0; i < 12; i++) {
            seats.add(new long[] {i % 3, i / 3, 100 + i, i % 2});
        }
        try (GroupTarget group = new GroupTarget(List.of(), List.of(BY_GUEST, BY_TICKET), SEATS)) {
            seats.forEach(seat -> group.database()
                    .execute("insert into seats values (" + seat[0] + ", " + seat[1] + ", " + seat[2] + ", " + seat[3]
                            + ")"));
            List<RowChange> changes = new ArrayList<>();
            while (changes.size() < 600) {
                step(random, seats).ifPresent(changes::add);
            }
            int[] deaths = {0};
            Faults dying = point -> {
                if (point == FaultPoint.SINK_BEFORE_COMMIT && deaths[0]++ == 0) {
                    throw new IllegalStateException("killed at " + point);
                }
            };
            group.write(changes.toArray(RowChange[]::new));
            try (Sink sink = group.sink(dying)) {
                sink.startRows();
                assertThat(sink.failure().get(20, TimeUnit.SECONDS)).hasMessageContaining("killed");
            }

            group.apply();

            assertThat(group.rows(SEATS))
                    .containsExactlyInAnyOrderElementsOf(seats.stream()
                            .map(seat -> seat[0] + "|" + seat[1] + "|" + seat[2] + "|" + seat[3])
                            .toList());
        }
    }

    private static Optional<RowChange> step(Random random, List<long[]> seats) {
        long[] wanted = {random.nextInt(3), random.nextInt(5), 100 + random.nextInt(16), random.nextInt(2)};
        int at = random.nextInt(seats.size() + 2);
        boolean inserts = at >= seats.size();
        long[] before = inserts ? wanted : seats.get(at);
        if (!inserts && random.nextInt(8) == 0 && seats.size() > 5) {
            seats.remove(at);
            return Optional.of(delete(SEATS, values(before)));
        }
        IntStream.range(0, 4).filter(i -> random.nextBoolean()).forEach(i -> wanted[i] = before[i]);
        boolean collides = seats.stream()
                .filter(other -> inserts || other != before)
                .anyMatch(other -> (other[0] == wanted[0] && other[1] == wanted[1]) || other[2] == wanted[2]);
        if (collides) {
            return Optional.empty();
        }
        if (inserts) {
            seats.add(wanted);
            return Optional.of(insert(SEATS, values(wanted)));
        }
        seats.set(at, wanted);
        return Optional.of(update(SEATS, row(SEATS, values(before)), row(SEATS, values(wanted))));
    }

    private static Object[] values(long[] seat) {
        return new Object[] {seat[0], seat[1], seat[2], seat[3]};
    }
}
