package dev.crossfade.sink.stop;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;

/**
 * A stopped unit, as the target keeps it.
 *
 * @param unit an order group's name, or that of the table that stops alone
 * @param tables names of all source tables that stop with it
 * @param cause why
 * @param state how far it is on its way back
 * @param since when it stopped, or stopped again
 */
public record Stop(String unit, List<String> tables, Cause cause, StopState state, Instant since) {
    public Stop {
        requireNonNull(unit, "unit");
        tables = List.copyOf(tables);
        requireNonNull(cause, "cause");
        requireNonNull(state, "state");
        requireNonNull(since, "since");
    }

    /**
     * Why a unit stops.
     *
     * @param id the reason's name, stable, such as {@code REFUSED}
     * @param reason one sentence without values of rows
     * @param statement what mends it, or what was seen; empty where there is no single one
     * @param position where: a place in the source's log, or one in the rows topic
     * @param replayable whether all changes of the unit are in the rows topic, so that it goes on by applying them; else its tables
     *     must be copied again
     */
    public record Cause(String id, String reason, String statement, String position, boolean replayable) {
        public Cause {
            requireNonNull(id, "id");
            requireNonNull(reason, "reason");
            requireNonNull(statement, "statement");
            requireNonNull(position, "position");
        }
    }
}
