package dev.crossfade.pipeline.verification;

import dev.crossfade.model.BinlogPosition;
import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.TableId;
import dev.crossfade.model.TablePlan;
import dev.crossfade.model.TopicNames;
import dev.crossfade.pipeline.verification.HoldTable.Hold;
import dev.crossfade.sink.control.VerificationBoard;
import dev.crossfade.sink.stop.Stop;
import dev.crossfade.sink.stop.StopBoard;
import dev.crossfade.sink.stop.Units;
import dev.crossfade.verify.SnapshotPairing;
import dev.crossfade.verify.TargetPosition;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;

/**
 * The comparing process's end of a paired snapshot. It asks through the target's control schema, so it may run anywhere. One
 * thread, one pairing.
 */
public final class RemotePairing implements SnapshotPairing {
    private static final Duration POLL_EVERY = Duration.ofMillis(15);

    private final HoldTable table;
    private final MigrationPlan plan;
    private final String migration;
    private final String rowsTopic;
    private final int partitions;
    private final Duration deadline;
    private final String id = "verify-" + UUID.randomUUID();

    /**
     * Asks nothing yet.
     *
     * @param board where the two processes meet
     * @param partitions partitions of the rows topic, and of the changes topic
     * @param deadline for each answer
     */
    public RemotePairing(VerificationBoard board, MigrationPlan plan, int partitions, Duration deadline) {
        this.table = new HoldTable(board);
        this.plan = plan;
        this.migration = plan.migration();
        this.rowsTopic = new TopicNames(migration).rows();
        this.partitions = partitions;
        this.deadline = deadline;
    }

    @Override
    public void hold(Duration atMost) {
        table.ask(new Hold(id, HoldState.HOLD, Optional.empty(), atMost, ""));
        await(HoldState.HELD);
    }

    @Override
    public void publishThrough(BinlogPosition sourcePosition) {
        Hold held = await(HoldState.HELD);
        table.move(held, held.through(sourcePosition)); // if it has failed meanwhile, the next line says why
        await(HoldState.PASSED);
    }

    @Override
    public TargetPosition proveTarget(Connection targetSnapshot) throws SQLException {
        Map<String, Long> progress = new TreeMap<>();
        long behind = 0;
        try (PreparedStatement select = targetSnapshot.prepareStatement("""
                select p.partition, p.position, count(f.token) as records, coalesce(max(f.position), -1) as fence_end
                  from crossfade.progress p
                  left join crossfade.fence f
                    on f.migration = p.migration and f.rows_partition = p.partition and f.token = ?
                 where p.migration = ? and p.topic = ?
                 group by p.partition, p.position
                """)) {
            select.setString(1, id);
            select.setString(2, migration);
            select.setString(3, rowsTopic);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    long position = row.getLong("position");
                    progress.put(rowsTopic + "/" + row.getInt("partition"), position);
                    if (row.getLong("records") != partitions || row.getLong("fence_end") != position) {
                        behind++;
                    }
                }
            }
        }
        if (progress.size() != partitions || behind != 0) {
            throw new MigrationException(
                    ErrorKind.TARGET,
                    "the target's snapshot does not stand exactly at fence " + id + " in " + behind + " of "
                            + progress.size() + " partitions, " + partitions + " expected; nothing was compared");
        }
        return new TargetPosition(id, progress, stopped(targetSnapshot));
    }

    /** Tables whose changes are held back in the very state that is compared. */
    private Map<TableId, String> stopped(Connection targetSnapshot) throws SQLException {
        Units units = new Units(plan);
        Map<TableId, String> stopped = new TreeMap<>();
        for (Stop stop : StopBoard.read(targetSnapshot, migration)) {
            for (TablePlan table : plan.tables()) {
                if (units.ofSource(table.source().id()).equals(stop.unit())) {
                    stopped.put(
                            table.target().id(),
                            stop.cause().id() + ", " + stop.cause().reason());
                }
            }
        }
        return stopped;
    }

    @Override
    public void resume() {
        Optional<Hold> hold = table.read(id);
        while (hold.isPresent() && !hold.get().state().isOver()) {
            if (hold.get().state() == HoldState.RELEASE
                    || table.move(hold.get(), hold.get().moved(HoldState.RELEASE, ""))) {
                await(HoldState.DONE);
            }
            hold = table.read(id);
        }
    }

    private Hold await(HoldState wanted) {
        long ends = System.nanoTime() + deadline.toNanos();
        while (true) {
            Optional<Hold> hold = table.read(id);
            if (hold.isPresent() && hold.get().state() == wanted) {
                return hold.get();
            }
            if (hold.isPresent() && hold.get().state() == HoldState.FAILED) {
                if (wanted == HoldState.DONE) {
                    return hold.get(); // it is over, which is what was asked for
                }
                throw new MigrationException(
                        ErrorKind.TARGET,
                        "the running migration ended the hold: " + hold.get().message() + "; nothing was compared");
            }
            if (System.nanoTime() - ends > 0) {
                throw new MigrationException(
                        ErrorKind.TARGET,
                        "no answer from the process that runs migration '" + migration + "' within "
                                + deadline.toSeconds() + " s while waiting for '" + wanted.stored()
                                + "'; nothing was compared. A run that has just begun first applies what it has missed."
                                + " Hint: crossfade status shows whether it runs, and its lag");
            }
            LockSupport.parkNanos(POLL_EVERY.toNanos());
            if (Thread.currentThread().isInterrupted()) {
                throw new MigrationException(ErrorKind.TARGET, "interrupted; nothing was compared");
            }
        }
    }
}
