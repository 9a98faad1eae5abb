package dev.crossfade.capture.change;

import static java.util.Objects.requireNonNull;

import dev.crossfade.model.BinlogPosition;
import dev.crossfade.model.ChangePosition;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Debezium's offset of a record, read for what it says about the log. Within a transaction it names the transaction's begin, the
 * GTID set before it, and how many events and rows of it are done; between transactions it has neither {@code event} nor {@code
 * row}.
 */
record LogOffset(Map<String, ?> entries) {
    private static final String FILE = "file";
    private static final String OFFSET = "pos";
    private static final String GTIDS = "gtids";
    private static final String EVENT = "event";
    private static final String ROW = "row";
    private static final String SNAPSHOT = "snapshot";

    LogOffset {
        entries = new LinkedHashMap<>(entries);
        requireNonNull(entries.get(FILE), "file");
        requireNonNull(entries.get(OFFSET), "pos");
    }

    /** Whether the entries name a place in the log; what is written while the schema is read does not. */
    static boolean isPlace(@Nullable Map<String, ?> entries) {
        return entries != null
                && entries.get(FILE) != null
                && entries.get(OFFSET) != null
                && entries.get(SNAPSHOT) == null;
    }

    BinlogPosition position() {
        return new BinlogPosition(file(), offset(), gtids());
    }

    String file() {
        return String.valueOf(entries.get(FILE));
    }

    long offset() {
        return number(OFFSET);
    }

    String gtids() {
        Object gtids = entries.get(GTIDS);
        return gtids == null ? "" : gtids.toString();
    }

    long event() {
        return number(EVENT);
    }

    long row() {
        return number(ROW);
    }

    boolean isBetweenTransactions() {
        return event() == 0 && row() == 0;
    }

    /** Where reading goes on from here; the transaction's own GTID is not known. */
    ChangePosition asChangePosition() {
        return new ChangePosition(position(), "", event(), row());
    }

    /**
     * Whether this offset of a heartbeat is a place to go on from after {@code stored}. After a reconnect a heartbeat can show the
     * GTID set that already holds an unfinished transaction, and between two events of a transaction it can show a row count that
     * starts anew: both would publish rows twice.
     */
    boolean mayFollow(@Nullable LogOffset stored) {
        if (stored == null) {
            return true;
        }
        if (!isBetweenTransactions() || !position().isAtOrAfter(stored.position())) {
            return false;
        }
        return gtids().isEmpty()
                ? offset() != stored.offset() || !file().equals(stored.file())
                : !gtids().equals(stored.gtids());
    }

    private long number(String name) {
        return entries.get(name) instanceof Number number ? number.longValue() : 0;
    }
}
