package dev.crossfade.broker;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Keeps a second broker off a directory. The kernel lets go when the process dies, however it dies. */
final class DirectoryLock implements AutoCloseable {
    private final Path file;
    private final FileChannel channel;

    private DirectoryLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** Takes the lock or throws at once {@link IllegalStateException} when another broker, of any process, has it. */
    static DirectoryLock take(Path directory) throws IOException {
        Path file = directory.resolve("broker.lock");
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return new DirectoryLock(file, channel);
            }
        } catch (OverlappingFileLockException e) {
            channel.close();
            throw inUse(directory, "this process", e);
        }
        channel.close();
        throw inUse(directory, "another process", null);
    }

    private static IllegalStateException inUse(
            Path directory, String owner, @org.jspecify.annotations.Nullable Throwable cause) {
        return new IllegalStateException(
                "the Kafka directory " + directory + " is in use by " + owner + "; nothing in it was changed", cause);
    }

    /** Removes the file while the lock is held: the directory is given up. */
    void delete() throws IOException {
        Files.deleteIfExists(file);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
