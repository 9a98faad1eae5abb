package dev.crossfade.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** What an {@link EmbeddedBroker} leaves in its directory, as a whole. Other files there are not its own and stay. Any thread. */
public final class BrokerDirectory {
    /** Records that are being removed: renamed first, so that no broker ever starts upon a part of them. */
    private static final String REMOVED = EmbeddedBroker.LOGS + ".removed";

    private final Path directory;

    public BrokerDirectory(Path directory) {
        this.directory = directory;
    }

    /** Whether a broker, living or not, has left records here, also half-removed ones. */
    public boolean isUsed() {
        return Files.exists(directory.resolve(EmbeddedBroker.LOGS)) || Files.exists(directory.resolve(REMOVED));
    }

    /**
     * Removes everything that brokers have left here; does nothing if there is nothing. Killed in between, it can be called again.
     *
     * @throws IllegalStateException if a live broker uses the directory; nothing was removed
     * @throws UncheckedIOException if something cannot be deleted
     */
    public void remove() {
        if (!Files.exists(directory)) {
            return;
        }
        try (DirectoryLock lock = DirectoryLock.take(directory)) {
            Path logs = directory.resolve(EmbeddedBroker.LOGS);
            Path removed = directory.resolve(REMOVED);
            deleteTree(removed);
            if (Files.exists(logs)) {
                Files.move(logs, removed, StandardCopyOption.ATOMIC_MOVE);
                deleteTree(removed);
            }
            LifeMark.remove(directory);
            lock.delete();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove the Kafka records in " + directory, e);
        }
    }

    private static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path left, @Nullable IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(left);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    @Override
    public String toString() {
        return directory.resolve(EmbeddedBroker.LOGS).toString();
    }
}
