package dev.crossfade.testkit;

import com.github.shyiko.mysql.binlog.BinaryLogClient;
import com.github.shyiko.mysql.binlog.event.DeleteRowsEventData;
import com.github.shyiko.mysql.binlog.event.Event;
import com.github.shyiko.mysql.binlog.event.EventHeaderV4;
import com.github.shyiko.mysql.binlog.event.EventType;
import com.github.shyiko.mysql.binlog.event.GtidEventData;
import com.github.shyiko.mysql.binlog.event.MariadbGtidEventData;
import com.github.shyiko.mysql.binlog.event.RotateEventData;
import com.github.shyiko.mysql.binlog.event.TableMapEventData;
import com.github.shyiko.mysql.binlog.event.UpdateRowsEventData;
import com.github.shyiko.mysql.binlog.event.WriteRowsEventData;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Every row event that a server's binlog holds, read from its beginning to its end by a replica connection of our own. It proves
 * what change topics must hold, without the capture's connector. Column names and types are those of now: tables must not have been
 * altered within the log.
 */
public final class BinlogOracle {
    private static final int FIRST_EVENT = 4; // after the magic number

    private final String database;
    private final Connection connection;
    private final Map<Long, TableMapEventData> tables = new HashMap<>();
    private final Map<String, TableReader> readers = new HashMap<>();
    private final List<RowEvent> events = new ArrayList<>();
    private @Nullable Exception failure; // the first one
    private String file = "";
    private String transactionFile = "";
    private long transactionOffset;
    private String gtid = "";
    private long row;

    private BinlogOracle(String database, Connection connection) {
        this.database = database;
        this.connection = connection;
    }

    private record TableReader(List<BinlogValues> columns, List<Integer> key) {
        List<String> read(@Nullable Serializable[] values) {
            if (values.length != columns.size()) {
                throw new IllegalStateException("a row has " + values.length + " values, the table has "
                        + columns.size() + " columns: it was altered within the log");
            }
            List<String> texts = new ArrayList<>(values.length);
            for (int i = 0; i < values.length; i++) {
                texts.add(columns.get(i).canonical(values[i]));
            }
            return texts;
        }

        List<String> key(List<String> texts) {
            List<String> keyTexts = new ArrayList<>(key.size());
            for (int index : key) {
                keyTexts.add(texts.get(index));
            }
            return keyTexts;
        }
    }

    /** All row events of all tables of {@code database}, in the order of the log, up to at least the end at the time of the call. */
    public static List<RowEvent> read(MariaDbServer server, String database) {
        try (Connection connection = server.connect("")) {
            BinlogOracle oracle = new BinlogOracle(database, connection);
            oracle.read(server.host(), server.port(), server.user(), server.password());
            return oracle.events;
        } catch (SQLException e) {
            throw new IllegalStateException("cannot read the binlog of " + server.jdbcUrl(database), e);
        }
    }

    private void read(String host, int port, String user, String password) throws SQLException {
        String first;
        String endFile = "";
        long endOffset = 0;
        try (Statement statement = connection.createStatement();
                ResultSet logs = statement.executeQuery("SHOW BINARY LOGS")) {
            if (!logs.next()) {
                throw new IllegalStateException("the server writes no binlog");
            }
            first = logs.getString(1);
            do {
                endFile = logs.getString(1);
                endOffset = logs.getLong(2);
            } while (logs.next());
        }
        BinaryLogClient client = new BinaryLogClient(host, port, user, password);
        client.setServerId(
                ThreadLocalRandom.current().nextInt(1 << 20, 1 << 30)); // a second replica of one id ends the first
        client.setBinlogFilename(first);
        client.setBinlogPosition(FIRST_EVENT);
        client.setBlocking(false); // the server hangs up at the end of the log
        client.setKeepAlive(false);
        client.setEventDeserializer(BinlogRows.decoder(tables));
        client.registerEventListener(this::guarded);
        client.registerLifecycleListener(new FailureListener());
        file = first;
        try {
            client.connect();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the binlog from " + first, e);
        }
        if (failure != null) {
            throw new IllegalStateException("cannot read the binlog at " + file + ": " + failure.getMessage(), failure);
        }
        boolean earlierFile = number(client.getBinlogFilename()) < number(endFile);
        boolean sameFile = client.getBinlogFilename().equals(endFile);
        if (earlierFile || (sameFile && client.getBinlogPosition() < endOffset)) {
            throw new IllegalStateException("the binlog was read to " + client.getBinlogFilename() + ":"
                    + client.getBinlogPosition() + ", but it ends at " + endFile + ":" + endOffset);
        }
    }

    private static long number(String name) {
        return Long.parseLong(name.substring(name.lastIndexOf('.') + 1));
    }

    /** The client goes on after an exception of its listeners, so it is kept for later. */
    private void guarded(Event event) {
        if (failure != null) {
            return;
        }
        try {
            accept(event);
        } catch (SQLException | RuntimeException e) {
            failure = e;
        }
    }

    private void accept(Event event) throws SQLException {
        EventHeaderV4 header = event.getHeader();
        EventType type = header.getEventType();
        if (type == EventType.ROTATE) {
            file = event.<RotateEventData>getData().getBinlogFilename();
        } else if (type == EventType.MARIADB_GTID) {
            MariadbGtidEventData data = event.getData();
            begin(header, data.getDomainId() + "-" + header.getServerId() + "-" + data.getSequence());
        } else if (type == EventType.GTID) {
            begin(header, event.<GtidEventData>getData().getMySqlGtid().toString());
        } else if (type == EventType.ANONYMOUS_GTID) {
            begin(header, "");
        } else if (EventType.isWrite(type)) {
            WriteRowsEventData data = event.getData();
            for (Serializable[] values : data.getRows()) {
                add(data.getTableId(), RowEvent.Kind.INSERT, null, values);
            }
        } else if (EventType.isUpdate(type)) {
            UpdateRowsEventData data = event.getData();
            for (Map.Entry<Serializable[], Serializable[]> values : data.getRows()) {
                add(data.getTableId(), RowEvent.Kind.UPDATE, values.getKey(), values.getValue());
            }
        } else if (EventType.isDelete(type)) {
            DeleteRowsEventData data = event.getData();
            for (Serializable[] values : data.getRows()) {
                add(data.getTableId(), RowEvent.Kind.DELETE, values, null);
            }
        }
    }

    private void begin(EventHeaderV4 header, String ownGtid) {
        gtid = ownGtid;
        transactionFile = file;
        transactionOffset = header.getPosition();
        row = 0;
    }

    private void add(
            long tableId, RowEvent.Kind kind, Serializable @Nullable [] before, Serializable @Nullable [] after)
            throws SQLException {
        row++;
        TableMapEventData table = tables.get(tableId);
        if (table == null) {
            throw new IllegalStateException("a row event names table id " + tableId + ", which no table map has named");
        }
        if (!table.getDatabase().equals(database)) {
            return;
        }
        TableReader reader = reader(table.getTable());
        List<String> left = before == null ? List.of() : reader.read(before);
        List<String> right = after == null ? List.of() : reader.read(after);
        List<String> key = reader.key(before == null ? right : left);
        List<String> keyAfter = reader.key(after == null ? left : right);
        events.add(new RowEvent(
                table.getTable(), kind, gtid, transactionFile, transactionOffset, row, key, keyAfter, left, right));
    }

    private TableReader reader(String table) throws SQLException {
        TableReader known = readers.get(table);
        if (known != null) {
            return known;
        }
        List<DumpColumn> columns = DumpColumn.of(connection, database, table);
        List<String> names = columns.stream().map(DumpColumn::name).toList();
        List<Integer> key = DumpColumn.key(connection, database, table).stream()
                .map(names::indexOf)
                .toList();
        TableReader reader =
                new TableReader(columns.stream().map(BinlogValues::new).toList(), key);
        readers.put(table, reader);
        return reader;
    }

    private final class FailureListener extends BinaryLogClient.AbstractLifecycleListener {
        @Override
        public void onCommunicationFailure(BinaryLogClient client, Exception e) {
            keep(e);
        }

        @Override
        public void onEventDeserializationFailure(BinaryLogClient client, Exception e) {
            keep(e);
        }

        private void keep(Exception e) {
            if (failure == null) {
                failure = e;
            }
        }
    }
}
