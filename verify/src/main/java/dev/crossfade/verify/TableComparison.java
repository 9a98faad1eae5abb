package dev.crossfade.verify;

import dev.crossfade.model.TablePlan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Compares tables one after the other from an open pair of snapshots: both sides of a table are read at once, in two threads of its own,
 * and summed up by bucket; buckets that differ are read again and compared key by key. One thread calls; close it after the last table.
 */
final class TableComparison implements AutoCloseable {
    static final String WHOLE_TABLE = "(−∞, +∞)";
    private static final String SUSPECT_ROWS = "the rows that differ, read again to find their keys";
    private static final Duration REPORT_INTERVAL = Duration.ofMillis(500);

    private final Snapshot source;
    private final Snapshot target;
    private final VerificationRequest request;
    private final BucketSums sourceSums = new BucketSums();
    private final BucketSums targetSums = new BucketSums();
    private final ExecutorService readers = Executors.newFixedThreadPool(2, task -> {
        Thread thread = new Thread(task, "crossfade-verify");
        thread.setDaemon(true);
        return thread;
    });

    TableComparison(Snapshot source, Snapshot target, VerificationRequest request) {
        this.source = source;
        this.target = target;
        this.request = request;
    }

    /**
     * Compares one table; where it has a store, the source with that, and then the table with the store. Differences and rows that could
     * not be read are in the result, never an exception.
     */
    TableParity compare(TablePlan plan, List<String> caveats) throws InterruptedException {
        TableParity rows = compareRows(plan, caveats);
        return plan.store().isEmpty() || rows.verdict() == Verdict.UNREAD
                ? rows
                : new StoreComparison(plan, request.limits()).compare(target, rows);
    }

    private TableParity compareRows(TablePlan plan, List<String> caveats) throws InterruptedException {
        long started = System.nanoTime();
        TableQuery sourceQuery = TableQuery.source(plan);
        TableQuery targetQuery = TableQuery.target(plan);
        sourceSums.clear();
        targetSums.clear();
        FirstReading sourceReading = new FirstReading(sourceQuery, sourceSums);
        FirstReading targetReading = new FirstReading(targetQuery, targetSums);
        try {
            readBoth(plan, sourceQuery, sourceReading, targetQuery, targetReading);
        } catch (ReadFailure failure) {
            return TableParity.unread(
                    plan, failure.finding(WHOLE_TABLE), sourceSums.rows(), targetSums.rows(), caveats, since(started));
        }
        int[] differing = sourceSums.differing(targetSums);
        Findings findings = new Findings(sourceQuery, request.limits().maxFindingsListed());
        List<Finding> unread = new ArrayList<>();
        boolean exact = takeApart(plan, sourceQuery, targetQuery, differing, findings, unread);
        List<Finding> listed = new ArrayList<>(unread);
        listed.addAll(findings.listed());
        return new TableParity(
                plan.source().id(),
                plan.target().id(),
                differing.length == 0 ? Verdict.EQUAL : Verdict.DIFFERENT,
                sourceSums.rows(),
                targetSums.rows(),
                sourceSums.checksum(),
                targetSums.checksum(),
                listed,
                findings.total() + unread.size(),
                exact,
                declared(sourceQuery, sourceReading.zeroDates()),
                caveats,
                since(started));
    }

    /** Finds the keys behind differing sums; returns whether every finding was counted. */
    private boolean takeApart(
            TablePlan plan,
            TableQuery sourceQuery,
            TableQuery targetQuery,
            int[] differing,
            Findings findings,
            List<Finding> unread)
            throws InterruptedException {
        int done = 0;
        for (int reading = 0; reading < request.limits().maxReadings() && done < differing.length; reading++) {
            SuspectBuckets suspects = SuspectBuckets.from(
                    differing, done, sourceSums, targetSums, request.limits().maxRowsHeld());
            FurtherReading onSource = new FurtherReading(Side.SOURCE, sourceQuery, suspects, request.disclosure());
            FurtherReading onTarget = new FurtherReading(Side.TARGET, targetQuery, suspects, request.disclosure());
            try {
                readBoth(plan, sourceQuery, onSource, targetQuery, onTarget);
                for (Side side : Side.values()) {
                    if (!(side == Side.SOURCE ? onSource : onTarget).rowsMatchFirstReading()) {
                        throw new ReadFailure(side, 0, "a second reading showed other rows than the first");
                    }
                }
            } catch (ReadFailure failure) {
                unread.add(failure.finding(SUSPECT_ROWS));
                return false;
            }
            findings.compare(onSource, onTarget, suspects);
            done += suspects.count();
        }
        return done == differing.length;
    }

    /** Reads both sides whole; fails with the failure that came first. */
    private void readBoth(
            TablePlan plan,
            TableQuery sourceQuery,
            RowVisitor sourceVisitor,
            TableQuery targetQuery,
            RowVisitor targetVisitor)
            throws InterruptedException, ReadFailure {
        ReadProgress progress = new ReadProgress();
        CompletionService<Snapshot> completion = new ExecutorCompletionService<>(readers);
        completion.submit(() -> read(source, sourceQuery, sourceVisitor, progress));
        completion.submit(() -> read(target, targetQuery, targetVisitor, progress));
        ExecutionException first = null;
        for (int finished = 0; finished < 2; ) {
            Future<Snapshot> done = completion.poll(REPORT_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
            request.listener().rowsRead(plan.target().id(), progress.rows(Side.SOURCE), progress.rows(Side.TARGET));
            if (done == null) {
                continue;
            }
            finished++;
            try {
                done.get();
            } catch (ExecutionException e) {
                if (first == null) {
                    first = e;
                    stopOther(progress);
                }
            }
        }
        if (first != null) {
            rethrow(first);
        }
    }

    private static Snapshot read(Snapshot side, TableQuery query, RowVisitor visitor, ReadProgress progress)
            throws ReadFailure {
        side.read(query, visitor, progress);
        return side;
    }

    /** Without one side nothing more can be compared, so the other need not even be read to the end of its statement. */
    private void stopOther(ReadProgress progress) {
        progress.stop();
        if (source.isBroken()) {
            target.close();
        } else if (target.isBroken()) {
            source.close();
        }
    }

    private static void rethrow(ExecutionException failed) throws ReadFailure {
        Throwable cause = failed.getCause();
        if (cause instanceof ReadFailure failure) {
            throw failure;
        }
        if (cause instanceof RuntimeException bug) {
            throw bug;
        }
        if (cause instanceof Error error) {
            throw error;
        }
        throw new IllegalStateException("reading threw what it does not declare", cause);
    }

    private static List<DeclaredDifference> declared(TableQuery query, long[] zeroDates) {
        List<DeclaredDifference> declared = new ArrayList<>();
        for (int i = 0; i < zeroDates.length; i++) {
            if (zeroDates[i] > 0) {
                declared.add(new DeclaredDifference(
                        DeclaredDifference.ZERO_DATE, query.columns().get(i).column(), zeroDates[i]));
            }
        }
        return declared;
    }

    private static Duration since(long startedNanos) {
        return Duration.ofNanos(System.nanoTime() - startedNanos);
    }

    /** Ends the threads; the snapshots stay open. */
    @Override
    public void close() {
        readers.shutdownNow();
    }
}
