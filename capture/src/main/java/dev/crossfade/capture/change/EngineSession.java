package dev.crossfade.capture.change;

import dev.crossfade.capture.source.SourceProduct;
import dev.crossfade.model.Column;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What the parts that Debezium makes by their class names need to know of the engine they belong to. Such parts get properties only,
 * hence this register by key: the one static in capture that changes. Closed with its engine. Thread-safe.
 */
final class EngineSession implements AutoCloseable {
    private static final Map<String, EngineSession> OPEN = new ConcurrentHashMap<>();

    private final String key;
    private final SourceProduct product;
    private final LogWatch watch;
    private final Runnable logOpened;
    private final Map<String, Map<String, Column>> planned = new HashMap<>();
    private final Map<String, Set<String>> leftOut = new HashMap<>();
    private volatile Map<ByteBuffer, ByteBuffer> committed = Map.of();

    private EngineSession(String key, SourceProduct product, LogWatch watch, Runnable logOpened) {
        this.key = key;
        this.product = product;
        this.watch = watch;
        this.logOpened = logOpened;
    }

    /**
     * Opens a session.
     *
     * @param key unique in this process
     * @param logOpened called when the source has been asked for its log, on the thread that asked
     */
    static EngineSession open(
            String key, SourceProduct product, List<CapturedTable> tables, LogWatch watch, Runnable logOpened) {
        EngineSession session = new EngineSession(key, product, watch, logOpened);
        for (CapturedTable table : tables) {
            Map<String, Column> columns = new HashMap<>();
            for (Column column : table.table().columns()) {
                columns.put(column.name(), column);
            }
            session.planned.put(table.table().id().toString(), columns);
            session.leftOut.put(table.table().id().toString(), table.leftOut());
        }
        if (OPEN.putIfAbsent(key, session) != null) {
            throw new IllegalStateException("session " + key + " is open already");
        }
        return session;
    }

    static EngineSession of(String key) {
        EngineSession session = OPEN.get(key);
        if (session == null) {
            throw new IllegalStateException("session " + key + " is not open");
        }
        return session;
    }

    SourceProduct product() {
        return product;
    }

    /** What looks at every event of the log first. */
    LogWatch watch() {
        return watch;
    }

    /** The source has been asked for its log, and should answer from now on. */
    void logOpened() {
        logOpened.run();
    }

    /** The plan's column; null for one that is not planned. {@code table} is {@code database.table}. */
    @Nullable
    Column planned(String table, String column) {
        Map<String, Column> columns = planned.get(table);
        return columns == null ? null : columns.get(column);
    }

    /** Whether nobody reads the column's values. */
    boolean isLeftOut(String table, String column) {
        return leftOut.getOrDefault(table, Set.of()).contains(column);
    }

    /** What the engine is to see as the stored offset from now on. */
    void committed(byte[] key, byte[] value) {
        committed = Map.of(ByteBuffer.wrap(key), ByteBuffer.wrap(value));
    }

    @Nullable
    ByteBuffer committed(ByteBuffer key) {
        ByteBuffer value = committed.get(key);
        return value == null ? null : value.duplicate();
    }

    @Override
    public void close() {
        OPEN.remove(key);
    }
}
