package dev.crossfade.sink.apply;

import dev.crossfade.model.Fence;
import dev.crossfade.model.RowChange;
import dev.crossfade.model.RowDelete;
import dev.crossfade.model.RowKey;
import dev.crossfade.model.RowRecord;
import dev.crossfade.model.RowUpsert;
import dev.crossfade.model.TableId;
import dev.crossfade.model.codec.RowRecordCodec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What one poll of a rows partition asks for, reduced to the last wish per key: with the whole row in every record the steps before
 * it leave no trace, and all of a batch becomes visible at once.
 */
final class RowBatch {
    private final Map<TableId, Map<RowKey, RowRecord>> byTable = new LinkedHashMap<>();
    private final Map<Fence, Long> fences = new LinkedHashMap<>();
    private final long next;
    private long changes;

    private RowBatch(long next) {
        this.next = next;
    }

    /** The batch of at least one record. */
    static RowBatch of(List<ConsumerRecord<byte[], byte[]>> records, Map<TableId, TableStatements> tables) {
        RowBatch batch = new RowBatch(records.get(records.size() - 1).offset() + 1);
        for (ConsumerRecord<byte[], byte[]> record : records) {
            batch.add(RowRecordCodec.decode(record.value()), record.offset(), tables);
        }
        return batch;
    }

    private void add(RowRecord record, long offset, Map<TableId, TableStatements> tables) {
        var unused = record.fold(new RowRecord.Cases<Boolean>() {
            @Override
            public Boolean upsert(RowUpsert upsert) {
                return wish(upsert.table(), statements(upsert.table(), tables).keyOf(upsert), upsert);
            }

            @Override
            public Boolean delete(RowDelete delete) {
                statements(delete.table(), tables);
                return wish(delete.table(), delete.key(), delete);
            }

            @Override
            public Boolean change(RowChange change) {
                throw new IllegalStateException("changes of order groups are not applied yet");
            }

            @Override
            public Boolean fence(Fence fence) {
                fences.put(fence, offset + 1);
                return true;
            }
        });
    }

    private static TableStatements statements(TableId table, Map<TableId, TableStatements> tables) {
        TableStatements statements = tables.get(table);
        if (statements == null) {
            throw new IllegalStateException("the rows topic names " + table + ", which the plan does not have");
        }
        return statements;
    }

    private boolean wish(TableId table, RowKey key, RowRecord record) {
        byTable.computeIfAbsent(table, t -> new LinkedHashMap<>()).put(key, record);
        changes++;
        return true;
    }

    /** The position behind the last record. */
    long next() {
        return next;
    }

    /** Records other than fences, before the reduction. */
    long changes() {
        return changes;
    }

    /** Each fence with the position behind it. */
    Map<Fence, Long> fences() {
        return fences;
    }

    /** The last wish of every key. */
    List<Wish> wishes() {
        List<Wish> wishes = new ArrayList<>();
        byTable.forEach((table, keys) -> keys.forEach((key, record) -> wishes.add(new Wish(table, key, record))));
        return wishes;
    }

    /** That {@code record} be the state of a key. Those of one table stand together. */
    record Wish(TableId table, RowKey key, RowRecord record) {}
}
