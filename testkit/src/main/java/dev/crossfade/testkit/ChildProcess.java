package dev.crossfade.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * A Java program of this class path in a JVM of its own, to be killed. Standard output and error are read as one, line by line. It
 * ends with this JVM. Any thread may call any method.
 */
public final class ChildProcess implements AutoCloseable {
    /** What {@link #awaitExit} returns after SIGKILL. */
    public static final int KILLED = 137;

    private static final int SHELL_BLOCK_BYTES = 512; // what ulimit counts in, by POSIX

    private final Process process;
    private final OrphanGuard guard;
    private final Thread reader;
    private final List<String> lines =
            new ArrayList<>(); // guarded by itself, which is notified of each line and the end
    private boolean ended; // guarded by lines

    private ChildProcess(Process process) {
        this.process = process;
        this.guard = OrphanGuard.keepingFiles(process.pid(), "KILL");
        this.reader = new Thread(this::read, "output-of-" + process.pid());
        this.reader.setDaemon(true);
    }

    /** Describes a child that runs the {@code main} method of {@code program}. */
    public static Builder running(Class<?> program) {
        return running(program.getName());
    }

    /** As {@link #running(Class)}, by class name. */
    public static Builder running(String program) {
        return new Builder(program);
    }

    /** What the child gets. */
    public static final class Builder {
        private final String program;
        private final List<String> jvmArguments = new ArrayList<>();
        private final List<String> arguments = new ArrayList<>();
        private final Map<String, String> environment = new LinkedHashMap<>();
        private final List<String> wrapper = new ArrayList<>();

        private Builder(String program) {
            this.program = program;
        }

        /** One argument of the JVM, such as {@code -Xmx512m}. */
        public Builder jvmArgument(String argument) {
            jvmArguments.add(argument);
            return this;
        }

        /** A system property. */
        public Builder systemProperty(String name, String value) {
            return jvmArgument("-D" + name + "=" + value);
        }

        /** A variable on top of this process' environment. */
        public Builder environment(String name, String value) {
            environment.put(name, value);
            return this;
        }

        /**
         * No file that the child writes can grow beyond {@code bytes}: as on a full disk, what goes beyond fails and is not written.
         * Rounded down to blocks of 512.
         */
        public Builder largestFile(long bytes) {
            wrapper.clear();
            wrapper.addAll(List.of(
                    "/bin/sh",
                    "-c",
                    "ulimit -f \"$1\"; shift; exec \"$@\"",
                    "largest-file",
                    Long.toString(bytes / SHELL_BLOCK_BYTES)));
            return this;
        }

        /** Arguments of the program. */
        public Builder arguments(String... more) {
            arguments.addAll(List.of(more));
            return this;
        }

        /** Starts the child. */
        public ChildProcess start() {
            List<String> command = new ArrayList<>(wrapper);
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(jvmArguments);
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), program));
            command.addAll(arguments);
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().putAll(environment);
            try {
                ChildProcess child = new ChildProcess(builder.start());
                child.reader.start();
                return child;
            } catch (IOException e) {
                throw new UncheckedIOException("cannot start " + program, e);
            }
        }
    }

    /** The child's process id. */
    public long pid() {
        return process.pid();
    }

    /** False once the child has ended. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** What the child has written so far, one element a line. */
    public List<String> output() {
        synchronized (lines) {
            return List.copyOf(lines);
        }
    }

    /** Sends SIGKILL and waits for the end. */
    public void kill() {
        process.destroyForcibly();
        awaitExit(Duration.ofSeconds(30));
    }

    /** Sends SIGTERM, so that shutdown hooks run, and does not wait. */
    public void terminate() {
        process.destroy();
    }

    /** Sends SIGSTOP: the child stands still, with its connections open, until {@link #resume} or {@link #kill}. */
    public void suspend() {
        signal("STOP");
    }

    /** Sends SIGCONT. */
    public void resume() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            int exit = new ProcessBuilder("/bin/sh", "-c", "kill -s " + name + " " + process.pid())
                    .start()
                    .waitFor();
            if (exit != 0) {
                throw new IllegalStateException("cannot send " + name + " to the child, it is alive: " + isAlive());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot send " + name + " to the child", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while signalling the child", e);
        }
    }

    /**
     * Waits for the first line, from the child's start on, that {@code wanted} accepts, and returns it.
     *
     * @throws IllegalStateException with the last lines if there is none by the deadline or the child's end
     */
    public String awaitLine(Predicate<String> wanted, Duration deadline) {
        long end = System.nanoTime() + deadline.toNanos();
        int seen = 0;
        synchronized (lines) {
            while (true) {
                for (; seen < lines.size(); seen++) {
                    if (wanted.test(lines.get(seen))) {
                        return lines.get(seen);
                    }
                }
                long leftMillis = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (ended || leftMillis <= 0) {
                    throw new IllegalStateException("the child " + (ended ? "ended" : "ran on for " + deadline)
                            + " without the awaited line; its last lines:\n" + tail());
                }
                try {
                    lines.wait(leftMillis);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException("interrupted while waiting for a line of the child", e);
                }
            }
        }
    }

    /**
     * Waits for the child's end and all its output.
     *
     * @return its exit code, {@link #KILLED} after SIGKILL
     * @throws IllegalStateException with the last lines if it still runs at the deadline; it is left running
     */
    public int awaitExit(Duration deadline) {
        try {
            if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException(
                        "the child still runs after " + deadline + "; its last lines:\n" + tail());
            }
            reader.join(TimeUnit.SECONDS.toMillis(10)); // a grandchild may hold the pipe open
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the child", e);
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        kill();
        guard.close();
    }

    private String tail() {
        List<String> all = output();
        return String.join("\n", all.subList(Math.max(0, all.size() - 40), all.size()));
    }

    private void read() {
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                synchronized (lines) {
                    lines.add(line);
                    lines.notifyAll();
                }
            }
        } catch (IOException e) {
            synchronized (lines) {
                lines.add("(output lost: " + e.getMessage() + ")");
            }
        } finally {
            synchronized (lines) {
                ended = true;
                lines.notifyAll();
            }
        }
    }
}
