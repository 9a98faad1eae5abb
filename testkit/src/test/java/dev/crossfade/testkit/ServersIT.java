package dev.crossfade.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ServersIT {
    @Test
    void mariaDbWritesRowImagesAndKeepsItsRowsOverARestart() throws SQLException {
        Path directory;
        try (MariaDbServer server = MariaDbServer.start("--innodb-buffer-pool-size=64M")) {
            directory = server.directory();
            server.createDatabase("shop");
            server.execute("shop", "create table t (id int primary key, v text)", "insert into t values (1, 'ä€😀')");
            assertThat(text(server.connect("shop"), "select @@binlog_format")).isEqualTo("ROW");
            assertThat(text(server.connect("shop"), "select @@binlog_row_image"))
                    .isEqualTo("FULL");
            assertThat(text(server.connect("shop"), "select @@innodb_buffer_pool_size"))
                    .isEqualTo("67108864");

            server.restart();

            assertThat(text(server.connect("shop"), "select v from t")).isEqualTo("ä€😀");
            server.kill();
            assertThat(server.isRunning()).isFalse();
            server.restart();
            assertThat(text(server.connect("shop"), "select v from t")).isEqualTo("ä€😀");
        }
        assertThat(directory).doesNotExist();
    }

    @Test
    void postgresKeepsItsRowsOverARestart() throws SQLException {
        Path directory;
        try (PostgresServer server = PostgresServer.start(Map.of("work_mem", "8MB"))) {
            directory = server.directory();
            server.createDatabase("shop");
            server.execute("shop", "create table t (id int primary key, v text)", "insert into t values (1, 'ä€😀')");
            assertThat(text(server.connect("shop"), "show work_mem")).isEqualTo("8MB");
            assertThat(text(server.connect("shop"), "show fsync")).isEqualTo("off");
            assertThat(text(server.connect("shop"), "show server_version")).startsWith("18");

            server.restart();

            assertThat(text(server.connect("shop"), "select v from t")).isEqualTo("ä€😀");
        }
        assertThat(Files.exists(directory)).isFalse();
    }

    private static String text(Connection opened, String query) throws SQLException {
        try (Connection connection = opened;
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
