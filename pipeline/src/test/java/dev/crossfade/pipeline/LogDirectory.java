package dev.crossfade.pipeline;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** What a disk does to the directory of a broker that does not run. */
public final class LogDirectory {
    private static final String FIRST_SEGMENT = "00000000000000000000.log";

    private LogDirectory() {}

    /** A copy of {@code directory} in {@code to}, which does not exist. */
    public static Path copy(Path directory, Path to) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(directory.relativize(file)));
            }
            return to;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes the last batches from a partition's only segment, as the death of a machine does with what was not flushed. */
    public static void cut(Path directory, String topic, int partition, int batches) {
        List<Long> begins = begins(directory, topic, partition);
        cutAt(directory, topic, partition, begins.get(begins.size() - batches));
    }

    /** Leaves the first batches of a partition's only segment. */
    public static void keep(Path directory, String topic, int partition, int batches) {
        cutAt(directory, topic, partition, begins(directory, topic, partition).get(batches));
    }

    /** Takes the record before {@code offset}, and all that stand behind it, from a partition's only segment. */
    public static void cutBefore(Path directory, String topic, int partition, long offset) {
        List<Long> begins = begins(directory, topic, partition);
        try (FileChannel file = FileChannel.open(segment(directory, topic, partition))) {
            int batch = begins.size() - 1;
            while (firstOffset(file, begins.get(batch)) >= offset) {
                batch--;
            }
            cutAt(directory, topic, partition, begins.get(batch));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How many batches a partition's only segment has. */
    public static int batches(Path directory, String topic, int partition) {
        return begins(directory, topic, partition).size();
    }

    /** Deletes a directory with everything in it; does nothing if it is not there. */
    public static void delete(Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long firstOffset(FileChannel file, long begin) throws IOException {
        ByteBuffer offset = ByteBuffer.allocate(Long.BYTES);
        int unused = file.read(offset, begin);
        return offset.getLong(0);
    }

    private static Path segment(Path directory, String topic, int partition) {
        return directory.resolve("kafka").resolve(topic + "-" + partition).resolve(FIRST_SEGMENT);
    }

    private static void cutAt(Path directory, String topic, int partition, long size) {
        try (FileChannel file = FileChannel.open(segment(directory, topic, partition), StandardOpenOption.WRITE)) {
            file.truncate(size);
            Files.deleteIfExists(directory.resolve("kafka").resolve(".kafka_cleanshutdown"));
            Files.deleteIfExists(directory.resolve("kafka").resolve("recovery-point-offset-checkpoint"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Where in the file each batch begins.
     *
     * @see <a href="https://kafka.apache.org/43/documentation/#recordbatch">the format of a batch</a>
     */
    private static List<Long> begins(Path directory, String topic, int partition) {
        try (FileChannel file = FileChannel.open(segment(directory, topic, partition))) {
            List<Long> begins = new ArrayList<>();
            ByteBuffer header = ByteBuffer.allocate(Long.BYTES + Integer.BYTES); // base offset, length of the rest
            for (long begin = 0; begin < file.size(); begin += header.capacity() + header.getInt(Long.BYTES)) {
                begins.add(begin);
                header.clear();
                int unused = file.read(header, begin);
            }
            return begins;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
