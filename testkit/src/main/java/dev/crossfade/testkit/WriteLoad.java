package dev.crossfade.testkit;

import static java.util.Objects.requireNonNull;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Writes to a MariaDB or MySQL at a steady rate until stopped: weighted random operations, each a transaction of its own, on several
 * threads. Deadlocks, lock waits and dropped connections are tried again with the same random numbers; a write that a key or
 * constraint refuses is counted as {@link #REJECTED} and left out. Any other error ends the load and is thrown by {@link #stop}.
 *
 * <p>The same seed gives every thread the same sequence of operations; how the threads interleave is up to the machine.
 */
public final class WriteLoad implements AutoCloseable {
    /** The kind under which writes are counted that a key or constraint refused. */
    public static final String REJECTED = "rejected";

    private static final int DEADLOCK = 1213;
    private static final int LOCK_WAIT_TIMEOUT = 1205;
    private static final int RECORD_CHANGED = 1020; // MariaDB's snapshot isolation
    private static final long LATE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long RECONNECT_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Target target;
    private final List<Weighted> operations;
    private final int totalWeight;
    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopping;
    private final Object pauses = new Object();
    private boolean paused; // guarded by pauses, as the next one
    private int idle; // threads that stand still because of a pause, or have ended

    private WriteLoad(Target target, List<Weighted> operations) {
        this.target = target;
        this.operations = List.copyOf(operations);
        this.totalWeight = operations.stream().mapToInt(Weighted::weight).sum();
    }

    /** One transaction's statements. The load commits; the operation must not keep anything between calls. */
    @FunctionalInterface
    public interface Operation {
        /** Runs the statements on {@code connection}, whose autocommit is off, with choices from {@code random} alone. */
        void run(Connection connection, Random random) throws SQLException;
    }

    /**
     * An operation and its share.
     *
     * @param kind the name under which it is counted
     * @param weight its share among the sum of all weights, at least 1
     */
    public record Weighted(String kind, int weight, Operation operation) {
        public Weighted {
            requireNonNull(kind, "kind");
            requireNonNull(operation, "operation");
            if (weight < 1) {
                throw new IllegalArgumentException("weight of " + kind + " is " + weight + ", must be at least 1");
            }
        }
    }

    /** Where to write. */
    public record Target(String jdbcUrl, String user, String password) {
        public Target {
            requireNonNull(jdbcUrl, "jdbcUrl");
            requireNonNull(user, "user");
            requireNonNull(password, "password");
        }

        @Override
        public String toString() {
            return "Target[" + jdbcUrl + ", " + user + "]";
        }
    }

    /** Starts {@code threads} writers that do {@code perSecond} operations a second together. */
    public static WriteLoad start(Target target, int threads, double perSecond, long seed, List<Weighted> operations) {
        if (threads < 1 || !(perSecond > 0) || operations.isEmpty()) {
            throw new IllegalArgumentException(threads + " threads, " + perSecond + " a second, " + operations.size()
                    + " operations: none may be 0");
        }
        WriteLoad load = new WriteLoad(target, operations);
        long intervalNanos = (long) (TimeUnit.SECONDS.toNanos(1) * threads / perSecond);
        for (int i = 0; i < threads; i++) {
            Random random = new Random(seed + 31L * i);
            long firstDelay = intervalNanos * i / threads;
            Thread thread = new Thread(() -> load.runGuarded(random, intervalNanos, firstDelay), "write-load-" + i);
            thread.setDaemon(true);
            load.threads.add(thread);
        }
        load.threads.forEach(Thread::start);
        return load;
    }

    /** Committed operations by kind so far. */
    public Map<String, Long> counts() {
        Map<String, Long> sums = new TreeMap<>();
        counts.forEach((kind, count) -> sums.put(kind, count.sum()));
        return sums;
    }

    /** False once the load was stopped or has failed. */
    public boolean isRunning() {
        return !stopping;
    }

    /** All committed operations so far. */
    public long total() {
        return counts().entrySet().stream()
                .filter(count -> !count.getKey().equals(REJECTED))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** Lets every thread finish its operation and stand still; on return nothing is written until {@link #resume}. */
    public void pause() {
        synchronized (pauses) {
            paused = true;
            threads.forEach(LockSupport::unpark);
            try {
                while (idle < threads.size()) {
                    pauses.wait();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while the write load comes to rest", e);
            }
        }
    }

    /** Ends a pause; what was missed is not made up for. */
    public void resume() {
        synchronized (pauses) {
            paused = false;
            pauses.notifyAll();
        }
    }

    /**
     * Lets every thread finish its operation, and returns the counts. An operation whose connection broke during COMMIT was run
     * again, so the database may hold one more than is counted.
     *
     * @throws IllegalStateException if an operation failed in a way that trying again does not cure
     */
    public Map<String, Long> stop() {
        stopping = true;
        resume();
        threads.forEach(LockSupport::unpark);
        boolean interrupted = false;
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        Throwable cause = failure.get();
        if (cause != null) {
            throw new IllegalStateException("the write load ended early: " + cause.getMessage(), cause);
        }
        return counts();
    }

    /** Stops without looking at failures. */
    @Override
    public void close() {
        failure.set(null);
        stop();
    }

    private void runGuarded(Random random, long intervalNanos, long firstDelay) {
        try {
            run(random, intervalNanos, System.nanoTime() + firstDelay);
        } catch (SQLException | RuntimeException | Error e) {
            failure.compareAndSet(null, e);
            stopping = true;
            resume();
        } finally {
            synchronized (pauses) {
                idle++;
                pauses.notifyAll();
            }
        }
    }

    private void standStillWhilePaused() {
        synchronized (pauses) {
            idle++;
            pauses.notifyAll();
            try {
                while (paused) {
                    pauses.wait();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                stopping = true;
            }
            idle--;
        }
    }

    private void run(Random random, long intervalNanos, long firstAt) throws SQLException {
        try (Session session = new Session()) {
            long next = firstAt;
            while (!stopping) {
                standStillWhilePaused();
                long wait = next - System.nanoTime();
                if (wait > 0) {
                    LockSupport.parkNanos(this, wait);
                    continue;
                }
                // What was missed in a stall is not made up for: the rate is a limit, too.
                next = -wait > LATE_NANOS ? System.nanoTime() + intervalNanos : next + intervalNanos;
                execute(session, choose(random), random.nextLong());
            }
        }
    }

    private Weighted choose(Random random) {
        int ticket = random.nextInt(totalWeight);
        for (Weighted candidate : operations) {
            ticket -= candidate.weight();
            if (ticket < 0) {
                return candidate;
            }
        }
        throw new IllegalStateException("weights sum up to " + totalWeight + ", " + ticket + " is left");
    }

    private void execute(Session session, Weighted chosen, long seed) throws SQLException {
        while (true) {
            try {
                Connection connection = session.connection();
                chosen.operation().run(connection, new Random(seed));
                connection.commit();
                count(chosen.kind());
                return;
            } catch (SQLException e) {
                if (isConnectionLost(e)) {
                    session.drop();
                    if (stopping) {
                        return;
                    }
                    LockSupport.parkNanos(this, RECONNECT_NANOS);
                } else if (isConflict(e)) {
                    session.rollback();
                } else if (stateClass(e).equals("23")) {
                    session.rollback();
                    count(REJECTED);
                    return;
                } else {
                    throw new SQLException(
                            "operation " + chosen.kind() + ": " + e.getMessage(), e.getSQLState(), e.getErrorCode(), e);
                }
            }
        }
    }

    private void count(String kind) {
        counts.computeIfAbsent(kind, name -> new LongAdder()).increment();
    }

    private static boolean isConflict(SQLException e) {
        return switch (e.getErrorCode()) {
            case DEADLOCK, LOCK_WAIT_TIMEOUT, RECORD_CHANGED -> true;
            default -> stateClass(e).equals("40");
        };
    }

    /** By state: the driver's exception types also call other errors connection errors. */
    private static boolean isConnectionLost(SQLException e) {
        return stateClass(e).equals("08") || "70100".equals(e.getSQLState()); // the latter: KILL
    }

    private static String stateClass(SQLException e) {
        String state = e.getSQLState();
        return state == null || state.length() < 2 ? "" : state.substring(0, 2);
    }

    /** One thread's connection, made when it is needed. */
    private final class Session implements AutoCloseable {
        private @Nullable Connection connection; // null before the first use and after a loss

        Connection connection() throws SQLException {
            if (connection == null) {
                connection = DriverManager.getConnection(target.jdbcUrl(), target.user(), target.password());
                connection.setAutoCommit(false);
            }
            return connection;
        }

        void rollback() {
            try {
                if (connection != null) {
                    connection.rollback();
                }
            } catch (SQLException lost) {
                drop();
            }
        }

        void drop() {
            Connection lost = connection;
            connection = null;
            try {
                if (lost != null) {
                    lost.close();
                }
            } catch (SQLException ignored) {
                // it is gone anyway
            }
        }

        @Override
        public void close() {
            drop();
        }
    }
}
