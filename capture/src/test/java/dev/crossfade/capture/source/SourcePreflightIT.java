package dev.crossfade.capture.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.crossfade.model.DatabaseAccess;
import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.Problem;
import dev.crossfade.model.Secret;
import dev.crossfade.model.TableId;
import dev.crossfade.testkit.MariaDbServer;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SourcePreflightIT {
    private static final List<TableId> TABLES =
            List.of(new TableId("shop", "orders"), new TableId("shop", "customers"));
    private static MariaDbServer server;

    @BeforeAll
    static void start() {
        server = MariaDbServer.start();
        server.createDatabase("shop");
        server.execute(
                "shop",
                "create table orders (id int primary key)",
                "create table customers (id int primary key)",
                "create role mover",
                "grant replication slave, binlog monitor on *.* to mover",
                "create user nobody identified by 'secret'",
                "grant select (id) on shop.customers to nobody",
                "create user granted identified by 'secret'",
                "grant select on `sh%`.* to granted",
                "grant create, insert, update, delete, drop on shop.crossfade_marker to granted",
                "grant mover to granted",
                "set default role mover for granted");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static DatabaseAccess root() {
        return access(server.user(), server.password());
    }

    private static DatabaseAccess access(String user, String password) {
        return new DatabaseAccess(server.jdbcUrl("shop"), user, new Secret(password));
    }

    @Test
    void serverThatFitsHasNoProblem() {
        assertThat(SourcePreflight.check(root(), TABLES)).isEmpty();
    }

    @Test
    void accountWithRoleWildcardAndMarkerPrivilegesHasNoProblem() {
        assertThat(SourcePreflight.check(access("granted", "secret"), TABLES)).isEmpty();
    }

    @Test
    void everyMissingPrivilegeIsNamedWithItsGrant() {
        // When
        List<Problem> problems = SourcePreflight.check(access("nobody", "secret"), TABLES);
        // Then
        assertThat(problems).extracting(Problem::code).containsOnly("PRIVILEGE");
        assertThat(problems)
                .extracting(Problem::remedy)
                .containsExactly(
                        "GRANT REPLICATION SLAVE ON *.* TO 'nobody'@'%'",
                        "GRANT BINLOG MONITOR ON *.* TO 'nobody'@'%'",
                        "GRANT SELECT ON `shop`.`orders` TO 'nobody'@'%'; GRANT SELECT ON `shop`.`customers` TO 'nobody'@'%'",
                        "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP ON `shop`.`crossfade_marker` TO 'nobody'@'%'");
    }

    @Test
    void anAccountThatMaySeeOnlySomeTablesCannotMoveEveryTable() {
        // Given
        server.execute("", "create user partial identified by 'secret'", "grant select on shop.orders to partial");
        // When
        List<Problem> problems = SourcePreflight.check(
                access("partial", "secret"), List.of(new TableId("shop", SourcePreflight.EVERY_TABLE)));
        // Then
        assertThat(problems).extracting(Problem::remedy).contains("GRANT SELECT ON `shop`.* TO 'partial'@'%'");
    }

    @Test
    void theGrantsThatWereNamedAreEnough() {
        // Given
        server.execute(
                "", "create user mended identified by 'secret'", "grant select (id) on shop.customers to mended");
        for (Problem problem : SourcePreflight.check(access("mended", "secret"), TABLES)) {
            server.execute("", problem.remedy().split("; "));
        }
        // When, Then
        assertThat(SourcePreflight.check(access("mended", "secret"), TABLES)).isEmpty();
    }

    @Test
    void accountThatMayNotEnterTheDatabaseIsToldOfAllThatItLacks() {
        // Given
        server.execute("", "create user stranger identified by 'secret'");
        // When
        List<Problem> problems = SourcePreflight.check(access("stranger", "secret"), TABLES);
        // Then
        assertThat(problems).extracting(Problem::code).containsOnly("PRIVILEGE");
        assertThat(problems)
                .extracting(Problem::remedy)
                .containsExactly(
                        "GRANT REPLICATION SLAVE ON *.* TO 'stranger'@'%'",
                        "GRANT BINLOG MONITOR ON *.* TO 'stranger'@'%'",
                        "GRANT SELECT ON `shop`.`orders` TO 'stranger'@'%'; GRANT SELECT ON `shop`.`customers` TO"
                                + " 'stranger'@'%'",
                        "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP ON `shop`.`crossfade_marker` TO 'stranger'@'%'");
        problems.forEach(problem -> List.of(problem.remedy().split("; ")).forEach(grant -> server.execute("", grant)));
        assertThat(SourcePreflight.check(access("stranger", "secret"), TABLES)).isEmpty();
    }

    @Test
    void everyWrongSettingIsNamedAtOnce() {
        // Given
        server.execute(
                "",
                "set global binlog_format = 'MIXED'",
                "set global binlog_row_image = 'MINIMAL'",
                "set global log_bin_compress = on");
        try {
            // When
            List<Problem> problems = SourcePreflight.check(root(), TABLES);
            // Then
            assertThat(problems)
                    .extracting(Problem::code)
                    .containsExactly("BINLOG-FORMAT", "ROW-IMAGE", "BINLOG-COMPRESSION");
            assertThat(problems.get(0).seen()).isEqualTo("binlog_format is 'MIXED', must be 'ROW'");
            assertThat(problems.get(0).remedy()).startsWith("SET GLOBAL binlog_format = 'ROW'");
        } finally {
            server.execute(
                    "",
                    "set global binlog_format = 'ROW'",
                    "set global binlog_row_image = 'FULL'",
                    "set global log_bin_compress = off");
        }
    }

    @Test
    void preparedTransactionIsAProblem() throws Exception {
        // Given
        try (Connection connection = server.connect("shop");
                Statement statement = connection.createStatement()) {
            statement.execute("xa start 'x'");
            statement.execute("insert into orders values (77)");
            statement.execute("xa end 'x'");
            statement.execute("xa prepare 'x'");
            // When
            List<Problem> problems = SourcePreflight.check(root(), TABLES);
            // Then
            assertThat(problems).extracting(Problem::code).containsExactly("XA-PREPARED");
            statement.execute("xa rollback 'x'");
        }
    }

    @Test
    void shortRetentionIsAdviceOnly() {
        // Given
        server.execute("", "set global binlog_expire_logs_seconds = 7200");
        try {
            // When, Then
            assertThat(SourcePreflight.check(root(), TABLES)).isEmpty();
            assertThat(SourcePreflight.advice(root())).extracting(Problem::code).containsExactly("BINLOG-RETENTION");
        } finally {
            server.execute("", "set global binlog_expire_logs_seconds = 0");
        }
    }

    @Test
    void logThatLeavesTheDatabaseOutOrIsOffIsAProblem() {
        try (MariaDbServer filtered = MariaDbServer.start("--binlog-do-db=other");
                MariaDbServer silent = MariaDbServer.start("--skip-log-bin")) {
            filtered.createDatabase("shop");
            silent.createDatabase("shop");
            assertThat(codes(filtered)).containsExactly("BINLOG-FILTER");
            assertThat(codes(silent)).containsExactly("BINLOG-OFF");
        }
    }

    private static List<String> codes(MariaDbServer other) {
        DatabaseAccess access = new DatabaseAccess(other.jdbcUrl("shop"), other.user(), new Secret(other.password()));
        return SourcePreflight.check(access, List.of()).stream()
                .map(Problem::code)
                .toList();
    }

    @Test
    void wrongPasswordUnknownDatabaseAndUnreachableServerAreToldApart() {
        DatabaseAccess unknown =
                new DatabaseAccess(server.jdbcUrl("shp"), server.user(), new Secret(server.password()));
        DatabaseAccess nowhere = new DatabaseAccess("jdbc:mysql://127.0.0.1:1/shop", "root", new Secret("secret"));

        assertThat(SourcePreflight.check(access("granted", "wrong"), TABLES))
                .extracting(Problem::code)
                .containsExactly("ACCESS-DENIED");
        assertThat(SourcePreflight.check(unknown, TABLES)).singleElement().satisfies(problem -> {
            assertThat(problem.code()).isEqualTo("UNKNOWN-DATABASE");
            assertThat(problem.seen()).contains("no database shp; did you mean 'shop'?");
        });
        assertThat(SourcePreflight.check(nowhere, TABLES)).singleElement().satisfies(problem -> {
            assertThat(problem.code()).isEqualTo("UNREACHABLE");
            assertThat(problem.toString()).contains("127.0.0.1:1").doesNotContain("secret");
        });
    }

    @Test
    void urlOfAnotherProductIsRefused() {
        DatabaseAccess other = new DatabaseAccess("jdbc:postgresql://127.0.0.1/shop", "x", new Secret("secret"));
        assertThatThrownBy(() -> SourceDatabase.of(other))
                .isInstanceOfSatisfying(
                        MigrationException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.PLAN))
                .hasMessageContaining("jdbc:mariadb:");
    }
}
