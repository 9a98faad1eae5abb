package dev.crossfade.capture.change;

import com.github.shyiko.mysql.binlog.BinaryLogClient;
import com.github.shyiko.mysql.binlog.event.DeleteRowsEventData;
import com.github.shyiko.mysql.binlog.event.Event;
import com.github.shyiko.mysql.binlog.event.EventData;
import com.github.shyiko.mysql.binlog.event.EventType;
import com.github.shyiko.mysql.binlog.event.MariadbGtidEventData;
import com.github.shyiko.mysql.binlog.event.QueryEventData;
import com.github.shyiko.mysql.binlog.event.TableMapEventData;
import com.github.shyiko.mysql.binlog.event.TransactionPayloadEventData;
import com.github.shyiko.mysql.binlog.event.UpdateRowsEventData;
import com.github.shyiko.mysql.binlog.event.WriteRowsEventData;
import com.github.shyiko.mysql.binlog.event.XAPrepareEventData;
import com.github.shyiko.mysql.binlog.event.deserialization.EventDeserializer.EventDataWrapper;
import dev.crossfade.capture.source.SourceProduct;
import dev.crossfade.model.ChangePosition;
import dev.crossfade.model.TableId;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at every event of the log before Debezium does, for what Debezium passes over or misreads: rows changed by statements, images
 * that are not whole, rows that were prepared or taken back. Such a place becomes a {@link Trouble} of the tables concerned, and what
 * Debezium would stumble over is taken out of the event; rows of tables in trouble are, too. One thread, that of the log's reader,
 * calls {@link #onEvent}; an exception here ends the run, because the client would swallow it.
 */
final class LogWatch implements BinaryLogClient.EventListener {
    private static final Logger log = LoggerFactory.getLogger(LogWatch.class);

    /** What Debezium passes over without a look. */
    private static final String NOTHING = "XA PASSED OVER";

    private static final int PREPARED_XA = 64; // FL_PREPARED_XA of MariaDB's Gtid_log_event
    private static final int NO_FOREIGN_KEY_CHECKS = 2; // of a rows event; the same in both products

    private final Stops stops;
    private final SourceProduct product;
    private final Map<Long, Mapped> mapped = new HashMap<>();
    private final Set<TableId> inTransaction = new LinkedHashSet<>(); // captured tables with rows
    private boolean isPrepared; // the transaction ends with XA PREPARE
    private int flags; // of the rows event that is being looked at
    private @Nullable Supplier<Map<String, ?>> offset; // null until attached
    private volatile boolean hasSeenBegin;
    private volatile @Nullable RuntimeException failure; // null while all is well

    /** A table of the running log file by its number there. */
    private record Mapped(TableId table, boolean isCaptured, int columns) {}

    LogWatch(Stops stops, SourceProduct product) {
        this.stops = stops;
        this.product = product;
    }

    /** Tells where the log is, as Debezium counts it, before the event that is being looked at. */
    void attached(Supplier<Map<String, ?>> offsetBeforeEvent) {
        offset = offsetBeforeEvent;
    }

    /** The flags of the rows event that {@link #onEvent} gets next. */
    void flags(int ofRows) {
        flags = ofRows;
    }

    /**
     * To be called before changes are published.
     *
     * @throws IllegalStateException if not every event was looked at
     */
    void requireWhole() {
        RuntimeException broken = failure;
        if (broken != null) {
            throw new IllegalStateException("the watch over the log failed", broken);
        }
        if (!hasSeenBegin) {
            throw new IllegalStateException("the watch over the log has not seen it from its beginning");
        }
    }

    @Override
    public void onEvent(Event event) {
        if (failure != null) {
            return;
        }
        try {
            look(event);
        } catch (RuntimeException e) {
            failure = e;
        }
    }

    private void look(Event event) {
        EventType type = event.getHeader().getEventType();
        if (!hasSeenBegin) {
            if (type != EventType.ROTATE && type != EventType.FORMAT_DESCRIPTION) {
                throw new IllegalStateException("the first event of the log that was seen is " + type);
            }
            hasSeenBegin = true;
        }
        EventData data = EventDataWrapper.internal(event.getData());
        switch (type) {
            case ROTATE, FORMAT_DESCRIPTION -> {
                mapped.clear();
                endTransaction();
            }
            case TABLE_MAP -> map((TableMapEventData) data);
            case QUERY, EXECUTE_LOAD_QUERY -> query((QueryEventData) data);
            case MARIADB_GTID -> {
                endTransaction();
                isPrepared = (((MariadbGtidEventData) data).getFlags() & PREPARED_XA) != 0;
            }
            case GTID, ANONYMOUS_GTID, XID -> endTransaction();
            case XA_PREPARE -> prepare((XAPrepareEventData) data);
            case TRANSACTION_PAYLOAD ->
                ((TransactionPayloadEventData) data).getUncompressedEvents().forEach(this::look);
            case INCIDENT -> incident(data);
            case PARTIAL_UPDATE_ROWS_EVENT ->
                raise(
                        List.copyOf(inTransaction),
                        Trouble.IMAGE,
                        "the log has only the changed parts of JSON values (binlog_row_value_options)",
                        "");
            default -> {
                rows(type, data);
                flags = 0;
            }
        }
    }

    private void endTransaction() {
        inTransaction.clear();
        isPrepared = false;
    }

    private void map(TableMapEventData data) {
        TableId table = new TableId(data.getDatabase(), data.getTable());
        boolean isCaptured = stops.isCaptured(table);
        mapped.put(data.getTableId(), new Mapped(table, isCaptured, data.getColumnTypes().length));
        if (isCaptured) {
            inTransaction.add(table);
        }
    }

    private void rows(EventType type, EventData data) {
        if (EventType.isWrite(type)) {
            WriteRowsEventData write = (WriteRowsEventData) data;
            if (isUnwanted(write.getTableId(), write.getIncludedColumns(), false)) {
                write.setRows(List.of());
            }
        } else if (EventType.isUpdate(type)) {
            UpdateRowsEventData update = (UpdateRowsEventData) data;
            BitSet both = (BitSet) update.getIncludedColumns().clone();
            both.and(update.getIncludedColumnsBeforeUpdate());
            if (isUnwanted(update.getTableId(), both, setsNothingOff())) {
                update.setRows(List.of());
            }
        } else if (EventType.isDelete(type)) {
            DeleteRowsEventData delete = (DeleteRowsEventData) data;
            if (isUnwanted(delete.getTableId(), delete.getIncludedColumns(), setsNothingOff())) {
                delete.setRows(List.of());
            }
        }
    }

    /** Whether the rows were changed by a session that did not check foreign keys. */
    private boolean setsNothingOff() {
        return (flags & NO_FOREIGN_KEY_CHECKS) != 0;
    }

    /** Whether rows of the table must not be published; the reason is raised. */
    private boolean isUnwanted(long number, BitSet columns, boolean setsNothingOff) {
        Mapped table = mapped.get(number);
        if (table == null || !table.isCaptured()) {
            return false;
        }
        if (isPrepared) {
            raisePrepared(List.of(table.table()));
            return true;
        }
        if (columns.cardinality() != table.columns()) {
            raise(
                    List.of(table.table()),
                    Trouble.IMAGE,
                    "a row's image in the log has " + columns.cardinality() + " of " + table.columns()
                            + " columns; a session has set another binlog_row_image than FULL",
                    "");
            return true;
        }
        if (setsNothingOff && stops.setsOffActions(table.table())) {
            raise(
                    List.of(table.table()),
                    Trouble.FOREIGN_KEYS,
                    "rows of it were changed with foreign_key_checks = 0, so the source did not do what its foreign keys"
                            + " set off, and the target would",
                    "");
            return true;
        }
        return stops.isInTrouble(table.table());
    }

    private void prepare(XAPrepareEventData data) {
        if (!data.isOnePhase()) {
            raisePrepared(List.copyOf(inTransaction));
        }
        endTransaction();
    }

    private void raisePrepared(List<TableId> tables) {
        raise(
                tables,
                Trouble.XA,
                "rows of it were prepared in an XA transaction; the log does not say in one place whether they came to be",
                "");
    }

    private void incident(EventData data) {
        if (data == null) { // with data it is Debezium's word for an event that cannot be read, which ends the run
            raise(
                    stops.meant(SourceStatement.ANYWHERE),
                    Trouble.INCIDENT,
                    "the server says that events are missing in its log",
                    "");
        }
    }

    private void query(QueryEventData data) {
        String sql = data.getSql().strip();
        SourceStatement statement = SourceStatement.of(sql, schema(data));
        switch (statement.kind()) {
            case TRANSACTION -> {}
            case ROLLBACK ->
                raise(
                        List.copyOf(inTransaction),
                        Trouble.ROLLBACK,
                        "a transaction with rows of it stands in the log and was rolled back",
                        sql);
            case DATA -> {
                raise(
                        stops.meant(statement),
                        Trouble.STATEMENT,
                        "was changed by a statement that the log has instead of the rows, of a session that has set"
                                + " another binlog_format than ROW",
                        sql);
                data.setSql(NOTHING);
            }
            case TRUNCATE -> {
                raise(
                        stops.meant(statement),
                        Trouble.TRUNCATE,
                        "was truncated, which the log does not tell by row",
                        sql);
                data.setSql(NOTHING);
            }
            case PARTITION -> {
                raise(
                        stops.meant(statement),
                        Trouble.PARTITION,
                        "got or lost rows by the partition, which the log does not tell by row",
                        sql);
                data.setSql(NOTHING);
            }
            case ALTERED, CONSTRAINT, HARMLESS -> definition(data, statement, sql);
        }
    }

    private static String schema(QueryEventData data) {
        return data.getDatabase() == null ? "" : data.getDatabase();
    }

    private void definition(QueryEventData data, SourceStatement statement, String sql) {
        List<TableId> tables = stops.meant(statement);
        boolean isReadable = DefinitionCheck.isReadable(product, schema(data), sql);
        if (statement.kind() != SourceStatement.Kind.HARMLESS) {
            boolean isConstraint = statement.kind() == SourceStatement.Kind.CONSTRAINT;
            raise(
                    isConstraint ? tables.stream().filter(stops::isOrdered).toList() : tables,
                    Trouble.ALTERED,
                    "was altered since it was planned",
                    sql);
        }
        if (!isReadable) {
            log.atWarn().addKeyValue("tables", tables).log("a definition in the log cannot be read and is passed over");
            data.setSql(NOTHING);
        }
    }

    private void raise(List<TableId> tables, String id, String reason, String statement) {
        if (tables.isEmpty()) {
            return;
        }
        Supplier<Map<String, ?>> now = offset;
        if (now == null) {
            throw new IllegalStateException("the watch over the log does not know where it is");
        }
        LogOffset before = new LogOffset(now.get());
        ChangePosition place = before.asChangePosition();
        for (TableId table : tables) {
            stops.raise(new Trouble(table, id, reason, statement, place));
        }
    }
}
