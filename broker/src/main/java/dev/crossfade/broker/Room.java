package dev.crossfade.broker;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;

/**
 * The room on disk without which Kafka must not be started. Kafka 4.3.1 takes every error of the disk that comes up while it recovers a
 * log for damage of that log and deletes the segment ({@code LogLoader.recoverLog} catches IOException along with
 * InvalidOffsetException): started on a full disk after it was killed, it would throw acknowledged records away, its own metadata first.
 */
final class Room {
    /** Recovery makes the index of the metadata at its full size of 10 MiB, and some small files for each partition. */
    private static final int MEBIBYTES = 12;

    private static final String FILE = "room";

    private Room() {}

    /**
     * Writes as much as recovery may write, and deletes it again.
     *
     * @throws IllegalStateException if that fails; everything else in {@code directory} is as it was
     */
    static void prove(Path directory) throws IOException {
        Path file = directory.resolve(FILE);
        byte[] incompressible = new byte[1 << 20];
        new Random(0).nextBytes(incompressible);
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            for (int written = 0; written < MEBIBYTES; written++) {
                ByteBuffer bytes = ByteBuffer.wrap(incompressible);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
            }
            channel.force(false);
        } catch (IOException e) {
            throw new IllegalStateException(
                    "no room for " + MEBIBYTES + " MiB in " + directory
                            + ", without which Kafka is not started, since it could"
                            + " take the full disk for damage of its log; the log is untouched: " + e.getMessage(),
                    e);
        } finally {
            Files.deleteIfExists(file);
        }
    }
}
