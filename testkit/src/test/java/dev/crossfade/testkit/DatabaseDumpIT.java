package dev.crossfade.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DatabaseDumpIT {
    private final MariaDbServer maria = MariaDbServer.start("--innodb-buffer-pool-size=64M");
    private final PostgresServer postgres = PostgresServer.start();

    @BeforeAll
    void createSource() {
        maria.createDatabase("shop");
        maria.execute("shop", """
                create table v (id bigint unsigned primary key, t1 tinyint(1), i int unsigned, n decimal(65,30), f float, f2 float(7,3),
                  d double, c char(5), l varchar(20) character set latin1, x longtext, b binary(4), bl blob, dt date,
                  ts datetime(6), at timestamp(3) null, tm time(6), y year, b1 bit(1), b64 bit(64), e enum('a','b'), s set('p','q'),
                  j json)
                """, "set time_zone = '+02:00', sql_mode = ''", """
                insert into v (id, t1, i, n, f, f2, d, c, l, x, b, bl, dt, ts, at, tm, y, b1, b64, e, s, j) values
                (18446744073709551615, -1, 4294967295, 12345678901234567890.120000000000000000000000000000, 3.402823466E38, 123.4567,
                 0.1e0+0.2e0, 'ab ', '€ä', 'O''Neil 😀\\n', x'4142', x'00ff', '1582-10-10', '0010-01-19 17:17:17.123456',
                 '2020-06-01 12:00:00.5', '-838:59:59.999999', 0, b'1', 18446744073709551615, 'b', 'q,p',
                 '{"b": 1.50, "a": [18446744073709551616, "\\\\u00e4"], "a": 2}'),
                (1, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
                 null, null),
                (2, 1, 0, -0.5, 1.1, 0, 0, '', '', '', '', '', '2024-00-10', '0000-00-00', '0000-00-00', '00:00:00', 2155, b'0',
                 1, 'zzz', '', 'null')
                """);
    }

    @BeforeEach
    void createTarget() {
        postgres.createDatabase("new");
        postgres.execute("new", """
                create table v (number_ numeric(65,30), id numeric(20,0) primary key, t1 smallint, i bigint, f real, f2 real,
                  d double precision, c varchar(5), l varchar(20), x text, b bytea, bl bytea, dt date, ts timestamp(6),
                  at timestamptz(3), tm interval, y smallint, b1 boolean, b64 bit(64), e text, s text)
                """, """
                insert into v values
                (12345678901234567890.12, 18446744073709551615, -1, 4294967295, 3.4028235e38, 123.457, 0.30000000000000004, 'ab',
                 '€ä', E'O''Neil 😀\\n', '\\x41420000', '\\x00ff', '1582-10-10', '0010-01-19 17:17:17.123456',
                 '2020-06-01 10:00:00.5+00', make_interval(hours => -838, mins => -59, secs => -59.999999), 0, true,
                 repeat('1', 64)::bit(64), 'b', 'p,q')
                """, "insert into v (id) values (1)", """
                insert into v values
                (-0.5, 2, 1, 0, 1.1, 0, 0, '', '', '', '\\x00000000', '', null, null, null, '0', 2155, false,
                 (repeat('0', 63) || '1')::bit(64), '', '')
                """);
    }

    @AfterAll
    void close() {
        maria.close();
        postgres.close();
    }

    @Test
    void findsEveryTypeEqualToItsFaithfulCopy() {
        long rows = dump().dropped("j").assertEqual();

        assertThat(rows).isEqualTo(3);
        assertThat(DatabaseDump.rows(source(), List.of("id", "dt", "x", "tm", "j")))
                .containsExactly(
                        List.of("1", "NULL", "NULL", "NULL", "NULL"),
                        List.of(
                                "18446744073709551615",
                                "1582-10-10",
                                "'O''Neil 😀\n'",
                                "-3020399999999",
                                "json:{'a':2,'b':1.5}"),
                        List.of("2", "NULL", "''", "0", "json:null"));
    }

    @Test
    void namesTheColumnThatDiffers() {
        postgres.execute("new", "update v set number_ = number_ + 0.000000000000000000000000000001 where id > 5");

        assertThatThrownBy(() -> dump().dropped("j").assertEqual())
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("different: id=18446744073709551615, n: source 12345678901234567890.12, target ")
                .hasMessageContaining("90.120000000000000000000000000001");
    }

    @Test
    void findsMissingExtraAndDoubledRows() {
        postgres.execute(
                "new",
                "alter table v drop constraint v_pkey",
                "delete from v where id = 2",
                "insert into v select * from v where id = 1",
                "insert into v (id) values (77)");

        assertThat(dump().dropped("j").difference()).hasValueSatisfying(text -> assertThat(text)
                .contains("only on the source: id=2,")
                .contains("only on the target: id=1,")
                .contains("only on the target: id=77,"));
    }

    @Test
    void wantsEveryColumnAccountedFor() {
        postgres.execute("new", "alter table v add extra int");

        assertThat(DatabaseDump.between(source(), target()).difference()).hasValueSatisfying(text -> assertThat(text)
                .contains("column n has no counterpart n")
                .contains("target column number_ has no source")
                .contains("target column extra has no source"));
    }

    @Test
    void comparesJsonByMeaning() {
        postgres.execute("new", "create table j (id int, j jsonb)");
        postgres.execute(
                "new", "insert into j values (1, '{\"a\":{\"y\":[1e2,true,null],\"x\":12345678901234567890.10}}')");
        maria.execute(
                "shop",
                "create or replace table j (id int, j longtext)",
                "insert into j values (1, '{ \"a\" : {\"x\":12345678901234567890.1, \"y\":[100,true,null]}}')");

        DatabaseDump dump = DatabaseDump.between(
                new DatabaseDump.Relation(() -> maria.connect("shop"), "shop", "j"),
                new DatabaseDump.Relation(() -> postgres.connect("new"), "public", "j"));

        assertThat(dump.assertEqual()).isEqualTo(1);
    }

    private DatabaseDump dump() {
        return DatabaseDump.between(source(), target()).renamed("n", "number_");
    }

    private DatabaseDump.Relation source() {
        return new DatabaseDump.Relation(() -> maria.connect("shop"), "shop", "v");
    }

    private DatabaseDump.Relation target() {
        return new DatabaseDump.Relation(() -> postgres.connect("new"), "public", "v");
    }
}
