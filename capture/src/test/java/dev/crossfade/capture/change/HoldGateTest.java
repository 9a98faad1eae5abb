package dev.crossfade.capture.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.crossfade.model.BinlogPosition;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class HoldGateTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final BinlogPosition END = new BinlogPosition("binlog.000001", 500, "");

    private final AtomicLong nanoTime = new AtomicLong();
    private final HoldGate gate = new HoldGate(nanoTime::get);

    @Test
    void anOpenGateLetsEverythingPass() throws Exception {
        assertThat(gate.enter()).isEqualTo(HoldGate.Permit.EVERYTHING);
    }

    @Test
    void aHoldIsInForceOnceTheBatchOnItsWayHasArrived() throws Exception {
        gate.enter();
        CompletableFuture<Void> held = gate.hold(MINUTE);
        assertThat(held).isNotDone();
        assertThat(gate.isHeld()).isFalse();
        gate.leave();
        assertThat(held).isCompleted();
        assertThat(gate.isHeld()).isTrue();
    }

    @Test
    void whatWaitsGoesOnWhenTheHoldIsOver() throws Exception {
        CompletableFuture<Void> held = gate.hold(MINUTE);
        assertThat(held).isCompleted();
        CompletableFuture<HoldGate.Permit> entered = enterElsewhere();
        gate.resume();
        assertThat(entered.get()).isEqualTo(HoldGate.Permit.EVERYTHING);
    }

    /** Else a source that is lost during a hold would be noticed only after it. */
    @Test
    @Timeout(20)
    void aHoldAloneIsNoReasonForSilence() throws Exception {
        CompletableFuture<Void> held = gate.hold(MINUTE);
        assertThat(held).isCompleted();
        assertThat(gate.isBusy()).as("nothing has arrived").isFalse();
        CompletableFuture<HoldGate.Permit> entered = enterElsewhere();
        while (!gate.isBusy()) { // until what has arrived waits
            Thread.onSpinWait();
        }
        gate.resume();
        entered.get();
        gate.leave();
        assertThat(gate.isBusy()).isFalse();
    }

    @Test
    void aHeldGateLetsPassUpToThePositionAndIsHeldAgainBehindTheFence() throws Exception {
        CompletableFuture<Void> held = gate.hold(MINUTE);
        assertThat(held).isCompleted();
        CompletableFuture<Void> passed = gate.publishThrough(END, "token");
        HoldGate.Permit permit = gate.enter();
        assertThat(permit).isEqualTo(new HoldGate.Permit(Optional.of(END), "token"));
        gate.fenced(permit);
        assertThat(passed).as("not before the hold is in force again").isNotDone();
        gate.leave();
        assertThat(passed).isCompleted();
        assertThat(gate.isHeld()).isTrue();
    }

    @Test
    void aHoldEndsAtItsDeadlineAndTellsWhoeverWaitsForItsFence() throws Exception {
        CompletableFuture<Void> held = gate.hold(MINUTE);
        assertThat(held).isCompleted();
        CompletableFuture<Void> passed = gate.publishThrough(END, "token");
        nanoTime.set(MINUTE.toNanos());
        gate.tick();
        assertThat(passed).isCompletedExceptionally();
        assertThat(gate.isHeld()).isFalse();
        assertThat(gate.enter()).isEqualTo(HoldGate.Permit.EVERYTHING);
    }

    @Test
    void aFenceOfAHoldThatIsOverDoesNotHoldAgain() throws Exception {
        CompletableFuture<Void> held = gate.hold(MINUTE);
        assertThat(held).isCompleted();
        CompletableFuture<Void> over = gate.publishThrough(END, "token");
        HoldGate.Permit permit = gate.enter();
        gate.resume();
        CompletableFuture<Void> again = gate.hold(MINUTE);
        CompletableFuture<Void> next = gate.publishThrough(END, "next");
        gate.fenced(permit);
        assertThat(over).isCompletedExceptionally();
        assertThat(again).isNotDone(); // the first fence is on its way still
        assertThat(next).isNotDone();
    }

    @Test
    void nobodyPublishesThroughAPositionWithoutAHold() {
        assertThatThrownBy(() -> gate.publishThrough(END, "token")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aSecondHoldIsRefused() {
        CompletableFuture<Void> held = gate.hold(MINUTE);
        assertThat(held).isCompleted();
        assertThatThrownBy(() -> gate.hold(MINUTE)).isInstanceOf(IllegalStateException.class);
    }

    private CompletableFuture<HoldGate.Permit> enterElsewhere() {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return gate.enter();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }
}
