package dev.crossfade.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;

/** Directories of the embedded servers: a cache shared by every JVM of one user, and copies of what is in it. */
final class ServerFiles {
    /** A file lock guards against other JVMs only; this one guards against other threads of this JVM. */
    private static final Object THREADS = new Object();

    private ServerFiles() {}

    /** Fills a directory that does not exist yet. */
    @FunctionalInterface
    interface Filling {
        /** Fills {@code directory}, which is empty; when it throws, the next caller begins anew. */
        void fill(Path directory) throws IOException;
    }

    /** The user's cache for unpacked servers; it survives the JVM. */
    static Path cache() {
        String user = System.getProperty("user.name", "unknown");
        return Path.of(System.getProperty("java.io.tmpdir"), "crossfade-servers-" + user);
    }

    /**
     * The directory {@code name} in the cache, filled by the first JVM that asks for it; the others wait. It appears whole or not at
     * all, also when the filling process is killed.
     */
    static Path cached(String name, Filling filling) {
        Path cache = cache();
        Path wanted = cache.resolve(name);
        try {
            Files.createDirectories(cache);
            synchronized (THREADS) {
                try (FileChannel channel = FileChannel.open(
                                cache.resolve(name + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                        FileLock lock = channel.lock()) {
                    if (!lock.isValid() || Files.isDirectory(wanted)) {
                        return wanted;
                    }
                    Path unfinished = cache.resolve(name + ".unfinished");
                    deleteTree(unfinished);
                    Files.createDirectories(unfinished);
                    filling.fill(unfinished);
                    Files.move(unfinished, wanted, StandardCopyOption.ATOMIC_MOVE);
                    return wanted;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot prepare " + wanted, e);
        }
    }

    /** A new empty directory with a short name, because a Unix socket's path holds 107 bytes. */
    static Path temporaryDirectory(String prefix) {
        try {
            return Files.createTempDirectory(prefix);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make a directory for an embedded server", e);
        }
    }

    static void copyTree(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                Path copy = to.resolve(from.relativize(directory).toString());
                Files.createDirectories(copy);
                Files.setPosixFilePermissions(copy, Files.getPosixFilePermissions(directory));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.copy(file, to.resolve(from.relativize(file).toString()), StandardCopyOption.COPY_ATTRIBUTES);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** Deletes {@code root} with everything in it; what is gone already, or goes meanwhile, is no error. */
    static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                if (failure instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw failure;
            }

            @Override
            public FileVisitResult postVisitDirectory(
                    Path directory, @org.jspecify.annotations.Nullable IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.deleteIfExists(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** A port that was free a moment ago on 127.0.0.1; another process may take it first. */
    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("no free port on 127.0.0.1", e);
        }
    }
}
