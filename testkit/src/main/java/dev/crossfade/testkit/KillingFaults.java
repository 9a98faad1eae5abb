package dev.crossfade.testkit;

import dev.crossfade.model.FaultPoint;
import dev.crossfade.model.Faults;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** Kills this process with SIGKILL at the n-th arrival at one fault point. No hook runs, no buffer is flushed. */
public final class KillingFaults implements Faults {
    /** System property: {@code CAPTURE_BEFORE_COMMIT:3} kills at the third arrival; without a number at the first. */
    public static final String PROPERTY = "crossfade.kill.at";
    /** Environment variable of the same meaning; the property wins. */
    public static final String VARIABLE = "CROSSFADE_KILL_AT";

    private final FaultPoint point;
    private final AtomicInteger arrivalsLeft;
    private final Runnable kill;

    KillingFaults(FaultPoint point, int arrival, Runnable kill) {
        this.point = point;
        this.arrivalsLeft = new AtomicInteger(arrival);
        this.kill = kill;
    }

    /** What {@link #PROPERTY} or {@link #VARIABLE} ask for; {@link Faults#NONE} if neither is set. */
    public static Faults configured() {
        String wanted = System.getProperty(PROPERTY, System.getenv().getOrDefault(VARIABLE, ""));
        return wanted.isBlank() ? NONE : parse(wanted, KillingFaults::killThisProcess);
    }

    static KillingFaults parse(String wanted, Runnable kill) {
        int colon = wanted.indexOf(':');
        String point = colon < 0 ? wanted : wanted.substring(0, colon);
        int arrival =
                colon < 0 ? 1 : Integer.parseInt(wanted.substring(colon + 1).trim());
        if (arrival < 1) {
            throw new IllegalArgumentException(PROPERTY + " is '" + wanted + "', arrivals count from 1");
        }
        return new KillingFaults(FaultPoint.valueOf(point.trim()), arrival, kill);
    }

    @Override
    public void reached(FaultPoint arrivedAt) {
        if (arrivedAt == point && arrivalsLeft.decrementAndGet() == 0) {
            kill.run();
        }
    }

    private static void killThisProcess() {
        try {
            new ProcessBuilder(
                            "/bin/sh",
                            "-c",
                            "kill -9 " + ProcessHandle.current().pid())
                    .start();
            new CountDownLatch(1).await(); // the thread must not go on while the signal is under way
        } catch (IOException e) {
            throw new UncheckedIOException("cannot kill this process", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for SIGKILL", e);
        }
    }
}
