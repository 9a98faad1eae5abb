package dev.crossfade.model.codec;

import dev.crossfade.model.Fence;
import dev.crossfade.model.Row;
import dev.crossfade.model.RowChange;
import dev.crossfade.model.RowDelete;
import dev.crossfade.model.RowKey;
import dev.crossfade.model.RowRecord;
import dev.crossfade.model.RowUpsert;
import dev.crossfade.model.TableId;
import dev.crossfade.model.TableStop;

/** Values of records in the rows topic. */
public final class RowRecordCodec {
    private static final int VERSION = 1;
    private static final int UPSERT = 1;
    private static final int FENCE = 2;
    private static final int DELETE = 3;
    private static final int CHANGE = 4;
    private static final int STOP = 5;

    private RowRecordCodec() {}

    public static byte[] encode(RowRecord record) {
        return record.fold(new RowRecord.Cases<>() {
            @Override
            public byte[] upsert(RowUpsert upsert) {
                return tableRecord(UPSERT, upsert.table(), upsert.row().bytes());
            }

            @Override
            public byte[] delete(RowDelete delete) {
                return tableRecord(DELETE, delete.table(), delete.key().bytes());
            }

            @Override
            public byte[] change(RowChange change) {
                return encodeChange(change);
            }

            @Override
            public byte[] fence(Fence fence) {
                return new WireWriter(80)
                        .octet(VERSION)
                        .octet(FENCE)
                        .string(fence.token())
                        .int32(fence.changePartition())
                        .toByteArray();
            }

            @Override
            public byte[] stop(TableStop stop) {
                return new WireWriter(512)
                        .octet(VERSION)
                        .octet(STOP)
                        .tableStop(stop)
                        .toByteArray();
            }
        });
    }

    private static byte[] encodeChange(RowChange change) {
        int rowBytes = change.before().map(row -> row.bytes().length).orElse(0)
                + change.after().map(row -> row.bytes().length).orElse(0);
        return new WireWriter(rowBytes + 128)
                .octet(VERSION)
                .octet(CHANGE)
                .string(change.table().schema())
                .string(change.table().name())
                .binlogPosition(change.transaction())
                .optionalByteString(change.before().map(Row::bytes))
                .optionalByteString(change.after().map(Row::bytes))
                .toByteArray();
    }

    private static byte[] tableRecord(int kind, TableId table, byte[] tuple) {
        return new WireWriter(tuple.length + 64)
                .octet(VERSION)
                .octet(kind)
                .string(table.schema())
                .string(table.name())
                .byteString(tuple)
                .toByteArray();
    }

    /**
     * Reads one record.
     *
     * @throws IllegalArgumentException if the bytes are of another format
     */
    public static RowRecord decode(byte[] value) {
        WireReader reader = new WireReader(value);
        reader.expectVersion(VERSION, "row record");
        int kind = reader.octet();
        if (kind == FENCE) {
            return new Fence(reader.string(), reader.int32());
        }
        if (kind == STOP) {
            return reader.tableStop();
        }
        if (kind != UPSERT && kind != DELETE && kind != CHANGE) {
            throw new IllegalArgumentException("row record is of kind " + kind);
        }
        TableId table = new TableId(reader.string(), reader.string());
        if (kind == CHANGE) {
            return new RowChange(
                    table,
                    reader.binlogPosition(),
                    reader.optionalByteString().map(Row::new),
                    reader.optionalByteString().map(Row::new));
        }
        byte[] tuple = reader.byteString();
        return kind == UPSERT ? new RowUpsert(table, new Row(tuple)) : new RowDelete(table, new RowKey(tuple));
    }
}
