package dev.crossfade.capture.change;

import com.github.shyiko.mysql.binlog.event.EventData;
import com.github.shyiko.mysql.binlog.event.EventType;
import com.github.shyiko.mysql.binlog.event.QueryEventData;
import com.github.shyiko.mysql.binlog.event.deserialization.EventDataDeserializer;
import com.github.shyiko.mysql.binlog.event.deserialization.EventDeserializer;
import com.github.shyiko.mysql.binlog.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;

/** Reads of the log's events what the binlog client leaves out: the flags of rows, and the statement of LOAD DATA. */
final class WatchedDeserializers {
    private static final List<EventType> ROWS = List.of(
            EventType.WRITE_ROWS,
            EventType.UPDATE_ROWS,
            EventType.DELETE_ROWS,
            EventType.EXT_WRITE_ROWS,
            EventType.EXT_UPDATE_ROWS,
            EventType.EXT_DELETE_ROWS);

    private WatchedDeserializers() {}

    /** Puts these readers in; {@code watch} is told the flags before it sees the event. */
    static void install(EventDeserializer deserializer, LogWatch watch) {
        for (EventType type : ROWS) {
            EventDataDeserializer<?> rows = deserializer.getEventDataDeserializer(type);
            if (!(rows instanceof FlaggedRows)) { // the client connects anew with the readers that it has
                deserializer.setEventDataDeserializer(type, new FlaggedRows(rows, watch));
            }
        }
        deserializer.setEventDataDeserializer(EventType.EXECUTE_LOAD_QUERY, new LoadQuery());
    }

    /** Rows by the reader that was there, after a look at their flags. */
    private record FlaggedRows(EventDataDeserializer<?> rows, LogWatch watch)
            implements EventDataDeserializer<EventData> {
        private static final int FLAGS = 6; // behind the table's number, which has 6 bytes

        @Override
        public EventData deserialize(ByteArrayInputStream input) throws IOException {
            byte[] event = input.read(input.available());
            watch.flags(Byte.toUnsignedInt(event[FLAGS]) | (Byte.toUnsignedInt(event[FLAGS + 1]) << Byte.SIZE));
            return rows.deserialize(new ByteArrayInputStream(event));
        }
    }

    /**
     * The statement of LOAD DATA; what it loads stands in events of its own.
     *
     * @see <a href="https://mariadb.com/kb/en/execute_load_query_event/">EXECUTE_LOAD_QUERY_EVENT</a>
     */
    private static final class LoadQuery implements EventDataDeserializer<QueryEventData> {
        private static final int FILE_BYTES =
                13; // the file's number, where its name stands, how duplicates are treated

        @Override
        public QueryEventData deserialize(ByteArrayInputStream input) throws IOException {
            QueryEventData query = new QueryEventData();
            query.setThreadId(input.readLong(4));
            query.setExecutionTime(input.readLong(4));
            int schemaBytes = input.readInteger(1);
            query.setErrorCode(input.readInteger(2));
            int variableBytes = input.readInteger(2);
            input.read(FILE_BYTES + variableBytes);
            query.setDatabase(input.readString(schemaBytes));
            input.read(1); // the zero behind it
            query.setSql(input.readString(input.available()));
            return query;
        }
    }
}
