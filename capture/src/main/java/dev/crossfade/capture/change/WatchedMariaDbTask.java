package dev.crossfade.capture.change;

import io.debezium.config.Configuration;
import io.debezium.connector.mariadb.MariaDbConnectorTask;
import io.debezium.connector.mariadb.MariaDbOffsetContext;
import io.debezium.connector.mariadb.MariaDbPartition;
import io.debezium.pipeline.ChangeEventSourceCoordinator;

/** The task of {@link WatchedMariaDbConnector}. Made by Debezium, by its name. */
public final class WatchedMariaDbTask extends MariaDbConnectorTask {
    @Override
    protected ChangeEventSourceCoordinator<MariaDbPartition, MariaDbOffsetContext> start(Configuration configuration) {
        ChangeEventSourceCoordinator<MariaDbPartition, MariaDbOffsetContext> coordinator = super.start(configuration);
        WatchedClient.watch(coordinator, configuration);
        return coordinator;
    }
}
