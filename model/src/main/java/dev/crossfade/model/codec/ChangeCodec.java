package dev.crossfade.model.codec;

import dev.crossfade.model.BinlogPosition;
import dev.crossfade.model.ChangePosition;
import dev.crossfade.model.ChangeRecord;
import dev.crossfade.model.Fence;
import dev.crossfade.model.Row;
import dev.crossfade.model.SourceChange;
import dev.crossfade.model.SourceChange.Operation;
import dev.crossfade.model.TableId;
import dev.crossfade.model.TableStop;

/** Values of records in the changes topic. */
public final class ChangeCodec {
    private static final int VERSION = 1;
    private static final int CHANGE = 1;
    private static final int FENCE = 2;
    private static final int STOP = 5;

    private ChangeCodec() {}

    public static byte[] encode(ChangeRecord record) {
        return record.fold(new ChangeRecord.Cases<>() {
            @Override
            public byte[] change(SourceChange change) {
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

    private static byte[] encodeChange(SourceChange change) {
        ChangePosition position = change.position();
        int rowBytes = change.before().map(row -> row.bytes().length).orElse(0)
                + change.after().map(row -> row.bytes().length).orElse(0);
        return new WireWriter(rowBytes + 160)
                .octet(VERSION)
                .octet(CHANGE)
                .octet(code(change.operation()))
                .string(change.table().schema())
                .string(change.table().name())
                .binlogPosition(position.transaction())
                .string(position.gtid())
                .int64(position.event())
                .int64(position.row())
                .optionalByteString(change.before().map(Row::bytes))
                .optionalByteString(change.after().map(Row::bytes))
                .toByteArray();
    }

    /**
     * Reads one record.
     *
     * @throws IllegalArgumentException if the bytes are of another format
     */
    public static ChangeRecord decode(byte[] value) {
        WireReader reader = new WireReader(value);
        reader.expectVersion(VERSION, "change record");
        int kind = reader.octet();
        if (kind == FENCE) {
            return new Fence(reader.string(), reader.int32());
        }
        if (kind == STOP) {
            return reader.tableStop();
        }
        if (kind != CHANGE) {
            throw new IllegalArgumentException("change record is of kind " + kind);
        }
        Operation operation = operation(reader.octet());
        TableId table = new TableId(reader.string(), reader.string());
        BinlogPosition transaction = reader.binlogPosition();
        ChangePosition position = new ChangePosition(transaction, reader.string(), reader.int64(), reader.int64());
        return new SourceChange(
                table,
                operation,
                position,
                reader.optionalByteString().map(Row::new),
                reader.optionalByteString().map(Row::new));
    }

    private static int code(Operation operation) {
        return switch (operation) {
            case CREATE -> 'c';
            case UPDATE -> 'u';
            case DELETE -> 'd';
        };
    }

    private static Operation operation(int code) {
        return switch (code) {
            case 'c' -> Operation.CREATE;
            case 'u' -> Operation.UPDATE;
            case 'd' -> Operation.DELETE;
            default -> throw new IllegalArgumentException("change record has operation " + code);
        };
    }
}
