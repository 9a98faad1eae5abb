package dev.crossfade.pipeline.verification;

import dev.crossfade.model.BinlogPosition;
import dev.crossfade.pipeline.verification.HoldTable.Hold;
import dev.crossfade.sink.control.VerificationBoard;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running process's end of a paired snapshot: answers what the comparing process asks for through the target's control schema.
 * A hold that is not released in its time ends by itself, so a comparison that dies cannot stop the migration. Call {@link #tick}
 * every few milliseconds from one thread; it never waits.
 */
public final class HoldDesk {
    private static final Logger log = LoggerFactory.getLogger(HoldDesk.class);

    private final HoldTable table;
    private final Publishing publishing;
    private final Clock clock;
    private @Nullable Active active; // null while nothing is held

    /** The hold in force; {@code publishing} once capture knows its position and fence. */
    private record Active(String id, Instant ends, boolean publishing) {}

    /** What the desk can make change capture do. Calls return at once. */
    public interface Publishing {
        /**
         * Publish nothing more, for {@code atMost} at the longest.
         *
         * @throws IllegalStateException if something is held already
         */
        void hold(Duration atMost);

        /** Whether nothing is being published now. */
        boolean isHeld();

        /**
         * Publish exactly what lies before {@code end}, then the fence {@code token}, then nothing more.
         *
         * @throws IllegalStateException if nothing is held any more
         * @throws dev.crossfade.model.MigrationException if the source could not be asked; nothing was begun, to be called again
         */
        void publishThrough(BinlogPosition end, String token);

        /** Whether the fence {@code token} has passed on the target in every partition. */
        boolean hasPassed(String token);

        /** Publish again. Harmless where nothing is held. */
        void resume();
    }

    /** Ends the holds that an earlier process had begun; one that nobody has answered yet is answered by this desk. */
    public HoldDesk(VerificationBoard board, Publishing publishing, Clock clock) {
        this.table = new HoldTable(board);
        this.publishing = publishing;
        this.clock = clock;
        for (Optional<Hold> left = table.readBegun(); left.isPresent(); left = table.readBegun()) {
            table.move(
                    left.get(),
                    left.get().moved(HoldState.FAILED, "the process that runs the migration was started anew"));
        }
    }

    /**
     * Takes the next step of the hold in force, or else of one that waits. Whoever waits may give up meanwhile: that ends its own
     * hold only.
     */
    public void tick() {
        Active current = active;
        Optional<Hold> open = current == null ? table.readOpen() : table.read(current.id());
        if (open.isEmpty() || open.get().state().isOver()) {
            end();
            return;
        }
        Hold hold = open.get();
        if (current != null
                && hold.state() != HoldState.RELEASE
                && clock.instant().isAfter(current.ends())) {
            end();
            table.move(hold, hold.moved(HoldState.FAILED, "it lasted longer than " + hold.atMost()));
            log.atWarn().addKeyValue("hold", hold.id()).log("hold ended by its deadline");
            return;
        }
        try {
            step(hold);
        } catch (IllegalStateException e) {
            // Capture's own deadline ended the hold between two looks.
            end();
            table.move(hold, hold.moved(HoldState.FAILED, String.valueOf(e.getMessage())));
        }
    }

    private void step(Hold hold) {
        switch (hold.state()) {
            case HOLD -> {
                if (active == null) {
                    active = new Active(hold.id(), clock.instant().plus(hold.atMost()), false);
                    publishing.hold(hold.atMost());
                }
                if (publishing.isHeld()) {
                    table.move(hold, hold.moved(HoldState.HELD, ""));
                }
            }
            case PUBLISH -> publish(hold);
            case RELEASE -> {
                end();
                table.move(hold, hold.moved(HoldState.DONE, ""));
            }
            case HELD, PASSED -> {
                // The other process has the next word, unless the hold ended while the board could not be written.
                if (active == null) {
                    table.move(hold, hold.moved(HoldState.FAILED, "nothing is held any more"));
                }
            }
            case DONE, FAILED -> {
                // It is over.
            }
        }
    }

    private void publish(Hold hold) {
        Active current = active;
        if (current == null) {
            table.move(hold, hold.moved(HoldState.FAILED, "nothing was held"));
        } else if (!current.publishing()) {
            publishing.publishThrough(hold.end().orElseThrow(), hold.id());
            active = new Active(current.id(), current.ends(), true);
        } else if (publishing.hasPassed(hold.id())) {
            table.move(hold, hold.moved(HoldState.PASSED, ""));
        }
    }

    private void end() {
        if (active != null) {
            active = null;
            publishing.resume();
        }
    }
}
