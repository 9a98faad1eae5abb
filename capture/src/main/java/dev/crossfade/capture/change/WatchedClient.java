package dev.crossfade.capture.change;

import com.github.shyiko.mysql.binlog.BinaryLogClient;
import com.github.shyiko.mysql.binlog.event.deserialization.EventDeserializer;
import com.github.shyiko.mysql.binlog.jmx.BinaryLogClientStatistics;
import io.debezium.config.Configuration;
import io.debezium.pipeline.ChangeEventSourceCoordinator;
import io.debezium.pipeline.source.spi.StreamingChangeEventSource;
import io.debezium.pipeline.spi.OffsetContext;
import io.debezium.pipeline.spi.Partition;
import java.lang.reflect.Field;
import java.util.Map;

/**
 * Puts the session's {@link LogWatch} before Debezium's own listener. Debezium 3.5 has no door for that, so its client is reached by
 * reflection; the version is fixed, and a field that is gone ends the run at its start. Debezium registers its listener and connects
 * on a thread of its own meanwhile: a watch that would come second is refused here, one that comes too late by
 * {@link LogWatch#requireWhole}, and either opens the log anew.
 */
final class WatchedClient {
    private static final String FACTORY = "changeEventSourceFactory"; // of ChangeEventSourceCoordinator
    private static final String CLIENT = "binaryLogClient"; // of both connectors' factories
    private static final String DESERIALIZER = "eventDeserializer"; // of BinaryLogClient

    private WatchedClient() {}

    static <P extends Partition, O extends OffsetContext> void watch(
            ChangeEventSourceCoordinator<P, O> coordinator, Configuration configuration) {
        EngineSession session = EngineSession.of(configuration.getString(CommittedOffsets.SESSION));
        LogWatch watch = session.watch();
        watch.attached(() -> offset(coordinator));
        Object factory = read(ChangeEventSourceCoordinator.class, FACTORY, coordinator);
        BinaryLogClient client = (BinaryLogClient) read(factory.getClass(), CLIENT, factory);
        client.registerLifecycleListener(new BinaryLogClient.AbstractLifecycleListener() {
            @Override
            public void onConnect(BinaryLogClient connected) {
                WatchedDeserializers.install(
                        (EventDeserializer) read(BinaryLogClient.class, DESERIALIZER, connected), watch);
                session.logOpened();
            }
        });
        client.registerEventListener(watch);
        boolean isFirst = client.getEventListeners().stream()
                .takeWhile(listener -> listener != watch)
                .allMatch(BinaryLogClientStatistics.class::isInstance); // it only counts
        if (!isFirst) {
            throw new IllegalStateException("the watch over the log came after Debezium's own listener");
        }
    }

    private static <P extends Partition, O extends OffsetContext> Map<String, ?> offset(
            ChangeEventSourceCoordinator<P, O> coordinator) {
        return coordinator
                .getStreamingSource()
                .map(StreamingChangeEventSource::getOffsetContext)
                .orElseThrow(() -> new IllegalStateException("events come and the log is not read"))
                .getOffset();
    }

    private static Object read(Class<?> owner, String name, Object object) {
        try {
            Field field = owner.getDeclaredField(name);
            field.setAccessible(true);
            return field.get(object);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Debezium's " + owner.getSimpleName() + " has no " + name, e);
        }
    }
}
