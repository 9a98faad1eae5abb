package dev.crossfade.capture.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.model.Column;
import dev.crossfade.model.DatabaseAccess;
import dev.crossfade.model.LogicalType;
import dev.crossfade.model.LogicalType.Kind;
import dev.crossfade.model.Problem;
import dev.crossfade.model.Secret;
import dev.crossfade.model.TableId;
import dev.crossfade.testkit.MariaDbServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SchemaReaderIT {
    private static MariaDbServer server;
    private static SourceSchema schema;

    @BeforeAll
    static void start() throws Exception {
        server = MariaDbServer.start();
        server.createDatabase("shop");
        server.execute(
                "shop",
                "create table parts (line smallint, doc varchar(10), primary key (doc, line))",
                "create table customers (id int unsigned primary key, email varchar(80) not null, unique (email))",
                """
                create table orders (doc varchar(10), line smallint, customer int unsigned, place point, ip inet6,
                  payload json, twice int as (line * 2) virtual, primary key (line, doc), key by_customer (customer, doc(3)),
                  constraint fk_customer foreign key (customer) references customers (id) on delete cascade on update set null)""",
                """
                create table remarks (id int primary key, doc varchar(10), line smallint, re int,
                  constraint fk_order foreign key (doc, line) references parts (doc, line) on update cascade,
                  constraint fk_re foreign key (re) references remarks (id) on delete set null,
                  constraint fk_bound foreign key (re) references remarks (id))""",
                "create view some_orders as select * from orders",
                "create sequence numbers",
                "create table keyless (a int not null, b int, unique (a))",
                "create table nothing_unique (a int)",
                "create table old (a int primary key) engine=MyISAM",
                "create table uuids (id uuid primary key, n int)",
                "create table versioned (id int primary key) with system versioning",
                "create table shape (s point)");
        try (Connection connection = source().open()) {
            server.execute("shop", new MarkerTable("shop").definition());
            schema = SchemaReader.read(connection);
        }
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static SourceDatabase source() {
        return SourceDatabase.of(
                new DatabaseAccess(server.jdbcUrl("shop"), server.user(), new Secret(server.password())));
    }

    private static SourceTable table(String name) {
        return schema.table(new TableId("shop", name)).orElseThrow();
    }

    @Test
    void listsBaseTablesOnlyAndNotTheMarker() {
        assertThat(schema.tables())
                .extracting(table -> table.id().name())
                .containsExactly(
                        "customers",
                        "keyless",
                        "nothing_unique",
                        "old",
                        "orders",
                        "parts",
                        "remarks",
                        "shape",
                        "uuids",
                        "versioned");
        assertThat(schema.server().product()).isEqualTo(SourceProduct.MARIADB);
        assertThat(schema.server().isAtLeast(11, 4)).isTrue();
        assertThat(schema.server().isAtLeast(12, 0)).isFalse();
    }

    @Test
    void describesColumnsKeyAndIndexes() {
        SourceTable orders = table("orders");
        assertThat(orders.table().columns())
                .containsExactly(
                        new Column("doc", LogicalType.text(10), false, "varchar(10)"),
                        new Column("line", LogicalType.of(Kind.INT16), false, "smallint(6)"),
                        new Column("customer", LogicalType.of(Kind.INT64), true, "int(10) unsigned"),
                        new Column("payload", LogicalType.of(Kind.JSON), true, "longtext"),
                        new Column("twice", LogicalType.of(Kind.INT32), true, "int(11)"));
        assertThat(orders.key()).containsExactly("line", "doc");
        assertThat(orders.column("twice").generated()).isTrue();
        assertThat(orders.column("line").generated()).isFalse();
        assertThat(orders.problems()).isEmpty();
        assertThat(table("customers").indexes())
                .containsExactly(new SourceIndex("email", true, List.of("email"), true, true));
        assertThat(orders.indexes())
                .containsExactly(new SourceIndex("by_customer", false, List.of("customer", "doc"), false, true));
    }

    @Test
    void namesRefusedColumnsWithTheirType() {
        assertThat(table("orders").refused()).extracting(RefusedColumn::name).containsExactly("place", "ip");
        assertThat(table("orders").refused().get(1).reason()).contains("inet6");
    }

    @Test
    void aTableWithoutAPrimaryKeyHasNoKeyWhateverIsUniqueInIt() {
        assertThat(table("keyless").key()).isEmpty();
        assertThat(table("keyless").problems()).isEmpty();
        assertThat(table("nothing_unique").key()).isEmpty();
        assertThat(table("nothing_unique").problems()).isEmpty();
    }

    @Test
    void namesTablesThatCannotBeMovedWithTheStatementThatMends() {
        assertThat(table("old").problems()).extracting(Problem::code).containsExactly("NON-TRANSACTIONAL");
        assertThat(table("uuids").problems()).extracting(Problem::code).containsExactly("KEY-TYPE");
        assertThat(table("versioned").problems()).extracting(Problem::code).containsExactly("SYSTEM-VERSIONED");
        assertThat(table("shape").problems()).extracting(Problem::code).contains("NO-COLUMNS");
    }

    @Test
    void namesKeysWhoseActionsAreNotLogged() {
        assertThat(schema.cascadingKeys())
                .filteredOn(key -> key.child().name().equals("orders"))
                .containsExactly(new CascadingKey(
                        "fk_customer",
                        new TableId("shop", "orders"),
                        List.of("customer"),
                        new TableId("shop", "customers"),
                        List.of("id"),
                        "SET NULL",
                        "CASCADE",
                        false));
    }

    @Test
    void readsTheColumnsOfAKeyInItsOrderAndLeavesOutKeysWithoutAnAction() {
        TableId remarks = new TableId("shop", "remarks");

        assertThat(schema.cascadingKeys())
                .filteredOn(key -> key.child().equals(remarks))
                .containsExactly(
                        new CascadingKey(
                                "fk_order",
                                remarks,
                                List.of("doc", "line"),
                                new TableId("shop", "parts"),
                                List.of("doc", "line"),
                                "CASCADE",
                                "RESTRICT",
                                false),
                        new CascadingKey(
                                "fk_re",
                                remarks,
                                List.of("re"),
                                remarks,
                                List.of("id"),
                                "RESTRICT",
                                "SET NULL",
                                false));
    }

    @Test
    void readsWhatKeysDoWithAnAccountThatMayOnlySelect() throws SQLException {
        server.execute("", "create user reader identified by 'word'", "grant select on shop.* to reader");
        try (Connection connection = SourceDatabase.of(
                        new DatabaseAccess(server.jdbcUrl("shop"), "reader", new Secret("word")))
                .open()) {

            List<CascadingKey> seen = SchemaReader.read(connection).cascadingKeys();

            assertThat(seen)
                    .containsExactlyInAnyOrderElementsOf(schema.cascadingKeys())
                    .hasSizeGreaterThan(2);
        }
    }

    @Test
    void opensNoTableOfAnotherDatabase() throws SQLException {
        // Given
        server.createDatabase("other");
        server.execute("other", "create table many (id int primary key)", "flush tables");
        try (Connection connection = source().open()) {
            // When
            SourceSchema seen = SchemaReader.read(connection);
            // Then
            assertThat(seen.cascadingKeys()).isEqualTo(schema.cascadingKeys());
            try (Statement statement = connection.createStatement();
                    ResultSet open = statement.executeQuery("show open tables from other")) {
                assertThat(open.next()).isFalse();
            }
        }
    }

    @Test
    void markerIsVisibleFromItsCommitOnAndOnlyWithItsToken() throws Exception {
        // Given
        MarkerTable marker = new MarkerTable("shop");
        try (Connection writer = source().openForWriting();
                Connection reader = source().open()) {
            // When
            marker.write(writer, "move", MarkerTable.BACKFILL, "token-1");
            // Then
            assertThat(marker.isVisible(reader, "move", "token-1")).isTrue();
            assertThat(marker.isVisible(reader, "move", "token-2")).isFalse();
            assertThat(marker.isVisible(reader, "other", "token-1")).isFalse();
            marker.drop(writer, "move");
            assertThat(marker.isVisible(reader, "move", "token-1")).isFalse();
            marker.createIfAbsent(writer);
        }
    }

    @Test
    void markerTableStaysUntilTheLastMigrationThatNeedsItHasLeft() throws Exception {
        // Given
        MarkerTable marker = new MarkerTable("shop");
        try (Connection writer = source().openForWriting()) {
            marker.join(writer, "move");
            marker.join(writer, "other");
            marker.write(writer, "move", MarkerTable.FENCE, "token");
            // When
            marker.drop(writer, "move");
            // Then
            assertThat(marker.migrations(writer)).contains(Set.of("other"));
            marker.drop(writer, "other");
            assertThat(marker.migrations(writer)).isEmpty();
            marker.drop(writer, "other");
            marker.createIfAbsent(writer);
        }
    }
}
