package dev.crossfade.testkit;

import dev.crossfade.model.FaultPoint;
import dev.crossfade.model.Faults;
import java.util.concurrent.CountDownLatch;

/** Prints what it was given, passes a fault point twice, and waits. */
final class ChildProgram {
    private ChildProgram() {}

    public static void main(String[] arguments) throws InterruptedException {
        Faults faults = KillingFaults.configured();
        System.out.println("given " + String.join(",", arguments) + " " + System.getenv("CROSSFADE_TEST_VARIABLE"));
        faults.reached(FaultPoint.CAPTURE_AFTER_COMMIT);
        System.out.println("first arrival survived");
        faults.reached(FaultPoint.CAPTURE_AFTER_COMMIT);
        System.out.println("second arrival survived");
        new CountDownLatch(1).await();
    }
}
