package dev.crossfade.pipeline.run;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parts of a run in the order in which they were started; closes them in reverse. A part that fails to close does not keep the
 * others open: its failure is logged. One thread.
 */
final class Stack implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Stack.class);

    private final Deque<Part> parts = new ArrayDeque<>();

    private record Part(String name, AutoCloseable closeable) {}

    <T extends AutoCloseable> T started(String name, T part) {
        parts.push(new Part(name, part));
        return part;
    }

    @Override
    @SuppressWarnings("CatchAndPrintStackTrace")
    public void close() {
        while (!parts.isEmpty()) {
            Part part = parts.pop();
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
}
