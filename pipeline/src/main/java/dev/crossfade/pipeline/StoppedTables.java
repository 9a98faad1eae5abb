package dev.crossfade.pipeline;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * Tables that have stopped by themselves while all others go on: one table, or all of an order group.
 *
 * @param tables names of the source tables, at least one; any of them names all of them to {@link Migration#resume}
 * @param id the reason's name, stable: {@code REFUSED}, {@code ALTERED}, {@code TRUNCATE}
 * @param reason one sentence, without values of rows
 * @param statement what mends it, or what was seen; empty where there is no single one
 * @param position where: a place in the source's log, or one in the rows topic
 * @param replayable whether they go on by applying what they missed; else they are copied again first
 * @param state how far they are on their way back
 * @param since when they stopped
 */
public record StoppedTables(
        List<String> tables,
        String id,
        String reason,
        String statement,
        String position,
        boolean replayable,
        State state,
        Instant since) {
    /** How far stopped tables are on their way back. */
    public enum State {
        /** They stand still. */
        STOPPED,
        /** They will be taken up by the run, or by the next one if none goes on now. */
        WANTED,
        /** They are copied again. */
        COPYING,
        /** What they missed is applied. */
        REPLAYING;

        /** As screens and JSON write it. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public StoppedTables {
        tables = List.copyOf(tables);
        requireNonNull(id, "id");
        requireNonNull(reason, "reason");
        requireNonNull(statement, "statement");
        requireNonNull(position, "position");
        requireNonNull(state, "state");
        requireNonNull(since, "since");
        if (tables.isEmpty()) {
            throw new IllegalArgumentException("a stop needs a table");
        }
    }

    /** The first table, and how many stop with it. */
    public String name() {
        return tables.get(0) + (tables.size() == 1 ? "" : " and " + (tables.size() - 1) + " more");
    }
}
