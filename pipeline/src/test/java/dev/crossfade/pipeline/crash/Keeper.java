package dev.crossfade.pipeline.crash;

import dev.crossfade.pipeline.Phase;
import dev.crossfade.testkit.ChildProcess;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;
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
    /** Said by the client of the source's log. */
    private static final String LOG_IS_READ = "INFO: Connected to ";

    /** Begins the lines of a stack trace that name what is behind its exception. */
    private static final Pattern OF_ANOTHER = Pattern.compile("\\s*(Caused by|Suppressed): ");

    private final Supplier<ChildProcess.Builder> program;
    private final List<Ending> endings = new ArrayList<>(); // guarded by this, as is the rest
    private final Deque<ChildProcess> children = new ArrayDeque<>(); // the last is the present one
    private boolean paused;
    private boolean closed;

    /** How a child ended; the reason is its exception's message, or its last line. */
    record Ending(int exit, String reason) {
        static Ending of(ChildProcess child, Duration within) {
            return of(child.awaitExit(within), child.output());
        }

        static Ending of(int exit, List<String> output) {
            String last = output.isEmpty() ? "it said nothing" : output.get(output.size() - 1);
            return new Ending(
                    exit,
                    output.stream()
                            .filter(line -> line.contains(REASON)
                                    && !OF_ANOTHER.matcher(line).lookingAt())
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

    /** A keeper of no child yet. */
    static Keeper of(Supplier<ChildProcess.Builder> program) {
        return new Keeper(program);
    }

    /** Starts the first child, or the next one after {@link #pause}. */
    synchronized void go() {
        paused = false;
        start(program.get());
    }

    /** Kills the present child, and starts no other one until {@link #go}. */
    void pause() {
        ChildProcess last;
        synchronized (this) {
            paused = true;
            last = present();
        }
        last.kill();
    }

    /** While paused: starts a child that is not started again, and whose end is the caller's concern. */
    synchronized ChildProcess startOnce(ChildProcess.Builder once) {
        ChildProcess child = once.start();
        remember(child);
        return child;
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

    /** Starts a child that kills itself at that place; then another one goes on. */
    void startToDie(String property, String faultPoint) {
        start(program.get().systemProperty(property, faultPoint));
    }

    /** Kills the present child; the next one kills itself at that place, and then a third one goes on. */
    void killAt(String property, String faultPoint, Duration atMost) {
        int before = endings().size();
        ChildProcess killed = present();
        startToDie(property, faultPoint);
        killed.kill();
        awaitEnding(before, atMost);
    }

    /** Waits until there are more endings than {@code before}. */
    void awaitEnding(int before, Duration atMost) {
        Awaitility.await("the end of the child")
                .atMost(atMost)
                .until(() -> endings().size() > before);
    }

    /** Waits until the present child, whichever that is then, has come to this phase or begun in a later one. */
    void awaitPhase(Phase phase, Duration atMost) {
        List<String> lines = Arrays.stream(Phase.values())
                .filter(reached -> reached.isAtLeast(phase))
                .map(RunInChild::line)
                .toList();
        Awaitility.await(phase.toString())
                .atMost(atMost)
                .pollInterval(Duration.ofMillis(50))
                .until(() ->
                        present().isAlive() && lines.stream().anyMatch(present().output()::contains));
    }

    /** Waits until the present child, whichever that is then, has an open connection to the source's log, or had one. */
    void awaitReadingOfTheLog(Duration atMost) {
        Awaitility.await("reading of the source's log")
                .atMost(atMost)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> present().isAlive()
                        && present().output().stream().anyMatch(line -> line.contains(LOG_IS_READ)));
    }

    /** What the last children said, the oldest first. */
    synchronized List<String> story() {
        return children.stream()
                .flatMap(child -> Stream.concat(
                        Stream.of("== child " + child.pid() + (child.isAlive() ? "" : ", ended")),
                        child.output().stream()))
                .toList();
    }

    private void remember(ChildProcess child) {
        children.addLast(child);
        if (children.size() > REMEMBERED) {
            children.removeFirst().close();
        }
    }

    private synchronized void start(ChildProcess.Builder builder) {
        ChildProcess child = builder.start();
        remember(child);
        Thread waiting = new Thread(() -> restartAfter(child), "keeper-of-" + child.pid());
        waiting.setDaemon(true);
        waiting.start();
    }

    private void restartAfter(ChildProcess child) {
        int exit = child.awaitExit(LONGEST_LIFE);
        synchronized (this) {
            if (!closed && !paused && child == present()) {
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
