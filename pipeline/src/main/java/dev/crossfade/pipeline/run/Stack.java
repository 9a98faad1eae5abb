package dev.crossfade.pipeline.run;

import dev.crossfade.pipeline.KafkaSource;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parts of a run in the order in which they were started; closes them in reverse. A part that fails to close does not keep the
 * others open: its failure is logged. One thread.
 *
 * <p>A part ends in order as long as its Kafka answers. Once that has given up by itself, nothing can be ended in order, and clients
 * would wait for an answer for minutes: parts that need it are then given a moment each and left behind if it is not enough. Nothing is
 * lost by that. A transaction that is open in Kafka is aborted by the next run, one on the target is whole or rolled back, and both are
 * fenced. Their threads are daemons, which end with the process, or by themselves when their clients give up.
 */
final class Stack implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Stack.class);
    /** Plenty for what does not wait for Kafka. */
    private static final Duration MOMENT = Duration.ofSeconds(1);

    private final Deque<Part> parts = new ArrayDeque<>();
    private BooleanSupplier isKafkaGone = () -> false;

    /** A part, and whether the Kafka that it needs is gone. */
    private record Part(String name, AutoCloseable closeable, BooleanSupplier isCutOff) {}

    /** A part that needs what was started before it. */
    <T extends AutoCloseable> T started(String name, T part) {
        parts.push(new Part(name, part, isKafkaGone));
        return part;
    }

    /** The Kafka that all parts need which are started after it. */
    KafkaSource.Session startedKafka(KafkaSource.Session kafka) {
        KafkaSource.Session started = started("Kafka", kafka);
        isKafkaGone = kafka.failure()::isDone;
        return started;
    }

    @Override
    public void close() {
        while (!parts.isEmpty()) {
            Part part = parts.pop();
            if (part.isCutOff().getAsBoolean()) {
                giveUp(part);
            } else {
                close(part);
            }
        }
    }

    private static void giveUp(Part part) {
        Thread closing = new Thread(() -> close(part), "closing " + part.name());
        closing.setDaemon(true);
        closing.start();
        try {
            closing.join(MOMENT.toMillis());
            if (closing.isAlive()) {
                closing.interrupt(); // makes most of them stop waiting for their threads
                closing.join(MOMENT.toMillis() / 2);
            }
        } catch (InterruptedException e) {
            closing.interrupt();
            Thread.currentThread().interrupt();
        }
        if (closing.isAlive()) {
            log.atWarn().addKeyValue("part", part.name()).log("left behind, Kafka is gone");
        }
    }

    @SuppressWarnings("CatchAndPrintStackTrace")
    private static void close(Part part) {
        try {
            part.closeable().close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            log.atWarn().addKeyValue("part", part.name()).setCause(e).log("interrupted while closing");
        } catch (Exception e) { // any part may fail in its own way; the rest must still be closed
            log.atWarn().addKeyValue("part", part.name()).setCause(e).log("could not close");
        }
    }
}
