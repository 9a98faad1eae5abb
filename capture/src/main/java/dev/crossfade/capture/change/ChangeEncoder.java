package dev.crossfade.capture.change;

import dev.crossfade.capture.source.MarkerTable;
import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.Fence;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.Row;
import dev.crossfade.model.RowKey;
import dev.crossfade.model.SourceChange;
import dev.crossfade.model.SourceChange.Operation;
import dev.crossfade.model.Table;
import dev.crossfade.model.TableId;
import dev.crossfade.model.codec.ChangeCodec;
import dev.crossfade.model.codec.RecordKeys;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;

/** Makes records of the changes topic from records of the log. One thread at a time. */
final class ChangeEncoder {
    private static final int MAX_RECORD_BYTES = ChangeLog.MAX_REQUEST_BYTES - (1 << 20); // room for headers and framing
    private static final int MAX_READERS = 4_096; // each version of a table has one

    private final CaptureSettings settings;
    private final Map<TableId, CapturedTable> tables = new HashMap<>();
    /** By identity: Debezium has one schema object per version of a table, and comparing them is slow. */
    private final IdentityHashMap<Schema, TableReader> readers = new IdentityHashMap<>();

    ChangeEncoder(CaptureSettings settings) {
        this.settings = settings;
        for (CapturedTable table : settings.tables()) {
            tables.put(table.table().id(), table);
        }
    }

    /** What a record of the log became. */
    enum Outcome {
        CHANGE,
        FENCE,
        NOTHING
    }

    /**
     * Sends what {@code logged} means: a change, a fence into every partition, or nothing.
     *
     * @throws TableRefusal for TRUNCATE, an altered table, and a value that cannot be encoded
     */
    Outcome encode(LoggedRecord logged, ChangeLog.Sender sender) {
        TableId id = tableOf(logged);
        if (id.equals(settings.markerTable())) {
            return marker(logged, sender);
        }
        CapturedTable captured = tables.get(id);
        if (captured == null) {
            return Outcome.NOTHING;
        }
        send(change(captured, logged), captured.table(), sender);
        return Outcome.CHANGE;
    }

    /** Whether a key change of this record's table is published as one change, of which the record is the first half. */
    boolean isFirstHalfOfOneChange(LoggedRecord logged) {
        return logged.isFirstHalfOfKeyChange() && settings.partitioning().keepsOrder(tableOf(logged));
    }

    /** Sends the two halves of a key change as one change with both images. */
    Outcome encodeKeyChange(LoggedRecord first, LoggedRecord second, ChangeLog.Sender sender) {
        CapturedTable captured = tables.get(tableOf(first));
        if (captured == null
                || !second.isSecondHalfOfKeyChange()
                || !tableOf(second).equals(tableOf(first))) {
            throw new IllegalStateException("the halves of a key change of " + tableOf(first) + " at "
                    + first.position().transaction() + " do not stand together");
        }
        SourceChange change = new SourceChange(
                captured.table().id(),
                Operation.UPDATE,
                first.position(),
                change(captured, first).before(),
                change(captured, second).after());
        send(change, captured.table(), sender);
        return Outcome.CHANGE;
    }

    static TableId tableOf(LoggedRecord logged) {
        return new TableId(logged.source().getString("db"), logged.source().getString("table"));
    }

    private SourceChange change(CapturedTable captured, LoggedRecord logged) {
        TableId id = captured.table().id();
        Operation operation = operation(id, logged.operation());
        TableReader reader = reader(captured, logged.value().schema());
        Struct before = operation == Operation.CREATE ? null : logged.value().getStruct("before");
        Struct after = operation == Operation.DELETE ? null : logged.value().getStruct("after");
        if ((before == null) != (operation == Operation.CREATE) || (after == null) != (operation == Operation.DELETE)) {
            throw new TableRefusal(Trouble.IMAGE, "a change in the log has no full row image");
        }
        Optional<Row> rowBefore = Optional.ofNullable(before).map(reader::read);
        Optional<Row> rowAfter = Optional.ofNullable(after).map(reader::read);
        return new SourceChange(id, operation, logged.position(), rowBefore, rowAfter);
    }

    private void send(SourceChange change, Table table, ChangeLog.Sender sender) {
        TableId id = table.id();
        RowKey key = change.row().key(table.keyIndexes());
        byte[] recordKey = RecordKeys.of(id, key);
        byte[] value = ChangeCodec.encode(change);
        if (value.length + recordKey.length > MAX_RECORD_BYTES) {
            throw new TableRefusal(
                    Trouble.VALUE,
                    "a change" + (table.key().isEmpty() ? "" : " of " + key.describe(table.keyColumns())) + " has "
                            + value.length + " bytes, at most " + MAX_RECORD_BYTES + " fit");
        }
        int partition = settings.partitioning().ofChange(id, recordKey);
        sender.send(new ProducerRecord<>(settings.topics().changes(), partition, recordKey, value));
    }

    /** Sends the stop into the one partition where it belongs. */
    void stop(Trouble trouble, ChangeLog.Sender sender) {
        sender.send(new ProducerRecord<>(
                settings.topics().changes(),
                settings.partitioning().ofStop(trouble.table()),
                null,
                ChangeCodec.encode(trouble.stop())));
    }

    /** Sends the fence into every partition. */
    void fence(String token, ChangeLog.Sender sender) {
        for (int partition = 0; partition < settings.partitioning().total(); partition++) {
            sender.send(new ProducerRecord<>(
                    settings.topics().changes(), partition, null, ChangeCodec.encode(new Fence(token, partition))));
        }
    }

    private Outcome marker(LoggedRecord logged, ChangeLog.Sender sender) {
        Struct row = logged.value().getStruct("after");
        if (row == null
                || !settings.topics().migration().equals(row.getString("migration"))
                || !MarkerTable.FENCE.equals(row.getString("purpose"))) {
            return Outcome.NOTHING;
        }
        fence(row.getString("token"), sender);
        return Outcome.FENCE;
    }

    private static Operation operation(TableId table, String code) {
        return switch (code) {
            case "c" -> Operation.CREATE;
            case "u" -> Operation.UPDATE;
            case "d" -> Operation.DELETE;
            case "t" -> throw new TableRefusal(Trouble.TRUNCATE, "was truncated, which the log does not tell by row");
            default ->
                throw new MigrationException(
                        ErrorKind.SOURCE,
                        "the log has an operation '" + code + "' on " + table + ", which capture does not know");
        };
    }

    private TableReader reader(CapturedTable captured, Schema envelope) {
        TableReader known = readers.get(envelope);
        if (known != null) {
            return known;
        }
        if (readers.size() >= MAX_READERS) {
            readers.clear();
        }
        TableReader reader = TableReader.of(captured, envelope.field("after").schema());
        readers.put(envelope, reader);
        return reader;
    }
}
