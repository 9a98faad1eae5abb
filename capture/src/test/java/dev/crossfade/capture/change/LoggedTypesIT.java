package dev.crossfade.capture.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.crossfade.capture.source.SourceProduct;
import dev.crossfade.capture.source.SourceRowReader;
import dev.crossfade.capture.source.SourceTable;
import dev.crossfade.model.Column;
import dev.crossfade.model.Faults;
import dev.crossfade.model.Row;
import dev.crossfade.model.SourceChange;
import dev.crossfade.model.TableId;
import dev.crossfade.model.TableStop;
import dev.crossfade.model.ValueText;
import dev.crossfade.model.codec.RowWriter;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class LoggedTypesIT {
    @AutoClose
    private static CaptureFixture fixture;

    @BeforeAll
    static void startServers() {
        fixture = new CaptureFixture();
    }

    private static final String TYPES = """
            create table t (
              id int primary key,
              i8 tinyint, b1 tinyint(1), u8 tinyint unsigned, i16 smallint, u16 smallint unsigned,
              i24 mediumint, u24 mediumint unsigned, i32 int, u32 int unsigned zerofill, i64 bigint, u64 bigint unsigned,
              d1 decimal(10,2), d2 decimal(65,30), d3 decimal(20,0) unsigned,
              f float, fm float(7,3), db double,
              c char(5), v varchar(50), l1 varchar(20) character set latin1, cp varchar(20) character set cp1251,
              u2 varchar(20) character set utf16, tx text, lt longtext character set latin1,
              bn binary(16), vb varbinary(20), bl blob, mb mediumblob,
              da date, dt datetime, dt3 datetime(3), dt6 datetime(6), ts timestamp null, ts6 timestamp(6) null,
              dz date not null default '0000-00-00', dtz datetime not null default '0000-00-00 00:00:00',
              tsz timestamp not null default '0000-00-00 00:00:00', dp date not null default '2024-00-10',
              ti time, ti6 time(6), y year, bit1 bit(1), bit8 bit(8) default b'101', bit20 bit(20), bit64 bit(64),
              e enum('a','it''s','x,y','') , s set('r','g','b c'), js json,
              st int generated always as (i32 + 1) stored, vi int generated always as (i32 + 2) virtual
            ) engine=InnoDB character set utf8mb4""";

    @Test
    void everyTypeGivesTheBytesThatReadingTheTableGives() throws Exception {
        // Given
        CaptureFixture.Migration migration = fixture.migration("types");
        String lax = "set session sql_mode = ''";
        try (Connection connection = fixture.server.connect("types");
                Statement statement = connection.createStatement()) {
            statement.execute(lax);
            statement.execute(TYPES);
        }
        SourceTable table = migration.table("t");
        try (ChangeCapture capture = migration.capture(migration.settings(CaptureFixture.QUICK, Faults.NONE, "t"))) {
            // When
            try (Connection connection = fixture.server.connect("types");
                    Statement statement = connection.createStatement()) {
                statement.execute("set names utf8mb4");
                statement.execute("set time_zone = '+00:00'");
                statement.execute(lax);
                statement.execute("insert into t (id) values (1)");
                statement.execute("""
                        insert into t values (2, -128, 127, 255, -32768, 65535, -8388608, 16777215, -2147483648, 4294967295,
                          -9223372036854775808, 18446744073709551615, -12345678.91,
                          '12345678901234567890123456789012345.123456789012345678901234567891', 99999999999999999999,
                          16777217, 123.4567, 1.7976931348623157e308, 'a b  ', 'grüße 😀 \\t', '€ü', 'Жя', 'ü€', 'text', 'lönger',
                          x'0102030000', x'00ff00', x'00010203', '', '0001-01-01', '9999-12-31 23:59:59', '2024-02-29 12:34:56.789',
                          '2024-02-29 12:34:56.999999', '1970-01-01 00:00:01', '2038-01-19 03:14:07.999999',
                          '2024-01-01', '2024-01-01 01:02:03', '2024-01-01 01:02:03', '2024-01-01',
                          '-838:59:59', '838:59:59.999999', 2155, b'1', b'10000001', b'10000000000000000001', ~0,
                          'it''s', 'r,b c', '{"a": [1, 2.50, "ü"]}', default, default)""");
                statement.execute("""
                        insert into t values (3, 127, -1, 0, 32767, 0, 8388607, 0, 2147483647, 0,
                          9223372036854775807, 0, 0.71, '-0.000000000000000000000000000001', 0,
                          -0.1, 0, -0.0, '', '', '', '', '', '', '',
                          '', '', '', x'00', '0000-00-00', '0000-00-00 00:00:00', '2024-00-10 00:00:00',
                          '0000-00-00 00:00:00', '0000-00-00 00:00:00', '0000-00-00 00:00:00.000000',
                          '0000-00-00', '0000-00-00 00:00:00', '0000-00-00 00:00:00', '2024-00-10',
                          '-00:00:00', '-00:00:00.000001', 0, b'0', b'0', b'0', 0, 'nonsense', '', '""', default, default)""");
                statement.execute("""
                        insert into t (id, i32, da, dt, ts, dt6, ti6, f, e, bn, y) values
                          (4, 7, '1970-01-01', '1970-01-01 00:00:00', '1970-01-01 00:00:01', '1970-01-01 00:00:00.000001',
                          '00:00:00.999999', 3.4028235e38, '', x'000102030405060708090a0b0c0d0e0f', 1901)""");
                statement.execute("update t set i32 = i32 + 10 where id = 2");
            }
            migration.markFence("end");
            await().atMost(Duration.ofSeconds(20)).until(() -> migration.isFenced("end"));
            assertThat(capture.failure()).isNotDone();
        }
        // Then
        List<Column> columns = table.table().columns();
        Map<String, Row> logged = new TreeMap<>();
        for (SourceChange change : migration.changes()) {
            String id = ValueText.of(columns.get(0).type(), change.row(), 0);
            Row before = logged.put(id, change.row());
            assertThat(change.before()).isEqualTo(Optional.ofNullable(before));
        }
        assertThat(differences(migration, table, logged)).isEmpty();
        Row ordinary = Objects.requireNonNull(logged.get("2"));
        assertThat(List.of("u64", "d2", "v", "l1", "bn", "ti", "bit20", "e", "s", "st", "vi"))
                .map(column -> text(table, ordinary, column))
                .containsExactly(
                        "18446744073709551615",
                        "12345678901234567890123456789012345.123456789012345678901234567891",
                        "'grüße 😀 \t'",
                        "'€ü'",
                        "x'01020300000000000000000000000000'",
                        "-838:59:59.000000",
                        "b'10000000000000000001'",
                        "'it''s'",
                        "'r,b c'",
                        "-2147483637",
                        "-2147483636");
        Row zeros = Objects.requireNonNull(logged.get("3"));
        assertThat(List.of("da", "dt", "ts", "dz", "dtz", "tsz", "dp", "y", "e", "s"))
                .map(column -> text(table, zeros, column))
                .containsExactly("NULL", "NULL", "NULL", "NULL", "NULL", "NULL", "NULL", "0", "''", "''");
        Row epoch = Objects.requireNonNull(logged.get("4"));
        assertThat(List.of("da", "dt", "ts"))
                .map(column -> text(table, epoch, column))
                .containsExactly("1970-01-01", "1970-01-01 00:00:00.000000", "1970-01-01 00:00:01.000000+00");
    }

    /** Where the log's newest row is not, byte for byte, what reading the table gives. */
    private static List<String> differences(
            CaptureFixture.Migration migration, SourceTable table, Map<String, Row> logged) throws SQLException {
        List<Column> columns = table.table().columns();
        List<String> differences = new ArrayList<>();
        SourceRowReader reader =
                SourceRowReader.of(table, columns.stream().map(Column::name).toList());
        Set<String> unread = new TreeSet<>(logged.keySet());
        try (Connection connection = migration.source.open();
                PreparedStatement select = connection.prepareStatement("select " + reader.selectList() + " from t");
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                RowWriter writer = new RowWriter(100);
                reader.append(rows, writer);
                Row read = writer.toRow();
                String id = ValueText.of(columns.get(0).type(), read, 0);
                unread.remove(id);
                Row log = Objects.requireNonNull(logged.get(id));
                for (int i = 0; i < columns.size(); i++) {
                    if (!hex(read, i).equals(hex(log, i))) {
                        differences.add("row " + id + " " + columns.get(i) + ": table " + hex(read, i) + ", log "
                                + hex(log, i));
                    }
                }
            }
        }
        unread.forEach(id -> differences.add("row " + id + " is in the log only"));
        return differences;
    }

    @Test
    void columnsThatCannotBeCarriedAreLeftOut() throws Exception {
        // Given
        CaptureFixture.Migration migration = fixture.migration(
                "leftout",
                "create table t (id int primary key, place point not null, shape geometry, u uuid not null, name varchar(9))");
        try (ChangeCapture capture = migration.capture(migration.settings(CaptureFixture.QUICK, Faults.NONE, "t"))) {
            // When
            migration.execute("insert into t values (1, point(1, 2), null, uuid(), 'one')");
            migration.markFence("end");
            await().atMost(Duration.ofSeconds(20)).until(() -> migration.isFenced("end"));
            assertThat(capture.failure()).isNotDone();
        }
        // Then
        assertThat(migration.changes()).hasSize(1);
        assertThat(migration.changes().get(0).row().fieldCount()).isEqualTo(2);
    }

    @Test
    void definitionsThatTheLogsReaderDoesNotUnderstandAreNamedBeforehand() throws Exception {
        CaptureFixture.Migration migration = fixture.migration(
                "definitions",
                "create table good (id int primary key, place point not null, t timestamp(6) not null default now(6) on update"
                        + " now(6), v varchar(9) invisible, j json default '{}', check (id > 0), e int default (1 + 1))"
                        + " partition by hash (id) partitions 3",
                "create table bad (id int primary key, ip inet6)");
        try (Connection connection = migration.source.open()) {
            assertThat(DefinitionCheck.problems(
                            connection,
                            SourceProduct.MARIADB,
                            List.of(new TableId("definitions", "good"), new TableId("definitions", "bad"))))
                    .singleElement()
                    .asString()
                    .contains("table definitions.bad", "`ip` inet6");
        }
    }

    @Test
    void textWithNulStopsTheTableAndNamesTheRow() throws Exception {
        TableStop stop = stopOf("nul", "insert into t values (7, 'x', concat('a', char(0), 'b'))");

        assertThat(stop.id()).isEqualTo("VALUE");
        assertThat(stop.reason()).contains("(7)", "column note", "NUL").doesNotContain("a\0b");
    }

    @Test
    void aColumnThatIsNotInThePlanStopsTheTable() throws Exception {
        // Debezium learns of the column, and the statement that made it is in the same way a reason to stop.
        TableStop stop = stopOf("added", "alter table t add column more int", "insert into t values (2, 'b', 'c', 3)");

        assertThat(stop.id()).isEqualTo("ALTERED");
        assertThat(stop.statement()).isEqualTo("alter table t add column more int");
    }

    /** What the statements stop; the row before them is published all the same, and capture goes on. */
    private static TableStop stopOf(String name, String... statements) throws Exception {
        CaptureFixture.Migration migration =
                fixture.migration(name, "create table t (id int primary key, name varchar(9), note text)");
        try (ChangeCapture capture = migration.capture(migration.settings(CaptureFixture.QUICK, Faults.NONE, "t"))) {
            migration.execute("insert into t values (1, null, 'a')");
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> migration.changes().size() == 1);
            migration.execute(statements);
            migration.markFence("end");
            await().atMost(Duration.ofSeconds(20)).until(() -> migration.isFenced("end"));
            assertThat(migration.changes()).hasSize(1);
            assertThat(capture.stopped()).containsExactly(name + ".t");
            List<TableStop> stops = migration.stops();
            assertThat(stops).hasSize(1);
            return stops.get(0);
        }
    }

    private static String text(SourceTable table, Row row, String column) {
        return ValueText.of(
                table.column(column).column().type(), row, table.table().indexOf(column));
    }

    private static String hex(Row row, int field) {
        return row.isNull(field)
                ? "NULL"
                : HexFormat.of().formatHex(row.bytes(), row.offsetOf(field), row.offsetOf(field) + row.lengthOf(field));
    }
}
