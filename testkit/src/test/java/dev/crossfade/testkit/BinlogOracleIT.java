package dev.crossfade.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BinlogOracleIT {
    private final MariaDbServer server = MariaDbServer.start("--innodb-buffer-pool-size=64M");

    @AfterAll
    void close() {
        server.close();
    }

    @Test
    void listsEveryRowWithItsTransactionAndItsImages() {
        server.createDatabase("shop");
        server.createDatabase("other");
        server.execute("other", "create table o (id int primary key)");
        server.execute(
                "shop",
                "create table t (a int, b varchar(10) character set latin1, v text, primary key (b, a))",
                "insert into t values (1, 'ä', null), (2, 'b', 'x')",
                "set autocommit = 0",
                "insert into other.o values (1)",
                "update t set v = 'y' where a = 2",
                "update t set b = 'c' where a = 2",
                "delete from t where a = 1",
                "commit",
                "insert into t values (9, 'z', 'rolled back')",
                "rollback");
        server.restart(); // a new log file
        server.execute("shop", "insert into t values (3, 'd', 'later')");

        List<RowEvent> events = BinlogOracle.read(server, "shop");

        assertThat(events)
                .extracting(event -> event.kind() + " " + event.key() + " " + event.row() + " " + event.after())
                .containsExactly(
                        "INSERT ['ä', 1] 1 [1, 'ä', NULL]",
                        "INSERT ['b', 2] 2 [2, 'b', 'x']",
                        "UPDATE ['b', 2] 2 [2, 'b', 'y']",
                        "UPDATE ['b', 2] 3 [2, 'c', 'y']",
                        "DELETE ['ä', 1] 4 []",
                        "INSERT ['d', 3] 1 [3, 'd', 'later']");
        assertThat(events.get(1).gtid()).isEqualTo(events.get(0).gtid()).matches("0-1-\\d+");
        assertThat(events.get(2).gtid())
                .isEqualTo(events.get(4).gtid())
                .isNotEqualTo(events.get(1).gtid());
        assertThat(events.get(2).isKeyChange()).isFalse();
        assertThat(events.get(3).isKeyChange()).isTrue();
        assertThat(events.get(3).keyAfter()).containsExactly("'c'", "2");
        assertThat(events.get(5).file()).isNotEqualTo(events.get(4).file());
    }

    @Test
    void showsEveryTypeAsTheTableShowsIt() {
        server.createDatabase("types");
        server.execute("types", """
                create table v (id bigint unsigned primary key, t tinyint unsigned, m mediumint unsigned, i int unsigned, n decimal(65,30),
                  f float, d double, c char(5), l varchar(20) character set latin1, b binary(4), bl blob, dt date, ts datetime(6),
                  at timestamp(3) null, t0 time, t2 time(2), t4 time(4), t6 time(6), y year, b1 bit(1), b40 bit(40), e enum('a','b''c'),
                  s set('p','q'), j json)
                """, "set time_zone = '+02:00', sql_mode = ''", """
                insert into v values
                (18446744073709551615, 255, 16777215, 4294967295, -12345678901234567890.12, 3.4028e38, 0.1e0+0.2e0, 'ab', '€ä', x'4142',
                 x'00ff', '1582-10-10', '0010-01-19 17:17:17.123456', '2020-06-01 12:00:00.5', '-838:59:59', '-00:00:00.01',
                 '-01:01:01.0001', '-838:59:59.999999', 0, b'1', x'8000000001', 'b''c', 'q,p', '{"b": 1.50, "a": 2}'),
                (1, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
                 null, null, null),
                (2, 1, 1, 0, 0.5, 1.1, 0, '', '', '', '', '2024-00-10', '0000-00-00', '0000-00-00', '00:00:00', '23:59:59.99',
                 '838:00:00.9999', '00:00:00.000001', 2155, b'0', 1, 'zzz', '', 'null')
                """);
        List<String> columns = List.of(
                "id", "t", "m", "i", "n", "f", "d", "c", "l", "b", "bl", "dt", "ts", "at", "t0", "t2", "t4", "t6", "y",
                "b1", "b40", "e", "s", "j");

        List<RowEvent> events = BinlogOracle.read(server, "types");

        DatabaseDump.Relation table = new DatabaseDump.Relation(() -> server.connect("types"), "types", "v");
        assertThat(events.stream().map(RowEvent::after))
                .containsExactlyInAnyOrderElementsOf(DatabaseDump.rows(table, columns));
    }
}
