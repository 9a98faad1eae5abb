package dev.crossfade.capture.change;

import dev.crossfade.model.BinlogPosition;
import dev.crossfade.model.FaultPoint;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.RecordChangeEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * Publishes the log: each batch of Debezium's is one Kafka transaction of changes and of the position behind them. Debezium is told
 * after the commit, and believes the topic only ({@link CommittedOffsets}). A record stays in memory until its transaction is
 * committed. Any exception from here ends the engine; none is retriable in Debezium's sense, which would lose the batch.
 */
final class BatchPublisher implements DebeziumEngine.ChangeConsumer<RecordChangeEvent<SourceRecord>> {
    private final CaptureSettings settings;
    private final ChangeLog changes;
    private final List<Long> firstEnds;
    private final Stops stops;
    private final LogWatch watch;
    private final ChangeEncoder encoder;
    private final PositionGuard guard;
    private final HoldGate gate;
    private final OffsetJson json;
    private final Listener listener;
    private List<LoggedRecord> carried = List.of();
    private @Nullable LogOffset stored; // null until a position is durable
    private byte[] key = new byte[0]; // of the last position

    /** Told what has become durable, and of every sign of life. Called on the engine's thread. */
    interface Listener {
        void received();

        boolean isStopping();

        void committed(byte[] key, byte[] value, LogOffset offset, long changes, Optional<Long> sourceMillis);

        void failed(RuntimeException failure);
    }

    /**
     * A publisher.
     *
     * @param tail where the changes end, nothing of which is open, and the last position
     */
    BatchPublisher(
            CaptureSettings settings,
            ChangeLog changes,
            LogTail tail,
            HoldGate gate,
            OffsetJson json,
            Stops stops,
            LogWatch watch,
            Listener listener) {
        this.settings = settings;
        this.changes = changes;
        this.firstEnds = tail.changesEnds();
        this.stops = stops;
        this.watch = watch;
        Optional<LogOffset> last = tail.position().map(position -> json.offset(position.value()));
        tail.position().ifPresent(position -> key = position.key());
        this.encoder = new ChangeEncoder(settings);
        this.guard = new PositionGuard(last.map(LogOffset::asChangePosition));
        this.gate = gate;
        this.json = json;
        this.stored = last.orElse(null);
        this.listener = listener;
    }

    @Override
    public void handleBatch(
            List<RecordChangeEvent<SourceRecord>> records,
            DebeziumEngine.RecordCommitter<RecordChangeEvent<SourceRecord>> committer)
            throws InterruptedException {
        try {
            listener.received();
            List<LoggedRecord> batch = new ArrayList<>(carried);
            for (RecordChangeEvent<SourceRecord> event : records) {
                batch.add(new LoggedRecord(event.record()));
            }
            int whole = wholeRows(batch);
            carried = List.copyOf(batch.subList(whole, batch.size()));
            publish(batch.subList(0, whole));
            if (!records.isEmpty()) {
                committer.markProcessed(records.get(records.size() - 1));
            }
            committer.markBatchFinished();
            listener.received();
        } catch (RuntimeException e) {
            listener.failed(e);
            throw new EngineStop(e);
        }
    }

    /** Ends the engine; the reason is with the listener. Not retriable for Debezium. */
    private static final class EngineStop extends RuntimeException {
        private static final long serialVersionUID = 1L;

        EngineStop(RuntimeException cause) {
            super("change capture stops reading: " + cause.getClass().getSimpleName(), cause);
        }
    }

    /**
     * How many records of the batch are whole rows. DELETE and CREATE of a key change have one offset, so a transaction that ended
     * between them would lose the CREATE: the first half waits for the second.
     *
     * @see <a href="https://github.com/debezium/debezium/issues/7945">debezium#7945</a>
     */
    private static int wholeRows(List<LoggedRecord> batch) {
        int whole = batch.size();
        while (whole > 0 && batch.get(whole - 1).isFirstHalfOfKeyChange()) {
            whole--;
        }
        return whole;
    }

    private void publish(List<LoggedRecord> batch) throws InterruptedException {
        List<LoggedRecord> rest = batch;
        while (!rest.isEmpty() && !listener.isStopping()) {
            HoldGate.Permit permit = gate.enter();
            try {
                if (listener.isStopping()) {
                    return;
                }
                List<LoggedRecord> all = rest;
                int passing = permit.end().map(end -> firstAtOrAfter(all, end)).orElse(all.size());
                Optional<String> fence = passing < rest.size() ? Optional.of(permit.token()) : Optional.empty();
                commit(rest.subList(0, passing), fence);
                if (fence.isPresent()) {
                    gate.fenced(permit);
                }
                rest = rest.subList(passing, rest.size());
            } finally {
                gate.leave();
            }
        }
    }

    /** The first change whose transaction begins at or after {@code end}; their number if there is none. */
    private static int firstAtOrAfter(List<LoggedRecord> records, BinlogPosition end) {
        for (int i = 0; i < records.size(); i++) {
            if (records.get(i).isChange()
                    && records.get(i).position().transaction().isAtOrAfter(end)) {
                return i;
            }
        }
        return records.size();
    }

    private void commit(List<LoggedRecord> records, Optional<String> fence) {
        BatchContent content = new BatchContent(encoder, stops);
        LogOffset next = null;
        LoggedRecord nextRecord = null;
        Optional<Long> sourceMillis = Optional.empty();
        for (LoggedRecord record : records) {
            Optional<LogOffset> offset = record.offset();
            if (offset.isEmpty()) {
                continue;
            }
            if (record.isChange()) {
                admit(record);
                content.add(record);
                sourceMillis = Optional.of(record.source().getInt64("ts_ms"));
            } else {
                content.stopAt(offset.get().asChangePosition());
                if (!record.isHeartbeat() || !offset.get().mayFollow(next == null ? stored : next)) {
                    continue;
                }
            }
            if (stored != null || record.isChange()) {
                watch.requireWhole();
            }
            next = offset.get();
            nextRecord = record;
        }
        fence.ifPresent(content::fence);
        if (nextRecord != null) {
            key = json.key(nextRecord.partition());
        }
        if (next == null && content.hasStops()) {
            next = stored; // a stop never stands without a position that knows of it
        }
        if (next != null || fence.isPresent()) {
            commit(content, Optional.ofNullable(next), sourceMillis);
        }
    }

    private void commit(BatchContent content, Optional<LogOffset> next, Optional<Long> sourceMillis) {
        byte[] value = next.map(json::value).orElseGet(() -> new byte[0]);
        boolean isFirst = stored == null && next.isPresent();
        Stops.Snapshot snapshot = stops.snapshot();
        List<Long> ends = changesEnds();
        changes.commit(sender -> {
            MeasuringSender measuring =
                    new MeasuringSender(sender, settings.topics().changes(), ends);
            content.writeTo(measuring);
            if (content.hasFence()) {
                settings.faults().reached(FaultPoint.CAPTURE_BEFORE_FENCE_COMMIT);
            }
            if (next.isPresent()) {
                sender.send(position(key, value, measuring.extent(), snapshot.stops()));
            }
            settings.faults().reached(FaultPoint.CAPTURE_BEFORE_COMMIT);
        });
        if (next.isPresent()) {
            LogOffset position = next.get();
            stored = position;
            stops.committed(snapshot, position.asChangePosition());
            listener.committed(key, value, position, content.changes(), sourceMillis);
        }
        settings.faults().reached(isFirst ? FaultPoint.CAPTURE_AFTER_FIRST_POSITION : FaultPoint.CAPTURE_AFTER_COMMIT);
    }

    private List<Long> changesEnds() {
        List<Long> ends = new ArrayList<>();
        for (int partition = 0; partition < firstEnds.size(); partition++) {
            long written = changes.endOf(new TopicPartition(settings.topics().changes(), partition));
            ends.add(Math.max(firstEnds.get(partition), written));
        }
        return ends;
    }

    private ProducerRecord<byte[], byte[]> position(
            byte[] name, byte[] value, ChangesExtent extent, StoredStops stopped) {
        ProducerRecord<byte[], byte[]> position =
                new ProducerRecord<>(settings.topics().positions(), 0, name, value);
        position.headers().add(ChangesExtent.HEADER, extent.encode()).add(StoredStops.HEADER, stopped.encode());
        return position;
    }

    private void admit(LoggedRecord record) {
        if (record.isSecondHalfOfKeyChange()) {
            guard.admitSecondHalf(record.position());
        } else {
            guard.admit(record.position());
        }
    }
}
