package dev.crossfade.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Ends a server when this JVM ends without having stopped it, however it ends: SIGKILL too. A shell waits on a pipe that only this
 * JVM holds open, so the kernel wakes it. Close it after the server has stopped; then it does nothing.
 */
final class OrphanGuard implements AutoCloseable {
    /** Ctrl-C reaches the whole process group; the guard must outlive it. */
    private static final String SCRIPT = """
            trap '' INT TERM HUP
            read -r _
            kill -s "$1" "$2" 2>/dev/null
            if [ -n "$3" ]; then
              n=0
              while kill -0 "$2" 2>/dev/null && [ $n -lt 50 ]; do sleep 0.1; n=$((n + 1)); done
              rm -rf "$3"
            fi
            """;

    private final Process shell;

    private OrphanGuard(Process shell) {
        this.shell = shell;
    }

    /** Sends {@code signal} to process {@code pid} when this JVM is gone, and leaves its files. */
    static OrphanGuard keepingFiles(long pid, String signal) {
        return watch(pid, signal, "");
    }

    /** Sends {@code signal} to process {@code pid} when this JVM is gone, then deletes {@code directory}. */
    static OrphanGuard deletingFiles(long pid, String signal, Path directory) {
        return watch(pid, signal, directory.toString());
    }

    private static OrphanGuard watch(long pid, String signal, String directory) {
        List<String> command =
                new ArrayList<>(List.of("/bin/sh", "-c", SCRIPT, "guard", signal, Long.toString(pid), directory));
        try {
            Process shell = new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return new OrphanGuard(shell);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot guard process " + pid, e);
        }
    }

    @Override
    public void close() {
        shell.destroyForcibly();
    }
}
