package dev.crossfade.model.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.crossfade.model.BinlogPosition;
import dev.crossfade.model.ChangePosition;
import dev.crossfade.model.ChangeRecord;
import dev.crossfade.model.ChunkBatch;
import dev.crossfade.model.ChunkEnd;
import dev.crossfade.model.ChunkId;
import dev.crossfade.model.ChunkPlanSeal;
import dev.crossfade.model.ChunkRecord;
import dev.crossfade.model.ChunkTask;
import dev.crossfade.model.CopyBegin;
import dev.crossfade.model.CopyEnd;
import dev.crossfade.model.Fence;
import dev.crossfade.model.KeyRange;
import dev.crossfade.model.Row;
import dev.crossfade.model.RowChange;
import dev.crossfade.model.RowDelete;
import dev.crossfade.model.RowKey;
import dev.crossfade.model.RowRecord;
import dev.crossfade.model.RowUpsert;
import dev.crossfade.model.SourceChange;
import dev.crossfade.model.SourceChange.Operation;
import dev.crossfade.model.TableId;
import dev.crossfade.model.TableStop;
import dev.crossfade.model.TaskRecord;
import java.nio.BufferUnderflowException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every record of every topic comes back equal; what is not a record of ours is refused. */
class CodecTest {
    private static final TableId TABLE = new TableId("shop", "bestellung Ä");
    private static final ChunkId CHUNK = new ChunkId(TABLE, 3);
    private static final ChangePosition POSITION =
            new ChangePosition(new BinlogPosition("binlog.000009", 5_000_000_000L, "0-1-7,1-2-9"), "0-1-8", 2, 41);
    private static final TableStop STOP =
            new TableStop(TABLE, "STATEMENT", "was changed by ÅSE", "update t set a = 1", POSITION.transaction());

    static Stream<ChangeRecord> changes() {
        return Stream.of(
                new SourceChange(TABLE, Operation.CREATE, POSITION, Optional.empty(), Optional.of(row(1, "Åse"))),
                new SourceChange(TABLE, Operation.UPDATE, POSITION, Optional.of(row(1, "")), Optional.of(row(1, "b"))),
                new SourceChange(TABLE, Operation.DELETE, POSITION, Optional.of(row(1, "a")), Optional.empty()),
                new SourceChange(
                        TABLE,
                        Operation.CREATE,
                        new ChangePosition(new BinlogPosition("m.1", 0, ""), "", 0, 0),
                        Optional.empty(),
                        Optional.of(row(1, "no GTID"))),
                new Fence("f".repeat(64), 63),
                STOP);
    }

    @ParameterizedTest
    @MethodSource("changes")
    void aChangeComesBackEqual(ChangeRecord record) {
        assertThat(ChangeCodec.decode(ChangeCodec.encode(record))).isEqualTo(record);
    }

    static Stream<RowRecord> rows() {
        BinlogPosition transaction = POSITION.transaction();
        return Stream.of(
                new RowUpsert(TABLE, row(1, "Åse")),
                new RowDelete(TABLE, key(7)),
                new RowChange(TABLE, transaction, Optional.empty(), Optional.of(row(1, "Åse"))),
                new RowChange(TABLE, transaction, Optional.of(row(1, "")), Optional.of(row(2, "another key"))),
                new RowChange(TABLE, transaction, Optional.of(row(1, "")), Optional.empty()),
                new Fence("verify-1", 0),
                STOP);
    }

    @ParameterizedTest
    @MethodSource("rows")
    void aRowRecordComesBackEqual(RowRecord record) {
        assertThat(RowRecordCodec.decode(RowRecordCodec.encode(record))).isEqualTo(record);
    }

    static Stream<TaskRecord> tasks() {
        return Stream.of(
                new ChunkTask(CHUNK, KeyRange.ALL, 0),
                new ChunkTask(CHUNK, KeyRange.of(Optional.of(key(4)), Optional.empty()), 1_000_000_000_000L),
                new ChunkTask(CHUNK, KeyRange.of(Optional.empty(), Optional.of(key(4))), 17),
                new ChunkTask(CHUNK, KeyRange.of(Optional.of(key(4)), Optional.of(key(9))), 17),
                new ChunkPlanSeal(Map.of(TABLE, 4, new TableId("shop", "empty"), 1)));
    }

    @ParameterizedTest
    @MethodSource("tasks")
    void aTaskComesBackEqual(TaskRecord record) {
        assertThat(ChunkCodec.decodeTask(ChunkCodec.encode(record))).isEqualTo(record);
    }

    @Test
    void aChunksEndComesBackEqual() {
        ChunkEnd end =
                new ChunkEnd(CHUNK, KeyRange.of(Optional.of(key(4)), Optional.empty()), 32, 5_000_000_000L, 1L << 40);

        assertThat(ChunkCodec.decodeChunk(ChunkCodec.encode(end))).isEqualTo(end);
    }

    static Stream<ChunkRecord> copies() {
        return Stream.of(
                new CopyBegin("shop.bestellung Ä", POSITION.transaction()),
                new CopyBegin("shop.a", new BinlogPosition("m.1", 0, "")),
                new CopyEnd("shop.a", Map.of(TABLE, 4, new TableId("shop", "empty"), 1)));
    }

    @ParameterizedTest
    @MethodSource("copies")
    void theBeginAndTheEndOfACopyComeBackEqual(ChunkRecord record) {
        assertThat(ChunkCodec.decodeChunk(ChunkCodec.encode(record))).isEqualTo(record);
    }

    @Test
    void aBatchComesBackWithItsRowsInPlace() {
        RowWriter rows = new RowWriter(64);
        rows.writeRow(new byte[] {9, 9, 9}, 0, 3); // what stands before the batch in a shared buffer
        rows.writeRow(row(1, "a").bytes(), 0, row(1, "a").bytes().length);
        rows.writeRow(row(2, "b").bytes(), 0, row(2, "b").bytes().length);
        KeyRange range = KeyRange.of(Optional.empty(), Optional.of(key(4)));
        ChunkBatch batch = new ChunkBatch(CHUNK, range, 2, rows.array(), 3, rows.size() - 3);

        ChunkBatch read = (ChunkBatch) ChunkCodec.decodeChunk(ChunkCodec.encode(batch));

        assertThat(read.chunk()).isEqualTo(CHUNK);
        assertThat(read.range()).isEqualTo(range);
        assertThat(read.rows()).isEqualTo(2);
        assertThat(Arrays.copyOfRange(read.bytes(), read.offset(), read.offset() + read.length()))
                .isEqualTo(Arrays.copyOfRange(rows.array(), 3, rows.size()));
    }

    @Test
    void aBatchWithoutRowsComesBackEmpty() {
        ChunkBatch read = (ChunkBatch)
                ChunkCodec.decodeChunk(ChunkCodec.encode(new ChunkBatch(CHUNK, KeyRange.ALL, 0, new byte[0], 0, 0)));

        assertThat(read.rows()).isZero();
        assertThat(read.length()).isZero();
    }

    /** These bytes stand in topics of running migrations: a change of them needs another version number. */
    @Test
    void theFormatIsFixed() {
        assertThat(hex(ChangeCodec.encode(new Fence("t", 2)))).isEqualTo("0102000000017400000002");
        assertThat(hex(RowRecordCodec.encode(new Fence("t", 2)))).isEqualTo("0102000000017400000002");
        assertThat(hex(RowRecordCodec.encode(new RowDelete(new TableId("s", "t"), key(7)))))
                .isEqualTo("01030000000173" + "0000000174" + "0000000a" + "00010000000400000007");
        assertThat(hex(RowRecordCodec.encode(new RowUpsert(new TableId("s", "t"), key(7).row()))))
                .isEqualTo("01010000000173" + "0000000174" + "0000000a" + "00010000000400000007");
        assertThat(hex(ChangeCodec.encode(new SourceChange(
                        new TableId("s", "t"),
                        Operation.DELETE,
                        new ChangePosition(new BinlogPosition("b.1", 4, ""), "g", 1, 2),
                        Optional.of(key(7).row()),
                        Optional.empty()))))
                .isEqualTo("0101" + "64" + "0000000173" + "0000000174" + "00000003622e31" + "0000000000000004"
                        + "00000000" + "0000000167" + "0000000000000001" + "0000000000000002" + "0000000a"
                        + "00010000000400000007" + "ffffffff");
        BinlogPosition place = new BinlogPosition("b.1", 4, "");
        String hexOfPlace = "00000003622e31" + "0000000000000004" + "00000000";
        assertThat(hex(RowRecordCodec.encode(
                        new RowChange(new TableId("s", "t"), place, Optional.empty(), Optional.of(key(7).row())))))
                .isEqualTo("01040000000173" + "0000000174" + hexOfPlace + "ffffffff" + "0000000a"
                        + "00010000000400000007");
        TableStop stop = new TableStop(new TableId("s", "t"), "i", "r", "", place);
        String hexOfStop = "01050000000173" + "0000000174" + "0000000169" + "0000000172" + "00000000" + hexOfPlace;
        assertThat(hex(ChangeCodec.encode(stop))).isEqualTo(hexOfStop);
        assertThat(hex(RowRecordCodec.encode(stop))).isEqualTo(hexOfStop);
        assertThat(hex(ChunkCodec.encode(new CopyBegin("g", place)))).isEqualTo("01050000000167" + hexOfPlace);
        assertThat(hex(ChunkCodec.encode(new CopyEnd("g", Map.of(new TableId("s", "t"), 2)))))
                .isEqualTo("01060000000167" + "00000001" + "0000000173" + "0000000174" + "00000002");
        assertThat(hex(ChunkCodec.encode(new ChunkTask(new ChunkId(new TableId("s", "t"), 5), KeyRange.ALL, 9))))
                .isEqualTo("0103" + "0000000173" + "0000000174" + "00000005" + "ffffffff" + "ffffffff"
                        + "0000000000000009");
    }

    static Stream<Function<byte[], Object>> decoders() {
        return Stream.of(ChangeCodec::decode, RowRecordCodec::decode, ChunkCodec::decodeChunk, ChunkCodec::decodeTask);
    }

    @ParameterizedTest
    @MethodSource("decoders")
    void anotherVersionAndAnotherKindAreRefused(Function<byte[], Object> decoder) {
        assertThatThrownBy(() -> decoder.apply(new byte[] {2, 1}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("format 2, this version reads 1");
        assertThatThrownBy(() -> decoder.apply(new byte[] {1, 99}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("kind 99");
        assertThatThrownBy(() -> decoder.apply(new byte[0])).isInstanceOf(BufferUnderflowException.class);
    }

    @Test
    void aTruncatedRecordIsRefused() {
        byte[] whole = ChangeCodec.encode(changes().findFirst().orElseThrow());

        for (int length = 0; length < whole.length; length++) {
            byte[] part = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> ChangeCodec.decode(part)).isInstanceOf(RuntimeException.class);
        }
    }

    private static Row row(int id, String text) {
        RowWriter writer = new RowWriter(64);
        writer.startRow(3);
        writer.writeInt32(id);
        writer.writeText(text);
        writer.writeNull();
        return writer.toRow();
    }

    private static RowKey key(int id) {
        RowWriter writer = new RowWriter(16);
        writer.startRow(1);
        writer.writeInt32(id);
        return writer.toKey();
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
