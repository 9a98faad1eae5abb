package dev.crossfade.sink.control;

import static java.util.Objects.requireNonNull;

import dev.crossfade.sink.target.Connections;
import dev.crossfade.sink.target.TargetErrors;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The identity of a migration's log, as the target remembers it. Any thread; each method is one transaction. */
public final class LogStore {
    private final Connections target;
    private final String migration;

    public LogStore(Connections target, String migration) {
        this.target = requireNonNull(target, "target");
        this.migration = requireNonNull(migration, "migration");
    }

    /** The identity; empty if none was kept. */
    public Optional<LogIdentity> read() {
        try (Connection connection = target.open();
                PreparedStatement select = connection.prepareStatement(
                        "select topic, topic_id, cluster_id from crossfade.log where migration = ?")) {
            select.setString(1, migration);
            Map<String, String> topicIds = new HashMap<>();
            String clusterId = "";
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    topicIds.put(row.getString(1), row.getString(2));
                    clusterId = row.getString(3);
                }
            }
            return topicIds.isEmpty() ? Optional.empty() : Optional.of(new LogIdentity(clusterId, topicIds));
        } catch (SQLException e) {
            throw TargetErrors.of("read the identity of the log of migration " + migration, e);
        }
    }

    /** Keeps the identity in place of any other. Only while nothing has been applied from a log; only the run of {@code epoch} may. */
    public void keep(Epoch epoch, LogIdentity identity) {
        if (!epoch.migration().equals(migration)) {
            throw new IllegalArgumentException("epoch of " + epoch.migration() + ", store of " + migration);
        }
        try (Connection connection = target.open()) {
            connection.setAutoCommit(false);
            epoch.enter(connection);
            try (PreparedStatement delete =
                            connection.prepareStatement("delete from crossfade.log where migration = ?");
                    PreparedStatement insert = connection.prepareStatement(
                            "insert into crossfade.log (migration, topic, topic_id, cluster_id) values (?, ?, ?, ?)")) {
                delete.setString(1, migration);
                delete.executeUpdate();
                for (Map.Entry<String, String> topic : identity.topicIds().entrySet()) {
                    insert.setString(1, migration);
                    insert.setString(2, topic.getKey());
                    insert.setString(3, topic.getValue());
                    insert.setString(4, identity.clusterId());
                    insert.addBatch();
                }
                insert.executeBatch();
            }
            connection.commit();
        } catch (SQLException e) {
            throw TargetErrors.of("keep the identity of the log of migration " + migration, e);
        }
    }
}
