package dev.crossfade.pipeline.run;

import static java.util.Objects.requireNonNull;

import dev.crossfade.capture.change.Ownership;
import dev.crossfade.sink.control.Epoch;
import dev.crossfade.sink.target.Connections;
import java.sql.Connection;
import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A migration belongs to the run whose epoch is in force on the target.
 *
 * @param target asked each time
 * @param epoch of this run
 */
record EpochOwnership(Connections target, Epoch epoch) implements Ownership {
    private static final Logger log = LoggerFactory.getLogger(EpochOwnership.class);

    EpochOwnership {
        requireNonNull(target, "target");
        requireNonNull(epoch, "epoch");
    }

    @Override
    public State state() {
        try (Connection connection = target.open()) {
            return epoch.isInForce(connection) ? State.OURS : State.TAKEN_OVER;
        } catch (SQLException e) {
            log.atWarn().setCause(e).log("target does not say whether another run has taken over");
            return State.UNKNOWN;
        }
    }
}
