package dev.crossfade.capture.change;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.connect.runtime.WorkerConfig;
import org.apache.kafka.connect.storage.OffsetBackingStore;
import org.apache.kafka.connect.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Shows Debezium the position that stands in the topic, and stores nothing: positions are stored with their changes in one
 * transaction, by whoever publishes. Made by Debezium, by its name.
 */
public final class CommittedOffsets implements OffsetBackingStore {
    /** The engine property that holds the session's key. */
    static final String SESSION = "crossfade.session";

    private @Nullable EngineSession session; // null until configured

    @Override
    public void configure(WorkerConfig config) {
        session = EngineSession.of(String.valueOf(config.originals().get(SESSION)));
    }

    @Override
    public void start() {}

    @Override
    public void stop() {}

    @Override
    public Future<Map<ByteBuffer, ByteBuffer>> get(Collection<ByteBuffer> keys) {
        Map<ByteBuffer, ByteBuffer> found = new HashMap<>();
        EngineSession current = session;
        for (ByteBuffer key : keys) {
            ByteBuffer value = current == null ? null : current.committed(key);
            if (value != null) {
                found.put(key, value);
            }
        }
        return CompletableFuture.completedFuture(found);
    }

    @Override
    public Future<Void> set(Map<ByteBuffer, ByteBuffer> values, @Nullable Callback<Void> callback) {
        if (callback != null) {
            callback.onCompletion(null, null);
        }
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public Set<Map<String, Object>> connectorPartitions(String connectorName) {
        return Set.of();
    }
}
