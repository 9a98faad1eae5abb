package dev.crossfade.capture.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.capture.source.KeyPredicate;
import dev.crossfade.capture.source.SchemaReader;
import dev.crossfade.capture.source.SourceDatabase;
import dev.crossfade.capture.source.SourceRowReader;
import dev.crossfade.capture.source.SourceTable;
import dev.crossfade.model.ChunkTask;
import dev.crossfade.model.DatabaseAccess;
import dev.crossfade.model.KeyRange;
import dev.crossfade.model.RowKey;
import dev.crossfade.model.Secret;
import dev.crossfade.model.TableId;
import dev.crossfade.testkit.MariaDbServer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChunkCutterIT {
    private static MariaDbServer server;

    @BeforeAll
    static void start() {
        server = MariaDbServer.start();
        server.createDatabase("shop");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private record Cut(List<ChunkTask> tasks, List<RowKey> keysByRange, List<RowKey> keysOfTable, List<String> plans) {}

    /** Cuts the table into chunks of about {@code rows} rows and reads each range. */
    private static Cut cut(String name, int rows) throws SQLException {
        try (Connection connection = SourceDatabase.of(
                        new DatabaseAccess(server.jdbcUrl("shop"), server.user(), new Secret(server.password())))
                .open()) {
            SourceTable table = SchemaReader.read(connection)
                    .table(new TableId("shop", name))
                    .orElseThrow();
            long rowBytes = table.estimatedRows() == 0 ? 1 : table.dataBytes() / table.estimatedRows();
            List<ChunkTask> tasks = new ChunkCutter(connection, table, table.key(), rows * rowBytes).cut();
            List<RowKey> byRange = new ArrayList<>();
            List<String> plans = new ArrayList<>();
            for (ChunkTask task : tasks) {
                byRange.addAll(keys(connection, table, task.range()));
                plans.add(explain(connection, table, task.range()));
            }
            return new Cut(tasks, byRange, keys(connection, table, KeyRange.ALL), plans);
        }
    }

    private static List<RowKey> keys(Connection connection, SourceTable table, KeyRange range) throws SQLException {
        SourceRowReader reader = SourceRowReader.of(table, List.of());
        List<RowKey> keys = new ArrayList<>();
        try (PreparedStatement statement = prepare(connection, "", table, reader, range);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                keys.add(reader.key(row));
            }
        }
        return keys;
    }

    /** How the server reads a range: type, index, extra. */
    private static String explain(Connection connection, SourceTable table, KeyRange range) throws SQLException {
        SourceRowReader reader = SourceRowReader.of(table, List.of());
        try (PreparedStatement statement = prepare(connection, "explain ", table, reader, range);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getString("type") + " " + row.getString("key") + " " + row.getString("Extra");
        }
    }

    private static PreparedStatement prepare(
            Connection connection, String prefix, SourceTable table, SourceRowReader reader, KeyRange range)
            throws SQLException {
        KeyPredicate predicate = new KeyPredicate(table);
        PreparedStatement statement = connection.prepareStatement(prefix + "select " + reader.selectList()
                + predicate.from() + predicate.where(range) + predicate.orderBy());
        predicate.bind(statement, range);
        return statement;
    }

    private static void execute(String... statements) throws SQLException {
        try (Connection connection = server.connect("shop");
                Statement statement = connection.createStatement()) {
            statement.execute("set session time_zone = '+00:00', sql_mode = ''");
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "plain | id int | id | seq from seq_1_to_1000",
                "negative_int | id int | id | cast(seq as signed) - 500 from seq_1_to_1000",
                "unsigned_beyond_long | id bigint unsigned | id | 18446744073709551615 - seq from seq_0_to_999",
                "across_long | id bigint unsigned | id | 9223372036854775308 + seq from seq_0_to_999",
                "sparse | id bigint | id | seq * seq * seq * 1000003 from seq_1_to_1000",
                "skewed | id bigint | id | if(seq < 990, seq, seq * 1000000000) from seq_1_to_1000",
                "decimals | id decimal(20,5) | id | seq / 7 from seq_1_to_1000",
                "text_ci | id varchar(40) | id | concat(if(seq % 2, 'KEY', 'key'), seq) from seq_1_to_1000",
                "text_accents | id varchar(40) collate utf8mb4_unicode_ci | id | concat(elt(1 + seq % 4, 'é', 'F', 'e', 'Z'), seq) from seq_1_to_1000",
                "text_latin1 | id varchar(40) character set latin1 | id | concat(elt(1 + seq % 3, 'é', 'F', 'ü'), seq) from seq_1_to_1000",
                "text_utf8mb3 | id varchar(40) character set utf8mb3 collate utf8mb3_bin | id | concat(elt(1 + seq % 3, 'é', 'F', 'ü'), seq) from seq_1_to_1000",
                "text_utf16 | id varchar(40) character set utf16 | id | concat(elt(1 + seq % 3, 'é', 'F', 'ü'), seq) from seq_1_to_1000",
                "char_padded | id char(12) | id | concat(char(97 + seq % 3), ' ', seq) from seq_1_to_1000",
                "binaries | id binary(16) | id | unhex(md5(seq)) from seq_1_to_1000",
                "varbinaries | id varbinary(20) | id | concat(char(seq % 256), unhex(md5(seq))) from seq_1_to_1000",
                "dates | id date | id | '2000-01-01' + interval seq day from seq_1_to_1000",
                "datetimes | id datetime(6) | id | '2000-01-01' + interval seq * 1000003 microsecond from seq_1_to_1000",
                "timestamps | id timestamp(6) default '2000-01-01' | id | '2024-03-31 00:30:00' + interval seq * 11 second from seq_1_to_1000",
                "times | id time(3) | id | sec_to_time((cast(seq as signed) - 500) * 60) from seq_1_to_1000",
                "floats | id float | id | (cast(seq as signed) - 500) / 3 from seq_1_to_1000",
                "doubles | id double | id | (cast(seq as signed) - 500) / 3 from seq_1_to_1000",
                "bits | id bit(40) | id | seq * 65537 from seq_1_to_1000",
                "years | id year, n int | id, n | if(seq % 3 = 0, 0, 1970 + seq % 100), seq from seq_1_to_1000",
                "enums | id enum('z', 'm', 'a'), n int | id, n | 1 + seq % 3, seq from seq_1_to_1000",
                "enums_last | n int, id enum('z', 'm', 'a') | n, id | seq div 3, 1 + seq % 3 from seq_0_to_999",
                "sets_last | n int, id set('z', 'm', 'a') | n, id | seq div 8, seq % 8 from seq_0_to_999",
                "flags | n bit(1), id int | n, id | seq % 2, seq from seq_1_to_1000",
                "composite | a int, b varchar(10), c date | a, b, c | seq % 3, char(97 + seq % 5), '2020-01-01' + interval seq day from seq_1_to_1000",
                "composite_skewed | a int unsigned, b bigint unsigned | a, b | if(seq < 900, 7, seq), seq from seq_1_to_1000",
                "key_out_of_order | b int, a int | a, b | seq, seq % 10 from seq_1_to_1000",
            })
    void rangesHoldEveryRowExactlyOnceAndAreReadFromTheIndex(String name, String columns, String key, String rows)
            throws Exception {
        // Given
        execute(
                "create table " + name + " (" + columns + ", primary key (" + key + ")) engine=InnoDB",
                "insert into " + name + " select " + rows,
                "analyze table " + name);
        // When
        Cut cut = cut(name, 100);
        // Then
        assertThat(cut.keysOfTable()).hasSize(1000).doesNotHaveDuplicates();
        assertThat(cut.keysByRange()).isEqualTo(cut.keysOfTable());
        assertThat(cut.tasks()).hasSizeBetween(8, 13);
        assertThat(cut.tasks().get(0).range().from()).isEmpty();
        assertThat(cut.tasks().get(cut.tasks().size() - 1).range().to()).isEmpty();
        for (int i = 1; i < cut.tasks().size(); i++) {
            assertThat(cut.tasks()
                            .get(i - 1)
                            .range()
                            .isFollowedBy(cut.tasks().get(i).range()))
                    .isTrue();
            assertThat(cut.tasks().get(i).chunk().number()).isEqualTo(i);
        }
        assertThat(cut.plans())
                .allSatisfy(plan -> assertThat(plan).startsWith("range PRIMARY").doesNotContain("filesort"));
    }

    @Test
    void emptyTableIsOneChunkOpenAtBothEnds() throws Exception {
        // Given
        execute("create table nothing (id int primary key) engine=InnoDB");
        // When
        Cut cut = cut("nothing", 100);
        // Then
        assertThat(cut.tasks()).extracting(ChunkTask::range).containsExactly(KeyRange.ALL);
    }

    @Test
    void keyThatBeginsWithASetIsOneChunk() throws Exception {
        // Given
        execute(
                "create table sets (id set('z', 'm', 'a'), n int, primary key (id, n)) engine=InnoDB",
                "insert into sets select seq % 8, seq from seq_1_to_1000",
                "analyze table sets");
        // When
        Cut cut = cut("sets", 100);
        // Then
        assertThat(cut.tasks()).extracting(ChunkTask::range).containsExactly(KeyRange.ALL);
    }

    @Test
    void keyThatIndexesOnlyAPrefixIsOneChunk() throws Exception {
        // Given
        execute(
                "create table prefixed (id text, primary key (id(20))) engine=InnoDB",
                "insert into prefixed select concat('key', seq) from seq_1_to_1000",
                "analyze table prefixed");
        // When
        Cut cut = cut("prefixed", 100);
        // Then
        assertThat(cut.tasks()).extracting(ChunkTask::range).containsExactly(KeyRange.ALL);
        assertThat(cut.keysByRange()).hasSize(1000);
    }

    @Test
    void walkGoesOnBehindTheLastKeyOfAStatement() throws Exception {
        // Given
        execute(
                "create table large (a int, b int, primary key (a, b)) engine=InnoDB",
                "insert into large select seq div 1000, seq from seq_1_to_1100000",
                "analyze table large");
        // When
        Cut cut = cut("large", 100_000);
        // Then
        assertThat(cut.keysByRange()).hasSize(1_100_000);
        assertThat(cut.tasks().stream().mapToLong(ChunkTask::estimatedRows).sum())
                .isEqualTo(1_100_000);
    }
}
