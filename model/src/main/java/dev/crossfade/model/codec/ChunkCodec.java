package dev.crossfade.model.codec;

import dev.crossfade.model.ChunkBatch;
import dev.crossfade.model.ChunkEnd;
import dev.crossfade.model.ChunkId;
import dev.crossfade.model.ChunkPlanSeal;
import dev.crossfade.model.ChunkRecord;
import dev.crossfade.model.ChunkTask;
import dev.crossfade.model.CopyBegin;
import dev.crossfade.model.CopyEnd;
import dev.crossfade.model.KeyRange;
import dev.crossfade.model.RowKey;
import dev.crossfade.model.TableId;
import dev.crossfade.model.TaskRecord;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** Values of records in the tasks and the chunks topic. */
public final class ChunkCodec {
    private static final int VERSION = 1;
    private static final int BATCH = 1;
    private static final int END = 2;
    private static final int TASK = 3;
    private static final int SEAL = 4;
    private static final int COPY_BEGIN = 5;
    private static final int COPY_END = 6;

    private ChunkCodec() {}

    public static byte[] encode(ChunkRecord record) {
        return record.fold(new ChunkRecord.Cases<>() {
            @Override
            public byte[] batch(ChunkBatch batch) {
                return head(BATCH, batch.chunk(), batch.range(), batch.length() + 160)
                        .int32(batch.rows())
                        .raw(batch.bytes(), batch.offset(), batch.length())
                        .toByteArray();
            }

            @Override
            public byte[] end(ChunkEnd end) {
                return head(END, end.chunk(), end.range(), 160)
                        .int32(end.batches())
                        .int64(end.rows())
                        .int64(end.bytes())
                        .toByteArray();
            }

            @Override
            public byte[] copyBegin(CopyBegin begin) {
                return new WireWriter(160)
                        .octet(VERSION)
                        .octet(COPY_BEGIN)
                        .string(begin.group())
                        .binlogPosition(begin.position())
                        .toByteArray();
            }

            @Override
            public byte[] copyEnd(CopyEnd end) {
                WireWriter writer =
                        new WireWriter(1024).octet(VERSION).octet(COPY_END).string(end.group());
                return counts(writer, end.chunksByTable()).toByteArray();
            }
        });
    }

    public static byte[] encode(TaskRecord record) {
        return record.fold(new TaskRecord.Cases<>() {
            @Override
            public byte[] task(ChunkTask task) {
                return head(TASK, task.chunk(), task.range(), 160)
                        .int64(task.estimatedRows())
                        .toByteArray();
            }

            @Override
            public byte[] seal(ChunkPlanSeal seal) {
                WireWriter writer = new WireWriter(1024).octet(VERSION).octet(SEAL);
                return counts(writer, seal.chunksByTable()).toByteArray();
            }
        });
    }

    private static WireWriter counts(WireWriter writer, Map<TableId, Integer> chunksByTable) {
        Map<TableId, Integer> sorted = new TreeMap<>(chunksByTable);
        writer.int32(sorted.size());
        sorted.forEach((table, chunks) ->
                writer.string(table.schema()).string(table.name()).int32(chunks));
        return writer;
    }

    private static Map<TableId, Integer> counts(WireReader reader) {
        Map<TableId, Integer> chunks = new LinkedHashMap<>();
        int tables = reader.int32();
        for (int i = 0; i < tables; i++) {
            chunks.put(new TableId(reader.string(), reader.string()), reader.int32());
        }
        return chunks;
    }

    private static WireWriter head(int kind, ChunkId chunk, KeyRange range, int expectedBytes) {
        return new WireWriter(expectedBytes)
                .octet(VERSION)
                .octet(kind)
                .string(chunk.source().schema())
                .string(chunk.source().name())
                .int32(chunk.number())
                .optionalByteString(range.from().map(RowKey::bytes))
                .optionalByteString(range.to().map(RowKey::bytes));
    }

    /**
     * Reads one record. A batch keeps {@code value}: it must not be changed afterwards.
     *
     * @throws IllegalArgumentException if the bytes are of another format
     */
    public static ChunkRecord decodeChunk(byte[] value) {
        WireReader reader = new WireReader(value);
        reader.expectVersion(VERSION, "chunk record");
        int kind = reader.octet();
        if (kind == COPY_BEGIN) {
            return new CopyBegin(reader.string(), reader.binlogPosition());
        }
        if (kind == COPY_END) {
            return new CopyEnd(reader.string(), counts(reader));
        }
        if (kind != BATCH && kind != END) {
            throw new IllegalArgumentException("chunk record is of kind " + kind);
        }
        ChunkId chunk = chunkId(reader);
        KeyRange range = range(reader);
        if (kind == END) {
            return new ChunkEnd(chunk, range, reader.int32(), reader.int64(), reader.int64());
        }
        int rows = reader.int32();
        return new ChunkBatch(chunk, range, rows, value, reader.position(), reader.remaining());
    }

    /**
     * Reads one record.
     *
     * @throws IllegalArgumentException if the bytes are of another format
     */
    public static TaskRecord decodeTask(byte[] value) {
        WireReader reader = new WireReader(value);
        reader.expectVersion(VERSION, "task record");
        int kind = reader.octet();
        if (kind == TASK) {
            return new ChunkTask(chunkId(reader), range(reader), reader.int64());
        }
        if (kind != SEAL) {
            throw new IllegalArgumentException("task record is of kind " + kind);
        }
        return new ChunkPlanSeal(counts(reader));
    }

    private static ChunkId chunkId(WireReader reader) {
        return new ChunkId(new TableId(reader.string(), reader.string()), reader.int32());
    }

    private static KeyRange range(WireReader reader) {
        return KeyRange.of(
                reader.optionalByteString().map(RowKey::new),
                reader.optionalByteString().map(RowKey::new));
    }
}
