package dev.crossfade.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * A temporary directory that goes with this process, however it ends: a shell waits on a pipe that only this JVM holds open, so the
 * kernel wakes it after SIGKILL too.
 */
final class DemoDirectory implements AutoCloseable {
    /** Ctrl-C reaches the whole process group; the guard must outlive it. */
    private static final String GUARD = """
            trap '' INT TERM HUP
            read -r _
            rm -rf "$1"
            """;

    private final Path path;
    private final Process guard;

    private DemoDirectory(Path path, Process guard) {
        this.path = path;
        this.guard = guard;
    }

    static DemoDirectory create() {
        try {
            Path path = Files.createTempDirectory("crossfade-demo-");
            Process guard = new ProcessBuilder("/bin/sh", "-c", GUARD, "guard", path.toString())
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return new DemoDirectory(path, guard);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make a directory for the demo", e);
        }
    }

    Path path() {
        return path;
    }

    /** Deletes the directory with everything in it. */
    @Override
    public void close() {
        delete(path);
        guard.destroyForcibly();
    }

    /** Deletes {@code root} with everything in it; what goes meanwhile is no error. */
    static void delete(Path root) {
        try {
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
                public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                        throws IOException {
                    if (failure != null) {
                        throw failure;
                    }
                    Files.deleteIfExists(directory);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + root, e);
        }
    }
}
