package dev.crossfade.capture.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.crossfade.capture.TypeFixture;
import dev.crossfade.model.Column;
import dev.crossfade.model.DatabaseAccess;
import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.Row;
import dev.crossfade.model.RowKey;
import dev.crossfade.model.Secret;
import dev.crossfade.model.TableId;
import dev.crossfade.model.ValueText;
import dev.crossfade.model.codec.RowWriter;
import dev.crossfade.testkit.MariaDbServer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SourceRowReaderIT {
    private static MariaDbServer server;

    @BeforeAll
    static void start() {
        server = MariaDbServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void emptyDatabase() {
        server.createDatabase("shop");
    }

    private static SourceDatabase source() {
        return SourceDatabase.of(
                new DatabaseAccess(server.jdbcUrl("shop"), server.user(), new Secret(server.password())));
    }

    private static void execute(List<String> statements) throws Exception {
        try (Connection connection = server.connect("shop");
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static List<Row> read(String table) throws Exception {
        try (Connection connection = source().open()) {
            SourceTable described = SchemaReader.read(connection)
                    .table(new TableId("shop", table))
                    .orElseThrow();
            List<String> columns =
                    described.columns().stream().map(SourceColumn::name).toList();
            SourceRowReader reader = SourceRowReader.of(described, columns);
            List<Row> read = new ArrayList<>();
            RowWriter writer = new RowWriter(1024);
            KeyPredicate key = new KeyPredicate(described);
            try (PreparedStatement statement =
                            connection.prepareStatement("select " + reader.selectList() + key.from() + key.orderBy());
                    ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    writer.clear();
                    reader.append(row, writer);
                    read.add(writer.toRow());
                }
            }
            return read;
        }
    }

    @Test
    void everyTypeIsReadAsTheBytesOfItsMeaning() throws Exception {
        // Given
        execute(TypeFixture.statements("types"));
        // When
        List<Row> rows = read("types");
        // Then
        List<String> differences = new ArrayList<>();
        for (Row row : rows) {
            Row expected = TypeFixture.expected(rows.indexOf(row) + 1);
            for (int i = 0; i < TypeFixture.all().size(); i++) {
                if (!Arrays.equals(field(row, i + 1), field(expected, i + 1))) {
                    TypeFixture.Case type = TypeFixture.all().get(i);
                    differences.add(type.declaration() + " " + type.literal() + ": read "
                            + ValueText.of(type.type(), row, i + 1) + ", expected "
                            + ValueText.of(type.type(), expected, i + 1));
                }
            }
        }
        assertThat(differences).isEmpty();
        assertThat(rows).containsExactly(TypeFixture.expected(1), TypeFixture.expected(2));
    }

    private static byte[] field(Row row, int field) {
        return row.isNull(field)
                ? new byte[] {-1}
                : Arrays.copyOfRange(row.bytes(), row.offsetOf(field) - 4, row.offsetOf(field) + row.lengthOf(field));
    }

    @Test
    void everyTypeIsDescribedByItsMeaning() throws Exception {
        // Given
        execute(TypeFixture.statements("types"));
        // When
        SourceTable table;
        try (Connection connection = source().open()) {
            table = SchemaReader.read(connection)
                    .table(new TableId("shop", "types"))
                    .orElseThrow();
        }
        // Then
        assertThat(table.refused()).isEmpty();
        assertThat(table.table().columns().stream().skip(1).map(Column::type))
                .containsExactlyElementsOf(
                        TypeFixture.all().stream().map(TypeFixture.Case::type).toList());
    }

    @Test
    void valueThatCannotBeEncodedIsNamedByTableColumnAndKey() throws Exception {
        // Given
        execute(List.of(
                "create table notes (id int primary key, secret varchar(20), note varchar(20))",
                "insert into notes values (1, 'top', 'fine'), (2, 'top', concat('a', char(0), 'b'))"));
        // When, Then
        assertThatThrownBy(() -> read("notes"))
                .isInstanceOfSatisfying(
                        MigrationException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.TRANSFORM))
                .hasMessageContaining("shop.notes.note of row (2) holds a NUL character")
                .hasMessageNotContaining("top");
    }

    @Test
    void zeroDateInAKeyStops() throws Exception {
        // Given
        execute(List.of(
                "set session sql_mode = ''",
                "create table days (day date primary key)",
                "insert into days values ('0000-00-00'), ('2024-01-01')"));
        // When, Then
        assertThatThrownBy(() -> read("days"))
                .isInstanceOf(MigrationException.class)
                .hasMessageContaining("shop.days.day is a zero or partial date, which a key cannot hold");
    }

    @Test
    void keyIsReadInKeyOrderWhateverTheColumnsAre() throws Exception {
        // Given
        execute(List.of(
                "create table items (amount int, line smallint, doc varchar(10), primary key (doc, line))",
                "insert into items values (5, 7, 'x')"));
        // When
        RowKey key;
        try (Connection connection = source().open()) {
            SourceTable table = SchemaReader.read(connection)
                    .table(new TableId("shop", "items"))
                    .orElseThrow();
            SourceRowReader reader = SourceRowReader.of(table, List.of("amount"));
            try (PreparedStatement statement =
                            connection.prepareStatement("select " + reader.selectList() + " from items");
                    ResultSet row = statement.executeQuery()) {
                row.next();
                key = reader.key(row);
            }
        }
        // Then
        RowWriter expected = new RowWriter(64);
        expected.startRow(2);
        expected.writeText("x");
        expected.writeInt16(7);
        assertThat(key).isEqualTo(expected.toKey());
    }
}
