package dev.crossfade.sink.control;

import static java.util.Objects.requireNonNull;

import dev.crossfade.sink.target.Connections;
import dev.crossfade.sink.target.TargetErrors;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Where a verifying process and the runner hand a verification to each other: a request with a state, moved by compare-and-set, so
 * that each step is taken by one side once. What the states and details are is the pipeline's affair. Any thread, any process.
 */
public final class VerificationBoard {
    private final Connections target;
    private final String migration;

    public VerificationBoard(Connections target, String migration) {
        this.target = requireNonNull(target, "target");
        this.migration = requireNonNull(migration, "migration");
    }

    /**
     * A request as it stands.
     *
     * @param id unique within the migration
     * @param state whose turn it is
     * @param detail JSON text: what the last step left for the next
     * @param changedAt when it last moved, by the target's clock
     */
    public record Request(String id, String state, String detail, Instant changedAt) {}

    /** Files a new request. */
    public void request(String id, String state, String detail) {
        update(
                "insert into crossfade.verification (state, detail, migration, id) values (?, ?::json, ?, ?)",
                state,
                detail,
                migration,
                id);
    }

    /**
     * The oldest request in the first of {@code states} that has any. All states are looked at in one instant: a request that moves
     * from one of them to another meanwhile is found.
     */
    public Optional<Request> next(List<String> states) {
        try (Connection connection = target.open();
                PreparedStatement select = connection.prepareStatement("""
                        with wanted as (select ?::text[] as states)
                        select id, state, detail, changed_at from crossfade.verification, wanted
                        where state = any(states) and migration = ?
                        order by array_position(states, state::text), requested_at limit 1""")) {
            select.setArray(1, connection.createArrayOf("text", states.toArray()));
            select.setString(2, migration);
            return one(select);
        } catch (SQLException e) {
            throw TargetErrors.of("read a verification request", e);
        }
    }

    /** The request of this id. */
    public Optional<Request> find(String id) {
        try (Connection connection = target.open();
                PreparedStatement select = connection.prepareStatement(
                        "select id, state, detail, changed_at from crossfade.verification where migration = ? and id = ?")) {
            select.setString(1, migration);
            select.setString(2, id);
            return one(select);
        } catch (SQLException e) {
            throw TargetErrors.of("read a verification request", e);
        }
    }

    /**
     * Moves a request on.
     *
     * @return false if it is not in state {@code from} any more; nothing was changed then
     */
    public boolean advance(String id, String from, String to, String detail) {
        return update("""
                        update crossfade.verification set state = ?, detail = ?::json, changed_at = now()
                        where migration = ? and id = ? and state = ?""", to, detail, migration, id, from) == 1;
    }

    private static Optional<Request> one(PreparedStatement select) throws SQLException {
        try (ResultSet row = select.executeQuery()) {
            return row.next()
                    ? Optional.of(new Request(
                            row.getString(1),
                            row.getString(2),
                            row.getString(3),
                            row.getTimestamp(4).toInstant()))
                    : Optional.empty();
        }
    }

    private int update(String sql, String... values) {
        try (Connection connection = target.open();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setString(i + 1, values[i]);
            }
            return statement.executeUpdate();
        } catch (SQLException e) {
            throw TargetErrors.of("write a verification request", e);
        }
    }
}
