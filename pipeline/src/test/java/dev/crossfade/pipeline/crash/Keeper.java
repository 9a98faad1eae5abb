package dev.crossfade.pipeline.crash;

import dev.crossfade.testkit.ChildProcess;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * Keeps a child running, as a service manager does: whenever it ends it is started again, and how it ended is remembered. The methods
 * are for one thread; others wait for the ends.
 */
final class Keeper implements AutoCloseable {
    private static final Duration LONGEST_LIFE = Duration.ofHours(6);
    private static final int REMEMBERED = 4;
    private static final String REASON = "MigrationException: ";

    private final Supplier<ChildProcess.Builder> program;
    private final List<Ending> endings = new ArrayList<>(); // guarded by this, as is the rest
    private final Deque<ChildProcess> children = new ArrayDeque<>(); // the last is the present one
    private boolean closed;

    /** How a child ended; the reason is its exception's message, or its last line. */
    record Ending(int exit, String reason) {
        static Ending of(int exit, List<String> output) {
            String last = output.isEmpty() ? "it said nothing" : output.get(output.size() - 1);
            return new Ending(
                    exit,
                    output.stream()
                            .filter(line -> line.contains(REASON) && !line.startsWith("Caused by"))
                            .reduce((earlier, later) -> later)
                            .map(line -> line.substring(line.indexOf(REASON) + REASON.length()))
                            .orElse(last));
        }

        @Override
        public String toString() {
            return exit == ChildProcess.KILLED ? "killed" : exit + ": " + reason;
        }
    }

    private Keeper(Supplier<ChildProcess.Builder> program) {
        this.program = program;
    }

    /** Starts the first child. */
    static Keeper of(Supplier<ChildProcess.Builder> program) {
        Keeper keeper = new Keeper(program);
        keeper.start(program.get());
        return keeper;
    }

    synchronized ChildProcess present() {
        return children.getLast();
    }

    synchronized List<Ending> endings() {
        return List.copyOf(endings);
    }

    /** Starts another child beside the present one, which is nobody's concern any more but the caller's. */
    void startBesides() {
        start(program.get());
    }

    /** Kills the present child; the next one kills itself at that place, and then a third one goes on. */
    void killAt(String property, String faultPoint, Duration atMost) {
        int before = endings().size();
        ChildProcess killed = present();
        start(program.get().systemProperty(property, faultPoint));
        killed.kill();
        awaitEnding(before, atMost);
    }

    /** Waits until there are more endings than {@code before}. */
    void awaitEnding(int before, Duration atMost) {
        Awaitility.await("the end of the child")
                .atMost(atMost)
                .until(() -> endings().size() > before);
    }

    /** Waits until the present child, whichever that is then, has said this line. */
    void awaitLine(String line, Duration atMost) {
        Awaitility.await(line)
                .atMost(atMost)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> present().isAlive() && present().output().contains(line));
    }

    /** What the last children said, the oldest first. */
    synchronized List<String> story() {
        return children.stream()
                .flatMap(child -> Stream.concat(
                        Stream.of("== child " + child.pid() + (child.isAlive() ? "" : ", ended")),
                        child.output().stream()))
                .toList();
    }

    private synchronized void start(ChildProcess.Builder builder) {
        ChildProcess child = builder.start();
        children.addLast(child);
        if (children.size() > REMEMBERED) {
            children.removeFirst().close();
        }
        Thread waiting = new Thread(() -> restartAfter(child), "keeper-of-" + child.pid());
        waiting.setDaemon(true);
        waiting.start();
    }

    private void restartAfter(ChildProcess child) {
        int exit = child.awaitExit(LONGEST_LIFE);
        synchronized (this) {
            if (!closed && child == present()) {
                endings.add(Ending.of(exit, child.output()));
                start(program.get());
            }
        }
    }

    /** From now on an end is an end. */
    synchronized void keepNoLonger() {
        closed = true;
    }

    /** Kills the children that still live. */
    @Override
    public synchronized void close() {
        closed = true;
        children.forEach(ChildProcess::close);
    }
}
