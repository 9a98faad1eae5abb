package dev.crossfade.capture.backfill;

import dev.crossfade.capture.source.SourceDatabase;
import dev.crossfade.model.Faults;
import dev.crossfade.model.MigrationPlan;
import dev.crossfade.model.TableId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the chunk readers, one thread each, and one more that copies order groups under snapshots. {@link #start} once, after the
 * chunk plan is sealed; then {@link #close} from any thread at any time. What was committed before a close or a crash is not read again.
 */
public final class Backfill implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Backfill.class);

    private final BackfillListener listener;
    private final ProgressCounters progress;
    private final Turnstile turnstile;
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicInteger unfinished;
    private final AtomicBoolean ended = new AtomicBoolean();

    /**
     * A backfill, not yet started.
     *
     * @param kafka properties of a Kafka client, {@code bootstrap.servers} at least; the topics exist, and the reader group has an
     *     offset for every partition of the tasks
     * @param onTarget tells which tables of order groups the target holds a whole copy of, by their source; any thread
     */
    public Backfill(
            SourceDatabase source,
            MigrationPlan plan,
            Map<String, ?> kafka,
            BackfillSettings settings,
            BackfillGate gate,
            Supplier<Set<TableId>> onTarget,
            Faults faults,
            BackfillListener listener) {
        this.listener = listener;
        this.progress = new ProgressCounters(plan);
        this.turnstile = new Turnstile(gate);
        KafkaClients clients = new KafkaClients(kafka);
        for (int number = 0; number < settings.readers(); number++) {
            ChunkReader reader = new ChunkReader(number, source, plan, clients, settings, turnstile, faults, progress);
            addThread("backfill-" + number, reader::run);
        }
        if (!plan.snapshotGroups().isEmpty()) {
            GroupCopier copier =
                    new GroupCopier(source, plan, clients, settings, turnstile, faults, progress, onTarget);
            addThread("backfill-groups", copier::run);
        }
        this.unfinished = new AtomicInteger(threads.size());
    }

    /** What a thread does; returns true once all is done, false if it was stopped before. */
    private interface Worker {
        boolean run() throws InterruptedException;
    }

    private void addThread(String name, Worker worker) {
        Thread thread = new Thread(() -> run(worker), name);
        thread.setDaemon(true);
        threads.add(thread);
    }

    /** Starts the readers. */
    public void start() {
        threads.forEach(Thread::start);
    }

    /** What has been committed since the start, by table in the plan's order. */
    public List<TableProgress> progress() {
        return progress.snapshot();
    }

    private void run(Worker worker) {
        try {
            if (worker.run() && unfinished.decrementAndGet() == 0 && ended.compareAndSet(false, true)) {
                log.atInfo().log("every chunk is read");
                listener.backfillComplete();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception | Error e) { // the thread's outermost frame
            turnstile.stop();
            if (ended.compareAndSet(false, true)) {
                listener.backfillFailed(e);
            }
        }
    }

    /** Stops the readers; open chunks are given up and read again at the next start. Waits for the threads. */
    @Override
    public void close() {
        ended.set(true);
        turnstile.stop();
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive() && thread != Thread.currentThread()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                    thread.interrupt(); // gives up waiting for Kafka as well
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
