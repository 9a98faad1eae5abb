package dev.crossfade.pipeline.run;

import dev.crossfade.capture.change.ChangeCapture;
import dev.crossfade.model.BinlogPosition;
import dev.crossfade.pipeline.verification.HoldDesk;
import dev.crossfade.sink.control.FenceBoard;
import java.time.Duration;

/** Holds the capture of this run for a verification. */
final class CaptureHold implements HoldDesk.Publishing {
    private final ChangeCapture capture;
    private final Markers markers;
    private final FenceBoard board;

    CaptureHold(ChangeCapture capture, Markers markers, FenceBoard board) {
        this.capture = capture;
        this.markers = markers;
        this.board = board;
    }

    @Override
    public void hold(Duration atMost) {
        var unused = capture.hold(atMost); // isHeld tells when it is in force
    }

    @Override
    public boolean isHeld() {
        return capture.isHeld();
    }

    @Override
    public void publishThrough(BinlogPosition end, String token) {
        // An event behind the position, without which capture could not know that it has come so far. It comes
        // first: a source that does not take it is asked again, and capture must be told only once.
        markers.nudge();
        var unused = capture.publishThrough(end, token); // hasPassed tells when it is done
    }

    @Override
    public boolean hasPassed(String token) {
        return board.isPassed(token);
    }

    @Override
    public void resume() {
        capture.resume();
    }
}
