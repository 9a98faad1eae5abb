package dev.crossfade.pipeline;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What a disk does to the directory of a broker that does not run. */
final class LogDirectory {
    private static final String FIRST_SEGMENT = "00000000000000000000.log";

    private LogDirectory() {}

    /** A copy of {@code directory} in {@code to}, which does not exist. */
    static Path copy(Path directory, Path to) {
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
    static void cut(Path directory, String topic, int partition, int batches) {
        List<Long> begins = begins(directory, topic, partition);
        cutAt(directory, topic, partition, begins.get(begins.size() - batches));
    }

    /** Leaves the first batches of a partition's only segment. */
    static void keep(Path directory, String topic, int partition, int batches) {
        cutAt(directory, topic, partition, begins(directory, topic, partition).get(batches));
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
