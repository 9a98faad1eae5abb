package dev.crossfade.capture.backfill;

import dev.crossfade.model.ChunkBatch;
import dev.crossfade.model.ChunkEnd;
import dev.crossfade.model.ChunkId;
import dev.crossfade.model.ChunkRecord;
import dev.crossfade.model.FaultPoint;
import dev.crossfade.model.Faults;
import dev.crossfade.model.KeyRange;
import dev.crossfade.model.RowKey;
import dev.crossfade.model.codec.ChunkCodec;
import dev.crossfade.model.codec.RowWriter;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Cuts one chunk's rows into batches and sends them within the producer's open transaction. The batches' ranges follow each other
 * without gap from the chunk's begin to its end. {@code send} blocks when Kafka falls behind, which holds the source's statement
 * back in turn.
 */
final class ChunkWriter {
    private final Producer<byte[], byte[]> producer;
    private final TopicPartition partition;
    private final ChunkId chunk;
    private final Optional<RowKey> chunkFrom;
    private final int batchBytes;
    private final Faults faults;
    private final RowWriter buffer;
    private Optional<RowKey> from;
    private int rowsInBatch;
    private int batches;
    private long rows;
    private long bytes;
    private boolean closed;
    private volatile long endOffset = -1; // written by the producer's thread, before a flush returns

    /**
     * A writer of one chunk.
     *
     * @param partition of the chunks topic
     * @param from where the chunk begins; empty for the first key on
     */
    ChunkWriter(
            Producer<byte[], byte[]> producer,
            TopicPartition partition,
            ChunkId chunk,
            Optional<RowKey> from,
            int batchBytes,
            Faults faults) {
        this.producer = producer;
        this.partition = partition;
        this.chunk = chunk;
        this.chunkFrom = from;
        this.batchBytes = batchBytes;
        this.faults = faults;
        this.buffer = new RowWriter(batchBytes + batchBytes / 8);
        this.from = from;
    }

    /** Appends the current row; sends what came before it if the batch would grow too large. */
    void append(CurrentRow row) throws SQLException {
        int begin = buffer.size();
        row.append(buffer);
        if (buffer.size() > batchBytes && rowsInBatch > 0) {
            byte[] next = Arrays.copyOfRange(buffer.array(), begin, buffer.size());
            buffer.truncate(begin);
            sendBatch(Optional.of(row.place()));
            faults.reached(FaultPoint.BACKFILL_WITHIN_CHUNK);
            buffer.writeRow(next, 0, next.length);
        }
        rowsInBatch++;
    }

    /** Sends the rest and the closing record of a chunk that ends at {@code to}; empty for the last key. */
    void close(Optional<RowKey> to) {
        if (rowsInBatch > 0) {
            sendBatch(to);
        }
        ChunkEnd end = new ChunkEnd(chunk, KeyRange.of(chunkFrom, to), batches, rows, bytes);
        Future<RecordMetadata> unused = producer.send(record(end), (sent, failure) -> {
            if (failure == null) {
                endOffset = sent.offset();
            }
        });
        closed = true;
    }

    private void sendBatch(Optional<RowKey> to) {
        send(new ChunkBatch(chunk, KeyRange.of(from, to), rowsInBatch, buffer.array(), 0, buffer.size()));
        batches++;
        rows += rowsInBatch;
        bytes += buffer.size();
        rowsInBatch = 0;
        buffer.clear();
        from = to;
    }

    private void send(ChunkRecord record) {
        // A failed send fails the commit.
        Future<RecordMetadata> unused = producer.send(record(record));
    }

    private ProducerRecord<byte[], byte[]> record(ChunkRecord record) {
        return new ProducerRecord<>(partition.topic(), partition.partition(), null, ChunkCodec.encode(record));
    }

    boolean isClosed() {
        return closed;
    }

    /** Where the closing record stands in the partition, once it is known that Kafka has taken it. */
    long endOffset() {
        if (endOffset < 0) {
            throw new IllegalStateException("the end of chunk " + chunk + " is not in the log");
        }
        return endOffset;
    }

    /** Rows that were sent. */
    long rows() {
        return rows;
    }

    /** Bytes of the rows that were sent. */
    long bytes() {
        return bytes;
    }

    /** Bytes of all rows that were appended, sent or not. */
    long size() {
        return bytes + buffer.size();
    }
}
