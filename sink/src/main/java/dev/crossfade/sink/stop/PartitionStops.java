package dev.crossfade.sink.stop;

import static java.util.Objects.requireNonNull;

import dev.crossfade.model.TableId;
import dev.crossfade.model.TableStop;
import dev.crossfade.sink.control.Epoch;
import dev.crossfade.sink.stop.Stops.Standing;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the applier of one partition passes over. Called in its transactions, behind the move of the progress. One thread. */
public final class PartitionStops {
    private final Epoch epoch;
    private final Units units;
    private final int partition;

    public PartitionStops(Epoch epoch, Units units, int partition) {
        this.epoch = requireNonNull(epoch, "epoch");
        this.units = requireNonNull(units, "units");
        this.partition = partition;
    }

    /**
     * Finds the units of which the batch must not apply anything, and holds them back where they are not yet.
     *
     * @param refused units that the target has refused in this batch: they stop now
     * @param from the offset at which the batch begins
     */
    public Set<String> holdBack(Connection transaction, Map<String, Stop.Cause> refused, long from)
            throws SQLException {
        Set<String> held = new HashSet<>();
        for (Map.Entry<String, Standing> stopped :
                Stops.read(transaction, epoch.migration(), partition).entrySet()) {
            if (stopped.getValue().isHeldBack()) {
                held.add(stopped.getKey());
                if (!stopped.getValue().held()) {
                    Stops.hold(transaction, epoch, stopped.getKey(), partition, from);
                }
            }
        }
        for (Map.Entry<String, Stop.Cause> unit : refused.entrySet()) {
            if (held.add(unit.getKey())) {
                Stops.stop(transaction, epoch, units, unit.getKey(), unit.getValue());
                Stops.hold(transaction, epoch, unit.getKey(), partition, from);
            }
        }
        return held;
    }

    /**
     * Stops the units of which capture says that it cannot follow them, once what stands before is applied.
     *
     * @param next the offset behind the batch, in which nothing of them follows
     */
    public void stop(Connection transaction, List<TableStop> stops, long next) throws SQLException {
        for (TableStop stop : stops) {
            String unit = units.ofSource(stop.table());
            Stop.Cause cause = new Stop.Cause(
                    stop.id(), stop.reason(), stop.statement(), stop.position().toString(), false);
            Stops.stop(transaction, epoch, units, unit, cause);
            Stops.hold(transaction, epoch, unit, partition, next);
        }
    }

    /** The unit of a planned target table. */
    public String unit(TableId target) {
        return units.ofTarget(target);
    }
}
