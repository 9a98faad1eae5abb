package dev.crossfade.sink;

import static dev.crossfade.sink.GroupTarget.COPY;
import static dev.crossfade.sink.GroupTarget.action;
import static dev.crossfade.sink.GroupTarget.delete;
import static dev.crossfade.sink.GroupTarget.insert;
import static dev.crossfade.sink.GroupTarget.row;
import static dev.crossfade.sink.GroupTarget.table;
import static dev.crossfade.sink.GroupTarget.update;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.crossfade.model.FaultPoint;
import dev.crossfade.model.LogicalType;
import dev.crossfade.model.LogicalType.Kind;
import dev.crossfade.model.ReferentialAction.Action;
import dev.crossfade.model.Row;
import dev.crossfade.model.RowChange;
import dev.crossfade.model.Table;
import dev.crossfade.model.TableId;
import dev.crossfade.model.codec.RowWriter;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Changes of tables without a primary key, in which only the number of equal rows counts. */
class KeylessApplierIT {
    private static final Table BAG = table("bag", List.of(), "a", "b");

    @Test
    void ofEqualRowsAsManyAreDeletedAsTheSourceHasDeleted() throws InterruptedException {
        try (GroupTarget group = new GroupTarget(List.of(), BAG)) {
            group.copy(
                    BAG,
                    List.of(
                            row(BAG, 1, 2),
                            row(BAG, 1, 2),
                            row(BAG, 1, 2),
                            row(BAG, 1, 2),
                            row(BAG, 1, null),
                            row(BAG, 1, null),
                            row(BAG, null, null),
                            row(BAG, 12, null)));

            group.apply(delete(BAG, 1, 2), delete(BAG, 1, null), delete(BAG, 1, 2), delete(BAG, null, null));

            assertThat(group.rows(BAG)).containsExactly("1|2", "1|2", "1|null", "12|null");
        }
    }

    @Test
    void updateOfOneOfEqualRowsLeavesTheOthers() throws InterruptedException {
        try (GroupTarget group = new GroupTarget(List.of(), BAG)) {
            group.apply(insert(BAG, 1, 2), insert(BAG, 1, 2), insert(BAG, 1, 2));

            group.apply(
                    update(BAG, row(BAG, 1, 2), row(BAG, 3, 4)),
                    update(BAG, row(BAG, 3, 4), row(BAG, 3, null)),
                    update(BAG, row(BAG, 1, 2), row(BAG, 1, 2)));

            assertThat(group.rows(BAG)).containsExactly("1|2", "1|2", "3|null");
        }
    }

    @Test
    void whatAnyOrderOfChangesComesToIsWhatTheSourceHas() throws InterruptedException {
        Random random = new Random(5);
        try (GroupTarget group = new GroupTarget(List.of(), BAG)) {
            List<Row> there = new ArrayList<>();
            for (int batch = 0; batch < 12; batch++) {
                List<RowChange> changes = new ArrayList<>();
                for (int i = 0; i < 150; i++) {
                    Row fresh = row(BAG, random.nextInt(3), random.nextBoolean() ? null : random.nextInt(2));
                    Optional<Row> gone = there.isEmpty() || random.nextInt(5) < 2
                            ? Optional.empty()
                            : Optional.of(there.remove(random.nextInt(there.size())));
                    Optional<Row> added =
                            gone.isPresent() && random.nextBoolean() ? Optional.empty() : Optional.of(fresh);
                    added.ifPresent(there::add);
                    changes.add(new RowChange(BAG.id(), COPY, gone, added));
                }
                group.apply(changes.toArray(RowChange[]::new));
            }

            List<String> expected =
                    new ArrayList<>(there.stream().map(KeylessApplierIT::text).toList());
            Collections.sort(expected);
            List<String> seen = new ArrayList<>(group.rows(BAG));
            Collections.sort(seen);
            assertThat(seen).hasSizeGreaterThan(100).isEqualTo(expected);
        }
    }

    private static String text(Row row) {
        return number(row, 0) + "|" + number(row, 1);
    }

    private static String number(Row row, int field) {
        return row.isNull(field)
                ? "null"
                : String.valueOf(ByteBuffer.wrap(row.bytes()).getLong(row.offsetOf(field)));
    }

    @Test
    void countsAreRightWhateverBreaksBetween() throws InterruptedException {
        AtomicInteger reached = new AtomicInteger();
        try (GroupTarget group = new GroupTarget(List.of(), BAG)) {
            group.apply(insert(BAG, 1, 2), insert(BAG, 1, 2), insert(BAG, 1, 2));

            group.apply(
                    point -> {
                        boolean breaks =
                                point == FaultPoint.SINK_BEFORE_COMMIT || point == FaultPoint.SINK_AFTER_COMMIT;
                        if (breaks && reached.incrementAndGet() <= 2) {
                            throw TestFaults.connectionBroke();
                        }
                    },
                    delete(BAG, 1, 2),
                    insert(BAG, 5, 6),
                    insert(BAG, 5, 6));

            assertThat(reached).hasValueGreaterThan(2);
            assertThat(group.rows(BAG)).containsExactly("1|2", "1|2", "5|6", "5|6");
        }
    }

    @Test
    void rowThatIsNotThereStopsTheTableUntilItIsCopiedAgainAndItsValuesAreNotTold() throws InterruptedException {
        try (GroupTarget group = new GroupTarget(List.of(), BAG)) {
            group.apply(insert(BAG, 1, 2), insert(BAG, 777_777, 2));

            group.apply(insert(BAG, 8, 8), delete(BAG, 1, 2), delete(BAG, 777_777, 2), delete(BAG, 777_777, 2));

            assertThat(group.database().rows("select id, replayable, reason from crossfade.table_stop"))
                    .singleElement()
                    .asString()
                    .contains("MISSING|f", "public.bag has 2 of the 3 rows", "the first that is missing is (row ")
                    .doesNotContain("777");
            assertThat(group.rows(BAG)).containsExactly("1|2", "777777|2");
        }
    }

    @Test
    void refusedRowIsNamedByItsHash() throws InterruptedException {
        try (GroupTarget group = new GroupTarget(List.of(), BAG)) {
            group.database().execute("alter table bag add check (a < 100)");

            group.apply(insert(BAG, 1, 2), insert(BAG, 400_100, 2), insert(BAG, 1, 2));

            assertThat(group.database().rows("select reason from crossfade.table_stop"))
                    .singleElement()
                    .asString()
                    .contains("cannot write public.bag (row ")
                    .contains("SQLSTATE 23514")
                    .doesNotContain("400100");
            assertThat(group.rows(BAG)).isEmpty();
        }
    }

    @Test
    void childrenWithoutAKeyFollowTheirParents() throws InterruptedException {
        Table parents = table("parents", "id", "code");
        Table notes = table("notes", List.of(), "parent", "boss", "n");
        try (GroupTarget group = new GroupTarget(
                List.of(
                        action(notes, List.of("parent"), parents, List.of("id"), Action.CASCADE, Action.CASCADE),
                        action(notes, List.of("boss"), parents, List.of("id"), Action.SET_NULL, Action.SET_NULL)),
                parents,
                notes)) {
            group.apply(
                    insert(parents, 1, 0),
                    insert(parents, 2, 0),
                    insert(notes, 1, 2, 7),
                    insert(notes, 1, 2, 7),
                    insert(notes, 2, 1, 8),
                    update(parents, row(parents, 1, 0), row(parents, 5, 0)),
                    delete(notes, 5, 2, 7),
                    insert(notes, 5, 2, 9),
                    delete(parents, 2, 0),
                    update(notes, row(notes, 5, null, 7), row(notes, 5, null, 9)));

            assertThat(group.rows(notes)).containsExactly("5|null|9", "5|null|9");

            group.apply(delete(parents, 5, 0), insert(notes, null, null, 1));
            assertThat(group.rows(notes)).containsExactly("null|null|1");
        }
    }

    @Test
    void rowsAreFoundByTheIndexAndAsWellWithoutIt() throws InterruptedException {
        try (GroupTarget group = new GroupTarget(List.of(), BAG)) {
            group.database().execute("insert into bag select n, n % 3 from generate_series(1, 20000) n", "analyze bag");
            String scans = "select coalesce(sum(idx_scan), 0) > 0 from pg_stat_user_indexes where relname = 'bag'";

            group.apply(delete(BAG, 5, 2), delete(BAG, 6, 0));
            await().until(() -> group.database().rows(scans).equals(List.of("t")));
            group.database()
                    .execute("drop index "
                            + group.database()
                                    .rows("select indexname from pg_indexes" + " where tablename = 'bag'")
                                    .get(0));
            group.apply(delete(BAG, 7, 1), delete(BAG, 9, 0));

            assertThat(group.database().rows("select count(*), count(*) filter (where a in (5, 6, 7, 9)) from bag"))
                    .containsExactly("19996|0");
        }
    }

    /** A row is found by its text: it must not matter whether COPY, an array or a person has written it. */
    @Test
    void rowsOfEveryTypeAreFoundWhoeverHasWrittenThem() throws InterruptedException {
        Table mixed = new Table(new TableId("public", "mixed"), AllTypes.TABLE.columns(), List.of());
        List<Row> rows = new ArrayList<>(List.of(AllTypes.values(1), AllTypes.nulls(1), AllTypes.values(2)));
        try (GroupTarget group = new GroupTarget(List.of(), mixed)) {
            group.copy(mixed, rows);
            group.apply(each(mixed, rows, true));
            group.database().execute("insert into mixed select * from mixed where k = 2 limit 1");
            assertThat(group.database().rows("select count(*), count(distinct whole::text) from mixed whole"))
                    .containsExactly("7|3");

            group.apply(each(mixed, rows, false));
            assertThat(group.rows(mixed)).hasSize(4);
            group.apply(each(mixed, rows, false));

            assertThat(group.rows(mixed)).containsExactly("2" + AllTypes.TEXT.substring(1));
        }
    }

    private static RowChange[] each(Table table, List<Row> rows, boolean added) {
        return rows.stream()
                .map(row -> new RowChange(
                        table.id(),
                        COPY,
                        added ? Optional.empty() : Optional.of(row),
                        added ? Optional.of(row) : Optional.empty()))
                .toArray(RowChange[]::new);
    }

    /** Values that some comparison of PostgreSQL takes for one: 0 and -0, 1.0 and 1.00 in JSON, texts that differ in a blank. */
    @Test
    void valuesThatAreEqualForAnOperatorAndYetDifferAreToldApart() throws InterruptedException {
        Table odd = TestPlans.table(
                new TableId("public", "odd"),
                List.of(),
                TestPlans.column("f", LogicalType.of(Kind.FLOAT64), true),
                TestPlans.column("d", LogicalType.decimal(10, 2), true),
                TestPlans.column("t", LogicalType.text(0), true),
                TestPlans.column("j", LogicalType.of(Kind.JSON), true));
        Row plain = odd(0.0, "1.50", "a,\"b\" (c)", "{\"a\":1.0}");
        Row zero = odd(-0.0, "1.50", "a,\"b\" (c)", "{\"a\":1.0}");
        Row blank = odd(0.0, "1.50", "a,\"b\" (c) ", "{\"a\":1.0}");
        Row digits = odd(0.0, "1.50", "a,\"b\" (c)", "{\"a\":1.00}");
        Row empty = odd(0.0, "1.50", "", "{\"a\":1.0}");
        Row none = odd(0.0, "1.50", null, "{\"a\":1.0}");
        List<Row> rows = List.of(plain, zero, blank, digits, empty, none);
        try (GroupTarget group = new GroupTarget(List.of(), odd)) {
            group.database().execute("alter table odd alter column d type numeric");
            group.copy(odd, rows);
            group.apply(each(odd, rows, true));

            for (int gone = 0; gone < rows.size(); gone++) {
                group.apply(each(odd, List.of(rows.get(gone), rows.get(gone)), false));
                assertThat(group.database().rows("select count(*), count(distinct o::text) from odd o"))
                        .containsExactly(2 * (rows.size() - 1 - gone) + "|" + (rows.size() - 1 - gone));
            }
        }
    }

    private static Row odd(double f, String d, @Nullable String t, String j) {
        RowWriter writer = new RowWriter(128);
        writer.startRow(4);
        writer.writeFloat64(f);
        writer.writeDecimal(new BigDecimal(d));
        if (t == null) {
            writer.writeNull();
        } else {
            writer.writeText(t);
        }
        byte[] json = j.getBytes(StandardCharsets.UTF_8);
        writer.writeJson(json, 0, json.length);
        return writer.toRow();
    }
}
