package dev.crossfade.capture.change;

import io.debezium.connector.mariadb.MariaDbConnector;
import org.apache.kafka.connect.connector.Task;

/** Debezium's MariaDB connector with a {@link LogWatch} over the log that it reads. Made by Debezium, by its name. */
@SuppressWarnings("unchecked") // of a method that Debezium overrides without its type parameter
public final class WatchedMariaDbConnector extends MariaDbConnector {
    @Override
    public Class<? extends Task> taskClass() {
        return WatchedMariaDbTask.class;
    }
}
