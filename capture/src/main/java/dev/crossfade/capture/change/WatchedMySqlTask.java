package dev.crossfade.capture.change;

import io.debezium.config.Configuration;
import io.debezium.connector.mysql.MySqlConnectorTask;
import io.debezium.connector.mysql.MySqlOffsetContext;
import io.debezium.connector.mysql.MySqlPartition;
import io.debezium.pipeline.ChangeEventSourceCoordinator;

/** The task of {@link WatchedMySqlConnector}. Made by Debezium, by its name. */
public final class WatchedMySqlTask extends MySqlConnectorTask {
    @Override
    public ChangeEventSourceCoordinator<MySqlPartition, MySqlOffsetContext> start(Configuration configuration) {
        ChangeEventSourceCoordinator<MySqlPartition, MySqlOffsetContext> coordinator = super.start(configuration);
        WatchedClient.watch(coordinator, configuration);
        return coordinator;
    }
}
