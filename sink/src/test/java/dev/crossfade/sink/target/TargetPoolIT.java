package dev.crossfade.sink.target;

import static org.assertj.core.api.Assertions.assertThatCode;

import dev.crossfade.model.DatabaseAccess;
import dev.crossfade.model.Secret;
import dev.crossfade.testkit.PostgresServer;
import dev.crossfade.testkit.TcpProxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class TargetPoolIT {
    /** Beyond what the server says until a connection is lent. */
    private static final int BYTES = 1_600;

    private static final int STEP = 9; // the shortest answer to a query is longer

    @Test
    @Timeout(value = 2, unit = TimeUnit.MINUTES)
    void lendsConnectionsAgainWhereverTheFirstOneBroke() {
        try (PostgresServer server = PostgresServer.start();
                TcpProxy way = TcpProxy.before(server.port())) {
            TargetDatabase database = new TargetDatabase(new DatabaseAccess(
                    "jdbc:postgresql://127.0.0.1:" + way.port() + "/postgres",
                    server.user(),
                    new Secret(server.password())));
            for (int bytes = 1; bytes < BYTES; bytes += STEP) {
                way.cutAfterAnswered(bytes);
                try (TargetPool pool = database.pool(1)) {
                    assertThatCode(() -> useAtLast(pool))
                            .as("first connection cut after %d bytes", bytes)
                            .doesNotThrowAnyException();
                }
            }
        }
    }

    /** What is lent may be broken; the one after it must not be. */
    private static void useAtLast(TargetPool pool) throws SQLException {
        try (Connection connection = pool.open()) {
            if (connection.isValid(10)) {
                return;
            }
            pool.evict(connection);
        }
        try (Connection connection = pool.open();
                var statement = connection.createStatement()) {
            statement.execute("select 1");
        }
    }
}
