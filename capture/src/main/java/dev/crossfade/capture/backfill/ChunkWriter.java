package dev.crossfade.capture.backfill;

import dev.crossfade.capture.source.SourceRowReader;
import dev.crossfade.model.ChunkBatch;
import dev.crossfade.model.ChunkEnd;
import dev.crossfade.model.ChunkRecord;
import dev.crossfade.model.ChunkTask;
import dev.crossfade.model.FaultPoint;
import dev.crossfade.model.Faults;
import dev.crossfade.model.KeyRange;
import dev.crossfade.model.RowKey;
import dev.crossfade.model.codec.ChunkCodec;
import dev.crossfade.model.codec.RowWriter;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * Cuts one chunk's rows into batches and sends them within the producer's open transaction. The batches' ranges follow each other
 * without gap from the chunk's begin to its end. {@code send} blocks when Kafka falls behind, which holds the source's statement
 * back in turn.
 */
final class ChunkWriter {
    private final Producer<byte[], byte[]> producer;
    private final String topic;
    private final int partition;
    private final ChunkTask task;
    private final int batchBytes;
    private final Faults faults;
    private final RowWriter buffer;
    private Optional<RowKey> from;
    private int rowsInBatch;
    private int batches;
    private long rows;
    private long bytes;
    private boolean closed;

    ChunkWriter(
            Producer<byte[], byte[]> producer,
            String topic,
            int partition,
            ChunkTask task,
            int batchBytes,
            Faults faults) {
        this.producer = producer;
        this.topic = topic;
        this.partition = partition;
        this.task = task;
        this.batchBytes = batchBytes;
        this.faults = faults;
        this.buffer = new RowWriter(batchBytes + batchBytes / 8);
        this.from = task.range().from();
    }

    /** Appends the current row; sends what came before it if the batch would grow too large. */
    void append(SourceRowReader reader, ResultSet row) throws SQLException {
        int begin = buffer.size();
        reader.append(row, buffer);
        if (buffer.size() > batchBytes && rowsInBatch > 0) {
            byte[] next = Arrays.copyOfRange(buffer.array(), begin, buffer.size());
            buffer.truncate(begin);
            sendBatch(Optional.of(reader.key(row)));
            faults.reached(FaultPoint.BACKFILL_WITHIN_CHUNK);
            buffer.writeRow(next, 0, next.length);
        }
        rowsInBatch++;
    }

    /** Sends the rest and the closing record. */
    void close() {
        if (rowsInBatch > 0) {
            sendBatch(task.range().to());
        }
        send(new ChunkEnd(task.chunk(), task.range(), batches, rows, bytes));
        closed = true;
    }

    private void sendBatch(Optional<RowKey> to) {
        send(new ChunkBatch(task.chunk(), KeyRange.of(from, to), rowsInBatch, buffer.array(), 0, buffer.size()));
        batches++;
        rows += rowsInBatch;
        bytes += buffer.size();
        rowsInBatch = 0;
        buffer.clear();
        from = to;
    }

    private void send(ChunkRecord record) {
        // A failed send fails the commit.
        Future<RecordMetadata> unused =
                producer.send(new ProducerRecord<>(topic, partition, null, ChunkCodec.encode(record)));
    }

    boolean isClosed() {
        return closed;
    }

    long rows() {
        return rows;
    }

    long bytes() {
        return bytes;
    }
}
