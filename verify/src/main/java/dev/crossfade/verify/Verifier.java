package dev.crossfade.verify;

import static java.util.Objects.requireNonNull;

import dev.crossfade.model.BinlogPosition;
import dev.crossfade.model.ErrorKind;
import dev.crossfade.model.MigrationException;
import dev.crossfade.model.TableId;
import dev.crossfade.model.TablePlan;
import dev.crossfade.verify.SourceSnapshots.Opened;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares source and target row by row, from one pair of snapshots, while both go on being written. It shares nothing with the parts
 * that copy rows: its own connections, its own reading of values, its own form to compare them in.
 */
public final class Verifier {
    private static final Logger log = LoggerFactory.getLogger(Verifier.class);

    private final Clock clock;

    public Verifier(Clock clock) {
        this.clock = requireNonNull(clock, "clock");
    }

    /**
     * Opens the pair of snapshots, then compares every table of the request. Returns for every outcome of the comparison; a connection
     * that breaks while rows are read makes the rest <em>unread</em>. Blocks until done; nothing is written on either side.
     *
     * @throws MigrationException if the pair of snapshots could not be opened; nothing was compared, and capture has been resumed
     */
    public ParityReport verify(VerificationRequest request, SnapshotPairing pairing) {
        Instant started = clock.instant();
        try (Pair pair = pair(request, pairing)) {
            log.atInfo()
                    .addKeyValue("migration", request.plan().migration())
                    .addKeyValue("sourcePosition", pair.sourcePosition())
                    .addKeyValue("fence", pair.targetPosition().fence())
                    .log("pair of snapshots open");
            List<TableParity> tables = compare(request, pair);
            return new ParityReport(
                    request.plan().migration(),
                    request.plan().mappingHash(),
                    pair.sourcePosition(),
                    pair.targetPosition(),
                    started,
                    clock.instant(),
                    tables);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MigrationException(
                    ErrorKind.PLAN, "the verification was interrupted; it says nothing about either side", e);
        }
    }

    private static Pair pair(VerificationRequest request, SnapshotPairing pairing) {
        try (SourceSnapshots sources = SourceSnapshots.connect(
                        request.source(), request.limits().silenceAtMost());
                TargetSnapshots targets = TargetSnapshots.connect(
                        request.target(), request.limits().silenceAtMost())) {
            Pair pair;
            try {
                pairing.hold(request.limits().holdAtMost());
                pair = pairWhileHeld(pairing, sources, targets);
            } catch (RuntimeException e) {
                resumeAfter(e, pairing);
                throw e;
            }
            try {
                pairing.resume();
            } catch (RuntimeException e) {
                pair.close();
                throw e;
            }
            return pair;
        }
    }

    private static void resumeAfter(RuntimeException cause, SnapshotPairing pairing) {
        try {
            pairing.resume();
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
        }
    }

    private static Pair pairWhileHeld(SnapshotPairing pairing, SourceSnapshots sources, TargetSnapshots targets) {
        Opened source = sources.open();
        Snapshot target = null;
        boolean paired = false;
        try {
            pairing.publishThrough(source.position());
            target = targets.open();
            TargetPosition targetPosition = pairing.proveTarget(target.connection());
            paired = true;
            return new Pair(source.snapshot(), source.position(), target, targetPosition);
        } catch (SQLException e) {
            throw new MigrationException(
                    ErrorKind.TARGET,
                    "cannot read the progress inside the target's snapshot: " + ReadFailure.reason(e)
                            + "; nothing was compared",
                    e);
        } finally {
            if (!paired) {
                source.snapshot().close();
                if (target != null) {
                    target.close();
                }
            }
        }
    }

    private static List<TableParity> compare(VerificationRequest request, Pair pair) throws InterruptedException {
        List<TablePlan> plans = request.plan().tables().stream()
                .filter(plan -> request.targetTables().isEmpty()
                        || request.targetTables().contains(plan.target().id()))
                .toList();
        request.listener().paired(plans.size());
        Map<TableId, String> engines = enginesWithoutSnapshot(pair.source(), plans);
        List<TableParity> tables = new ArrayList<>();
        try (TableComparison comparison = new TableComparison(pair.source(), pair.target(), request)) {
            for (TablePlan plan : plans) {
                String engine = engines.get(plan.source().id());
                List<String> caveats = engine == null
                        ? List.of()
                        : List.of("Engine " + engine
                                + " has no snapshots: the source's rows were read as they were at the time of"
                                + " reading, which may be later than the source position.");
                String stopped =
                        pair.targetPosition().stopped().get(plan.target().id());
                TableParity table = stopped == null
                        ? comparison.compare(plan, caveats)
                        : TableParity.unread(plan, heldBack(stopped), 0, 0, caveats, Duration.ZERO);
                log.atInfo()
                        .addKeyValue("table", plan.target().id())
                        .addKeyValue("verdict", table.verdict().word())
                        .addKeyValue("sourceRows", table.sourceRows())
                        .addKeyValue("targetRows", table.targetRows())
                        .addKeyValue("findings", table.findingsTotal())
                        .addKeyValue("millis", table.took().toMillis())
                        .log("table compared");
                tables.add(table);
                request.listener().compared(table);
            }
        }
        return tables;
    }

    /** The target's rows are not those of the position, so there is nothing to compare. */
    private static UnreadRange heldBack(String reason) {
        return new UnreadRange(
                Side.TARGET,
                TableComparison.WHOLE_TABLE,
                0,
                "the table has stopped, its changes are held back: " + reason);
    }

    private static Map<TableId, String> enginesWithoutSnapshot(Snapshot source, List<TablePlan> plans) {
        try {
            return SourceSnapshots.enginesWithoutSnapshot(
                    source.connection(),
                    plans.stream().map(plan -> plan.source().id()).collect(Collectors.toSet()));
        } catch (SQLException e) {
            // The tables' own readings say what is wrong with the connection.
            log.atWarn().addKeyValue("sqlState", e.getSQLState()).log("the source's engines could not be read");
            return Map.of();
        }
    }

    /** Two snapshots of one instant of the source. */
    private record Pair(Snapshot source, BinlogPosition sourcePosition, Snapshot target, TargetPosition targetPosition)
            implements AutoCloseable {
        @Override
        public void close() {
            source.close();
            target.close();
        }
    }
}
