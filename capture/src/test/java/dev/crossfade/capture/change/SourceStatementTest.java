package dev.crossfade.capture.change;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.capture.change.SourceStatement.Kind;
import dev.crossfade.model.TableId;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SourceStatementTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "insert into t values (1)",
                "INSERT LOW_PRIORITY IGNORE INTO `t` (a) VALUES ('update u set')",
                "insert delayed t set a = 1",
                "replace into shop.t select * from u",
                "/* by: hand */ update t set a = 1",
                "-- a comment\nupdate t set a = 1",
                "# a comment\nupdate t set a = (select max(a) from u)",
                "update /*+ NO_MERGE(t) */ low_priority t as x set x.a = 1",
                "SET STATEMENT binlog_format = 'STATEMENT', max_statement_time = 9 FOR UPDATE t SET a = 1",
                "/*!50001 update t set a = 1 */",
                "/*M!100100 delete from t */",
                "delete from t where a = 1",
                "delete quick from `shop`.`t` order by a limit 1",
                "delete t from t where exists (select 1 from u)",
                "with x as (select 1) update t set a = 1",
                "with x as (select a from u) delete from t where a in (select a from x)",
                "load data local infile 'x' replace into table t fields terminated by ','",
                "load data infile 'x' into table `shop`.`t`"
            })
    void aChangeByAStatementNamesItsTable(String sql) {
        SourceStatement statement = SourceStatement.of(sql, "shop");

        assertThat(statement.kind()).isEqualTo(Kind.DATA);
        assertThat(statement.isAnywhere()).isFalse();
        assertThat(statement.tables()).contains(table("t")).doesNotContain(table("u"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "update t, u set t.a = u.a",
                "update t join other.x on t.a = x.a left join u using (a) set u.a = 1",
                "update (t inner join u on t.a = u.a) set u.a = 1",
                "delete x from t as x join u using (a) where u.a = 1",
                "delete from t, u using t join u on t.a = u.a"
            })
    void aChangeOfAJoinMayBeOfAnyOfItsTables(String sql) {
        assertThat(SourceStatement.of(sql, "shop").tables()).contains(table("t"), table("u"));
    }

    @Test
    void quotedNamesAndOtherSchemasAreReadAsTheServerDoes() {
        assertThat(SourceStatement.of("update `other`.`a``b ü` set x = 1", "shop")
                        .tables())
                .containsExactly(new TableId("other", "a`b ü"));
        assertThat(SourceStatement.of("insert into \"other\" . \"select\" values (1)", "shop")
                        .tables())
                .containsExactly(new TableId("other", "select"));
        assertThat(SourceStatement.of("delete from other.t", "shop").tables())
                .containsExactly(new TableId("other", "t"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"select shop.touch(1)", "call x()", "do f()", "with x as (select 1) select f() from x"})
    void aFunctionMayChangeAnyTable(String sql) {
        assertThat(SourceStatement.of(sql, "shop")).isEqualTo(SourceStatement.ANYWHERE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "truncate t | TRUNCATE",
                "TRUNCATE TABLE `shop`.`t` | TRUNCATE",
                "set statement lock_wait_timeout=1 for truncate table t | TRUNCATE",
                "alter table t drop partition p1 | PARTITION",
                "alter table t truncate partition p1, p2 | PARTITION",
                "alter table t exchange partition p1 with table u | PARTITION",
                "alter table t convert partition p1 to table u | PARTITION",
                "alter table t convert table u to partition p1 values less than (9) | PARTITION",
                "alter table t add column b int | ALTERED",
                "alter table t add b int after a | ALTERED",
                "alter table t add (b int, c int) | ALTERED",
                "alter table t engine=innodb, modify a bigint | ALTERED",
                "alter online table if exists t nowait change a b int | ALTERED",
                "alter table t wait 5 drop a, add index (b) | ALTERED",
                "alter table t drop primary key, add primary key (b) | ALTERED",
                "alter table t convert to character set utf8mb4 | ALTERED",
                "alter table t rename column a to b | ALTERED",
                "alter table t rename to v | ALTERED",
                "alter ignore table t add unique (a) | ALTERED",
                "alter table t import tablespace | ALTERED",
                "alter table t add constraint x foreign key (a) references u (a) on delete cascade | ALTERED",
                "alter table t add foreign key (a) references u (a) on update set null | ALTERED",
                "alter table t drop foreign key x | CONSTRAINT",
                "alter table t drop constraint x, add index (a) | CONSTRAINT",
                "alter table t drop constraint x, drop column a | ALTERED",
                "rename table v to w, t to u | ALTERED",
                "rename table v to t | ALTERED",
                "drop table if exists v, t | ALTERED",
                "create or replace table t (a int) | ALTERED"
            })
    void aDefinitionThatTouchesRowsNamesItsTable(String sql, Kind kind) {
        SourceStatement statement = SourceStatement.of(sql, "shop");

        assertThat(statement.kind()).isEqualTo(kind);
        assertThat(statement.tables()).contains(table("t"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "alter table t add index x (a), add unique key (b), algorithm=inplace, lock=none",
                "alter table t add constraint u unique (a)",
                "alter table t add constraint c check (a > 0)",
                "alter table t add constraint x foreign key (a) references u (a) on delete restrict",
                "alter table t drop index x, rename index y to z",
                "alter table t comment 'drop column a, truncate'",
                "alter table t alter column a set default 7, auto_increment = 9",
                "alter table t force",
                "alter table t engine = innodb row_format = dynamic",
                "alter table t add partition (partition p9 values less than (9))",
                "alter table t analyze partition p1, p2",
                "alter table t reorganize partition p8, p9 into (partition p9 values less than (10))",
                "alter table t partition by hash (a) partitions 4",
                "alter table t remove partitioning",
                "alter database shop character set utf8mb4",
                "alter user x identified by 'y'",
                "create index x on t (a)",
                "create table if not exists t (a int)",
                "create temporary table t (a int)",
                "create trigger x before insert on t for each row set new.a = 1",
                "create view v as select * from t",
                "drop index x on t",
                "drop temporary table if exists t",
                "drop view t",
                "rename user t to u",
                "analyze table t",
                "optimize table t",
                "flush tables t",
                "grant select on t to x",
                ""
            })
    void harmlessStatementsTouchNoRows(String sql) {
        assertThat(SourceStatement.of(sql, "shop").kind()).isEqualTo(Kind.HARMLESS);
    }

    @Test
    void aDroppedSchemaTouchesAllItsTables() {
        assertThat(SourceStatement.of("drop database if exists `shop`", "other"))
                .isEqualTo(new SourceStatement(Kind.ALTERED, List.of(), Set.of("shop"), false));
    }

    @ParameterizedTest
    @CsvSource({
        "BEGIN, TRANSACTION",
        "COMMIT, TRANSACTION",
        "XA START X'61', TRANSACTION",
        "SAVEPOINT `a`, TRANSACTION",
        "ROLLBACK, ROLLBACK",
        "ROLLBACK TO `a`, ROLLBACK"
    })
    void theEndsOfTransactionsAreTold(String sql, Kind kind) {
        assertThat(SourceStatement.of(sql, "shop").kind()).isEqualTo(kind);
    }

    private static TableId table(String name) {
        return new TableId("shop", name);
    }
}
